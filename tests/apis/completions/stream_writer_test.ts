import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { writeStream } from "../../../src/apis/completions/stream_writer.ts";
import { writeSealToken } from "../../../src/apis/seal_token.ts";
import type { Block, Seal } from "../../../src/chat/block.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { FinishReason } from "../../../src/chat/response.ts";
import { answering, lostIn } from "./chats.ts";

const START: ChatEvent = { type: "start", id: "r-1", model: "m-1" };
const END: ChatEvent = { type: "end" };
const finish = (reason: FinishReason): ChatEvent => ({ type: "finish", finish: { reason } });
const begin = (index: number, block: Block): ChatEvent => ({ type: "block-start", index, block });
const more = (index: number, text: string): ChatEvent => ({ type: "block-delta", index, text });
const end = (index: number, seal?: Seal): ChatEvent => ({
  type: "block-end",
  index,
  ...(seal === undefined ? {} : { seal }),
});
const text = (text = ""): Block => ({ type: "text", text });
const call = (id: string, more: object = {}): Block => ({
  type: "tool-call",
  id,
  name: "f",
  input: "",
  ...more,
});

/** The text of a stream. */
function stream(events: readonly ChatEvent[], context = answering()): string {
  const write = writeStream(context);
  return events.map(write).join("");
}

/** The data of a stream's events; `[DONE]` stays as it is. */
function data(events: readonly ChatEvent[], context = answering()): unknown[] {
  return stream(events, context).split("\n\n").slice(0, -1).map((event) => {
    assert.ok(event.startsWith("data: "), event);
    return event === "data: [DONE]" ? "[DONE]" : JSON.parse(event.slice("data: ".length));
  });
}

const ENVELOPE = { id: "r-1", object: "chat.completion.chunk", created: 7, model: "m-1" };
const chunk = (delta: JsonObject, finish_reason: string | null = null) => ({
  ...ENVELOPE,
  choices: [{ index: 0, delta, finish_reason }],
});

/** The deltas of blocks between the start and the end of an answer. */
function deltas(events: readonly ChatEvent[], json: JsonObject = {}): unknown[] {
  const written = data([START, ...events, finish("stop"), END], answering(json));
  return written.slice(1, -2).map((chunk) => {
    const { choices } = Object(chunk);
    assert.deepEqual([choices[0].index, choices[0].finish_reason], [0, null]);
    return choices[0].delta;
  });
}

Deno.test("writeStream() writes chunks as OpenAI's API does", () => {
  const events = [START, begin(0, text()), more(0, "a"), more(0, "b"), end(0), finish("stop"), END];
  assert.deepEqual(data(events), [
    chunk({ role: "assistant" }),
    chunk({ content: "a" }),
    chunk({ content: "b" }),
    chunk({}, "stop"),
    "[DONE]",
  ]);
});

Deno.test("writeStream() tells tier, a made-up id, and the model asked for, in every chunk", () => {
  const start: ChatEvent = { type: "start", id: "", model: "", serviceTier: "flex" };
  const chunks = data([start, begin(0, text("a")), end(0), finish("stop")]);
  for (const written of chunks) {
    const { id, model, service_tier } = Object(written);
    assert.deepEqual([id, model, service_tier], ["chatcmpl-1", "asked", "flex"]);
  }
  assert.equal(chunks.length, 3);
});

const USAGE: ChatEvent = { type: "usage", usage: { inputTokens: 3, outputTokens: 2 } };
const SHOWS = { stream_options: { include_usage: true } };

Deno.test("writeStream() tells usage last, to a client that asked", () => {
  const events = [START, begin(0, text("a")), USAGE, end(0), finish("stop"), END];
  const chunks = data(events, answering(SHOWS));
  assert.deepEqual(chunks, [
    { ...chunk({ role: "assistant" }), usage: null },
    { ...chunk({ content: "a" }), usage: null },
    { ...chunk({}, "stop"), usage: null },
    {
      ...ENVELOPE,
      choices: [],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    },
    "[DONE]",
  ]);
});

