import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { readStream } from "../../../src/apis/completions/stream_reader.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import type { Block } from "../../../src/chat/block.ts";
import { foldEvents } from "../../support/chat/fold_events.ts";
import { calling, chatOf } from "./chats.ts";

type Item = JsonObject | string;

/** The steps of a whole stream; strings are data as they are. */
function read(items: readonly Item[], chat = chatOf()): ChatEvent[] {
  const reader = readStream(calling(chat));
  const texts = items.map((item) => typeof item === "string" ? item : JSON.stringify(item));
  return [...texts.flatMap((text) => reader.push(text)), ...reader.end()];
}

const DONE = "[DONE]";
const chunk = (delta: JsonObject, more: JsonObject = {}, outer: JsonObject = {}): JsonObject => ({
  id: "r-1",
  model: "m-1",
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
  ...outer,
});
const finish = (word = "stop"): JsonObject => chunk({}, { finish_reason: word });
const calls = (...tool_calls: JsonObject[]) => chunk({ tool_calls });
const fn = (index: number | undefined, more: JsonObject, args?: unknown) => ({
  ...(index === undefined ? {} : { index }),
  ...more,
  function: { ...(args === undefined ? {} : { arguments: args }), ...Object(more.function) },
});

const START: ChatEvent = { type: "start", id: "r-1", model: "m-1" };
const END: ChatEvent = { type: "end" };
const STOP: ChatEvent = { type: "finish", finish: { reason: "stop" } };

Deno.test("readStream() tells an answer step by step", () => {
  const events = read([
    chunk({ role: "assistant", content: "" }),
    chunk({ content: "a" }),
    chunk({ content: "b" }),
    finish(),
    { choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } },
    DONE,
  ]);
  assert.deepEqual(events, [
    START,
    { type: "block-start", index: 0, block: { type: "text", text: "" } },
    { type: "block-delta", index: 0, text: "a" },
    { type: "block-delta", index: 0, text: "b" },
    { type: "block-end", index: 0 },
    STOP,
    { type: "usage", usage: { inputTokens: 3, outputTokens: 2 } },
    END,
  ]);
});

Deno.test("readStream() tells calls step by step, and ends them in their order", () => {
  const events = read([
    calls(fn(0, A, "")),
    calls(fn(1, B, "1")),
    calls(fn(0, {}, "")),
    calls(fn(0, {}, "0")),
    finish(),
    DONE,
  ]);
  const start = (index: number, id: string, name: string): ChatEvent => ({
    type: "block-start",
    index,
    block: { type: "tool-call", id, name, input: "" },
  });
  assert.deepEqual(events, [
    START,
    start(0, "a", "f"),
    start(1, "b", "g"),
    { type: "block-delta", index: 1, text: "1" },
    { type: "block-delta", index: 0, text: "0" },
    { type: "block-end", index: 0 },
    { type: "block-end", index: 1 },
    { type: "finish", finish: { reason: "tool-calls" } },
    END,
  ]);
});

Deno.test("readStream() tells a seal once, with the start of its call or with the end", () => {
  const extra_content = { google: { thought_signature: "s" } };
  const seals = (...chunks: JsonObject[]) =>
    read([...chunks, finish(), DONE]).flatMap((event) => {
      const { seal, block } = Object(event);
      return seal !== undefined || block?.seal !== undefined ? [event.type] : [];
    });
  assert.deepEqual(seals(calls({ ...fn(0, A, "{}"), extra_content })), ["block-start"]);
  assert.deepEqual(seals(calls(fn(0, A, "{}")), calls({ index: 0, extra_content })), ["block-end"]);
});

Deno.test("readStream() tells each step with the chunk that brings it", () => {
  const reader = readStream(calling());
  assert.equal(reader.push(JSON.stringify(chunk({ content: "a" }))).length, 3);
  assert.equal(reader.push(JSON.stringify(chunk({ content: "b" }))).length, 1);
  assert.equal(reader.push(JSON.stringify(finish())).length, 2);
  assert.deepEqual(reader.push(DONE), [END]);
  assert.deepEqual(reader.push(JSON.stringify(chunk({ content: "c" }))), []);
  assert.deepEqual(reader.push(DONE), []);
  assert.deepEqual(reader.end(), []);
});