Deno.test("writeStream() tells the newest usage, that of the start where there is no other", () => {
  const start: ChatEvent = { ...START, usage: { inputTokens: 9 } };
  const usageOf = (events: ChatEvent[]) => Object(data(events, answering(SHOWS)).at(-2)).usage;
  assert.equal(usageOf([start, finish("stop"), END]).prompt_tokens, 9);
  assert.equal(usageOf([start, USAGE, finish("stop"), END]).prompt_tokens, 3);
  assert.equal(usageOf([start, finish("stop"), USAGE, END]).prompt_tokens, 3);
  assert.equal(usageOf([START, finish("stop"), END]), null);
});

Deno.test("writeStream() hides usage from a client that did not ask", () => {
  assert.ok(!stream([{ ...START, usage: {} }, USAGE, finish("stop"), END]).includes("usage"));
});

const MESSAGES: Seal = { api: "messages", value: "sig" };
const ITEM: Seal = { api: "responses", value: "enc", id: "rs_1" };
const token = (seal: Seal) => writeSealToken(seal, "completions");
const THOUGHT: Block = { type: "reasoning", text: "" };
const PNG: Block = { type: "media", mediaType: "image/png", source: { data: "aGk=" } };
const step = (index: number, more: object) => ({ tool_calls: [{ index, ...more }] });
const opened = (index: number, id: string, input = "") =>
  step(index, { id, type: "function", function: { name: "f", arguments: input } });
const input = (index: number, text: string) => step(index, { function: { arguments: text } });

const DELTAS: readonly [string, readonly ChatEvent[], unknown[]][] = [
  ["text that is there at once", [begin(0, text("a")), end(0)], [{ content: "a" }]],
  ["nothing for empty text", [begin(0, text()), more(0, ""), end(0)], []],
  ["a refusal", [begin(0, { type: "refusal", text: "" }), more(0, "no"), end(0)], [
    { refusal: "no" },
  ]],
  ["plain reasoning", [begin(0, THOUGHT), more(0, "r"), more(0, "s"), end(0)], [
    { reasoning_content: "r" },
    { reasoning_content: "s" },
  ]],
  ["signed reasoning", [begin(0, THOUGHT), more(0, "r"), more(0, "s"), end(0, MESSAGES)], [
    { reasoning_content: "r" },
    { reasoning_content: "s" },
    {
      reasoning_details: [{
        type: "reasoning.text",
        text: "rs",
        signature: token(MESSAGES),
        format: "messages",
        index: 0,
      }],
      reasoning_signature: "sig",
    },
  ]],
  ["a seal that its block began with", [begin(0, { ...THOUGHT, seal: ITEM }), end(0)], [
    {
      reasoning_details: [{
        type: "reasoning.encrypted",
        data: token(ITEM),
        id: "rs_1",
        format: "responses",
        index: 0,
      }],
    },
  ]],
  ["parallel calls with their own indexes", [
    begin(0, text("a")),
    end(0),
    begin(1, call("1")),
    begin(2, call("2")),
    more(2, `{"b"`),
    more(1, `{"a"`),
    more(2, ":2}"),
    more(1, ":1}"),
    end(1),
    end(2),
  ], [
    { content: "a" },
    opened(0, "1"),
    opened(1, "2"),
    input(1, `{"b"`),
    input(0, `{"a"`),
    input(1, ":2}"),
    input(0, ":1}"),
  ]],
  ["a call that is there at once", [begin(0, call("1", { input: `{"a":1}` })), end(0)], [
    opened(0, "1", `{"a":1}`),
  ]],
  ["a call without arguments", [begin(0, call("1")), end(0)], [opened(0, "1"), input(0, "{}")]],
  ["a call with free text", [begin(0, call("1", { custom: true })), more(0, "x"), end(0)], [
    step(0, { id: "1", type: "custom", custom: { name: "f", input: "" } }),
    step(0, { custom: { input: "x" } }),
  ]],
  ["no arguments for free text", [begin(0, call("1", { custom: true })), end(0)], [
    step(0, { id: "1", type: "custom", custom: { name: "f", input: "" } }),
  ]],
  ["a seal in the id of its call", [
    begin(0, call("1", { input: "{}", seal: { api: "gemini", value: "s" } })),
    end(0),
  ], [opened(0, "1__thought__s", "{}")]],
  ["a seal that came late as another id", [
    begin(0, call("1", { input: "{}" })),
    end(0, { api: "gemini", value: "s" }),
  ], [opened(0, "1", "{}"), step(0, { id: "1__thought__s" })]],
  ["an image", [begin(0, PNG), end(0)], [
    { images: [{ type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } }] },
  ]],
];

for (const [claim, events, expected] of DELTAS) {
  Deno.test(`writeStream() writes ${claim}`, () => {
    assert.deepEqual(deltas(events), expected);
  });
}

Deno.test("writeStream() never writes a null id or name", () => {
  const events = [begin(0, call("1")), more(0, "{}"), end(0)];
  assert.ok(!/"(id|name|type)":null/.test(stream([START, ...events])));
});

Deno.test("writeStream() says empty content in an answer of nothing", () => {
  const chunks = data([START, begin(0, text()), end(0), finish("stop"), END]);
  assert.deepEqual(chunks, [
    chunk({ role: "assistant" }),
    chunk({ content: "" }, "stop"),
    "[DONE]",
  ]);
});

const FUNCTIONS = { functions: [{ name: "f" }] };

Deno.test("writeStream() answers a client that knows functions only with a function_call", () => {
  const blocks = [
    begin(0, call("1")),
    begin(1, call("2")),
    more(0, `{"a":1}`),
    more(1, "{}"),
    end(0),
    end(1),
  ];
  assert.deepEqual(deltas(blocks, FUNCTIONS), [
    { function_call: { name: "f", arguments: "" } },
    { function_call: { arguments: `{"a":1}` } },
  ]);
  const last = data([START, ...blocks, finish("tool-calls")], answering(FUNCTIONS)).at(-1);
  assert.deepEqual(last, chunk({}, "function_call"));
});

const WORDS: readonly [FinishReason, string][] = [
  ["stop-sequence", "stop"],
  ["length", "length"],
  ["context-window", "length"],
  ["tool-calls", "tool_calls"],
  ["refusal", "content_filter"],
  ["content-filter", "content_filter"],
  ["paused", "stop"],
  ["other", "stop"],
];

for (const [reason, word] of WORDS) {
  Deno.test(`writeStream() calls ${reason} ${word}`, () => {
    const last = data([START, begin(0, text("a")), end(0), finish(reason)]).at(-1);
    assert.deepEqual(last, chunk({}, word));
  });
}

Deno.test("writeStream() tells the tokens of a piece of text with it", () => {
  const logprobs = [{ token: "a", logprob: -1, top: [] }];
  const events: ChatEvent[] = [
    START,
    begin(0, { type: "text", text: "a", logprobs }),
    { type: "block-delta", index: 0, text: "", logprobs },
    more(0, "b"),
  ];
  const told = {
    content: [{ token: "a", logprob: -1, bytes: null, top_logprobs: [] }],
    refusal: null,
  };
  const choices = data(events).slice(1).map((written) => Object(written).choices[0]);
  assert.deepEqual(choices.map(({ logprobs }) => logprobs), [told, told, undefined]);
});

Deno.test("writeStream() reports what a delta has no place for", () => {
  const lost = losses({});
  const events = [
    START,
    begin(0, { type: "native", api: "messages", name: "server_tool_use", value: {} }),
    begin(1, { type: "media", mediaType: "audio/wav", source: { data: "d" } }),
  ];
  assert.equal(data(events, answering({}, lost)).length, 1);
  assert.deepEqual(lostIn(lost), ["dropped server_tool_use", "dropped audio"]);
});

Deno.test("writeStream() ends a failed answer with OpenAI's error and no end mark", () => {
  const fault = { status: 529, message: "busy", code: "overloaded" };
  const chunks = data([START, begin(0, text("a")), { type: "error", fault }]);
  assert.deepEqual(chunks.slice(2), [
    { error: { message: "busy", type: "api_error", param: null, code: "overloaded" } },
  ]);
});

Deno.test("writeStream() can fail before it has begun", () => {
  const fault = { status: 400, message: "x" };
  assert.equal(data([{ type: "error", fault }]).length, 1);
});