Deno.test("readStream() begins with the first chunk that has a choice", () => {
  const azure = { id: "", model: "", choices: [], prompt_filter_results: [] };
  const tier = { service_tier: "flex" };
  assert.deepEqual(read([azure, chunk({}, {}, tier), DONE]), [
    { ...START, serviceTier: "flex" },
    STOP,
    END,
  ]);
});

/** The blocks of the answer that chunks tell. */
function blocks(items: readonly Item[]): readonly Block[] | undefined {
  return foldEvents(read([...items, finish(), DONE])).choices[0]?.blocks;
}

const text = (text: string) => ({ type: "text", text });
const thought = (text: string, seal?: JsonObject[]) => ({
  type: "reasoning",
  text,
  ...(seal === undefined ? {} : { seal: { api: "completions", value: JSON.stringify(seal) } }),
});
const call = (id: string, name: string, input: string, more: object = {}) => ({
  type: "tool-call",
  id,
  name,
  input,
  ...more,
});
const A = { id: "a", type: "function", function: { name: "f" } };
const B = { id: "b", type: "function", function: { name: "g" } };
const detail = (more: JsonObject) => ({ type: "reasoning.text", index: 0, ...more });

const BLOCKS: readonly [string, readonly Item[], unknown[]][] = [
  ["nothing", [chunk({ role: "assistant", content: null })], []],
  ["empty pieces", [chunk({ content: "" }), chunk({ content: null, refusal: null })], []],
  ["what is no choice of the first", [
    { choices: [{ index: 1, delta: { content: "b" } }, { index: 0, delta: { content: "a" } }] },
  ], [text("a")]],
  ["a choice without an index", [{ choices: [{ delta: { content: "a" } }] }], [text("a")]],
  ["a choice without a delta", [{ choices: [{ index: 0 }] }], []],
  ["a refusal", [chunk({ refusal: "n" }), chunk({ refusal: "o" })], [
    { type: "refusal", text: "no" },
  ]],
  ["reasoning_content", [chunk({ reasoning_content: "r" }), chunk({ content: "a" })], [
    thought("r"),
    text("a"),
  ]],
  ["reasoning and content in one chunk", [chunk({ reasoning: "r", content: "a" })], [
    thought("r"),
    text("a"),
  ]],
  ["pieces of details", [
    chunk({ reasoning: "r", reasoning_details: [detail({ text: "r", signature: null })] }),
    chunk({ reasoning: "s", reasoning_details: [detail({ text: "s", format: "x" })] }),
    chunk({ reasoning_details: [detail({ text: "", signature: "sig" })] }),
    chunk({ reasoning_details: [detail({ text: "t", signature: null })] }),
    chunk({ reasoning_details: [{ type: "reasoning.encrypted", data: "d", index: 1 }] }),
    chunk({ reasoning_details: [] }),
    chunk({ content: "a" }),
  ], [
    thought("rs", [
      { type: "reasoning.text", index: 0, text: "rst", signature: "sig", format: "x" },
      { type: "reasoning.encrypted", data: "d", index: 1 },
    ]),
    text("a"),
  ]],
  ["details that repeat what was said plainly", [
    chunk({ reasoning_content: "r" }),
    chunk({ reasoning_content: "s" }),
    chunk({ reasoning_details: [detail({ text: "rs", signature: "sig" })] }),
  ], [thought("rs", [detail({ text: "rs", signature: "sig" })])]],
  ["details without an index, which are whole", [
    chunk({
      reasoning_details: [
        { type: "reasoning.summary", summary: "r" },
        { type: "reasoning.summary", summary: "s" },
      ],
    }),
  ], [
    thought("rs", [
      { type: "reasoning.summary", summary: "r" },
      { type: "reasoning.summary", summary: "s" },
    ]),
  ]],
  ["details behind the text", [
    chunk({ content: "a" }),
    chunk({ reasoning_details: [{ type: "reasoning.encrypted", data: "d" }] }),
  ], [text("a"), thought("", [{ type: "reasoning.encrypted", data: "d" }])]],
  ["thinking among the parts of the content", [
    chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "r" }] }] }),
    chunk({ content: [{ type: "text", text: "a" }] }),
  ], [thought("r"), text("a")]],
  ["text on both sides of a call", [
    chunk({ content: "a" }),
    calls(fn(0, A, "{}")),
    chunk({ content: "b" }),
  ], [text("a"), call("a", "f", "{}"), text("b")]],
  ["an image", [chunk({ images: [{ image_url: { url: "u" } }] })], [
    { type: "media", mediaType: "image/*", source: { url: "u" } },
  ]],
  ["a call in pieces", [
    calls(fn(0, A, "")),
    calls(fn(0, {}, `{"x"`)),
    calls(fn(0, {}, ":1}")),
  ], [call("a", "f", `{"x":1}`)]],
  ["a call that is there at once", [calls(fn(0, A, `{"x":1}`))], [call("a", "f", `{"x":1}`)]],
  ["parallel calls, interleaved", [
    calls(fn(0, A, ""), fn(1, B, "")),
    calls(fn(1, {}, "[1")),
    calls(fn(0, {}, "[0")),
    calls(fn(1, {}, "]")),
    calls(fn(0, {}, "]")),
  ], [call("a", "f", "[0]"), call("b", "g", "[1]")]],
  ["a name that comes late", [
    calls(fn(0, { id: "a" }, "[0")),
    calls(fn(1, B, "[1]")),
    calls(fn(0, { function: { name: "f" } }, "]")),
  ], [call("b", "g", "[1]"), call("a", "f", "[0]")]],
  ["id and name again with each piece", [
    calls(fn(0, A, "[")),
    calls(fn(0, A, "0")),
    calls(fn(0, { ...A, id: "" }, "]")),
  ], [call("a", "f", "[0]")]],
  [
    "empty and missing ids",
    [calls(fn(0, { ...A, id: "" }, "0")), calls(fn(1, { ...B, id: null }))],
    [
      call("call_1", "f", "0"),
      call("call_2", "g", ""),
    ],
  ],
  ["all calls under one index", [
    calls(fn(0, A, "0")),
    calls(fn(0, B, "1")),
    calls(fn(0, {}, "2")),
  ], [call("a", "f", "0"), call("b", "g", "12")]],
  ["calls without an index", [
    calls(fn(undefined, A, "0")),
    calls(fn(undefined, {}, "1")),
    calls(fn(undefined, B, "2")),
    calls(fn(undefined, {}, "5")),
    calls(fn(undefined, { id: "a" }, "3")),
    calls(fn(undefined, { function: { name: "h" } }, "4")),
  ], [call("a", "f", "013"), call("b", "g", "25"), call("call_1", "h", "4")]],
  ["arguments that are an object", [calls(fn(0, A, { x: 1 }))], [call("a", "f", `{"x":1}`)]],
  ["no call without a name", [calls(fn(0, { id: "a" }, "{}")), chunk({ tool_calls: [null] })], []],
  ["a call with free text", [
    calls({ index: 0, id: "a", type: "custom", custom: { name: "f", input: "" } }),
    calls({ index: 0, custom: { input: "x" } }),
  ], [call("a", "f", "x", { custom: true })]],
  ["a call with a seal", [
    calls({ ...fn(0, A, "{}"), extra_content: { google: { thought_signature: "s" } } }),
  ], [call("a", "f", "{}", { seal: { api: "gemini", value: "s" } })]],
  ["a seal behind its call", [
    calls(fn(0, A, "{}")),
    calls({ index: 0, extra_content: { google: { thought_signature: "s" } } }),
  ], [call("a", "f", "{}", { seal: { api: "gemini", value: "s" } })]],
  ["a function_call", [
    chunk({ function_call: { name: "f", arguments: "" } }),
    chunk({ function_call: { arguments: "{}" } }),
  ], [call("call_1", "f", "{}")]],
];

for (const [claim, items, expected] of BLOCKS) {
  Deno.test(`readStream() reads ${claim}`, () => {
    assert.deepEqual(blocks(items), expected);
  });
}

Deno.test("readStream() tells the tokens of a piece of text with it", () => {
  const logprobs = { content: [{ token: "a", logprob: -1, bytes: null, top_logprobs: [] }] };
  const tokens = [{ token: "a", logprob: -1, top: [] }];
  const items = [
    chunk({ content: "a" }, { logprobs }),
    chunk({ content: "" }, { logprobs }),
    chunk({ content: "b" }, { logprobs: null }),
  ];
  assert.deepEqual(blocks(items), [{ ...text("ab"), logprobs: [...tokens, ...tokens] }]);
});
