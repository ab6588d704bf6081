import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { serve } from "../../../src/apis/messages/serve.ts";
import { writeSealToken } from "../../../src/apis/seal_token.ts";
import type { Block, Seal } from "../../../src/chat/block.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import { sseSplitter } from "../../../src/lib/sse.ts";
import { isMapping } from "../../../src/lib/mapping.ts";
import { foldEvents } from "../../support/chat/fold_events.ts";
import { accumulate } from "./accumulate.ts";
import { answerContext, lossesOf } from "./fixtures.ts";

/** The text that a client gets for the steps of an answer. */
function written(events: readonly ChatEvent[], context = answerContext()): string {
  const write = serve.writeStream(context);
  return events.map((event) => write(event)).join("");
}

/** The events of a stream; each must be named by its type. */
function eventsOf(text: string): JsonObject[] {
  return sseSplitter().push(new TextEncoder().encode(text)).map(({ bytes, data }) => {
    const event: unknown = JSON.parse(data ?? "");
    assert.ok(isMapping(event));
    assert.ok(new TextDecoder().decode(bytes).startsWith(`event: ${event.type}\ndata: {`));
    return event;
  });
}

const START: ChatEvent = { type: "start", id: "msg_1", model: "claude-x" };
const STOP: ChatEvent = { type: "finish", finish: { reason: "stop" } };
const END: ChatEvent = { type: "end" };
const begin = (index: number, block: Block): ChatEvent => ({ type: "block-start", index, block });
const more = (index: number, text: string): ChatEvent => ({ type: "block-delta", index, text });
const close = (index: number, seal?: Seal): ChatEvent => ({
  type: "block-end",
  index,
  ...(seal && { seal }),
});
const TEXT: Block = { type: "text", text: "" };
const THOUGHT: Block = { type: "reasoning", text: "" };
const call = (id: string, seal?: Seal): Block => ({
  type: "tool-call",
  id,
  name: "f",
  input: "",
  ...(seal && { seal }),
});

const UNCOUNTED = {
  ...{ cache_creation_input_tokens: null, cache_read_input_tokens: null },
  ...{ output_tokens_details: null, server_tool_use: null },
};

Deno.test("writeStream() starts with a message that has every member", () => {
  const usage = { inputTokens: 10, outputTokens: 1 };
  assert.deepEqual(eventsOf(written([{ ...START, usage, serviceTier: "default" }])), [{
    type: "message_start",
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-x",
      container: null,
      diagnostics: null,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      usage: {
        ...{ input_tokens: 10, output_tokens: 1, ...UNCOUNTED },
        ...{ cache_creation: null, inference_geo: null, service_tier: "standard", speed: null },
      },
    },
  }]);
});

Deno.test("writeStream() writes a text, and at the end why it stopped and what it took (R6)", () => {
  const events = eventsOf(written([
    { ...START, usage: { inputTokens: 10, outputTokens: 1 } },
    begin(0, TEXT),
    more(0, "he"),
    more(0, "y"),
    close(0),
    { type: "finish", finish: { reason: "stop-sequence", stopSequence: "END" } },
    {
      type: "usage",
      usage: { inputTokens: 10, cacheReadTokens: 4, outputTokens: 7, reasoningTokens: 2 },
    },
    END,
  ]));
  assert.deepEqual(events.slice(1), [
    {
      type: "content_block_start",
      index: 0,
      content_block: { type: "text", text: "", citations: null },
    },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "he" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "y" } },
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: {
        ...{ stop_reason: "stop_sequence", stop_sequence: "END" },
        ...{ stop_details: null, container: null },
      },
      usage: {
        ...{ ...UNCOUNTED, input_tokens: 6, output_tokens: 7 },
        ...{ cache_read_input_tokens: 4, output_tokens_details: { thinking_tokens: 2 } },
      },
    },
    { type: "message_stop" },
  ]);
});

Deno.test("writeStream() has usage in message_start though nothing is known of it (R13)", () => {
  const [start] = eventsOf(written([START]));
  const message = isMapping(start?.message) ? start.message : {};
  assert.ok(isMapping(message.usage));
  assert.deepEqual([message.usage.input_tokens, message.usage.output_tokens], [0, 0]);
});

Deno.test("writeStream() writes the signature last, and hidden thoughts whole", () => {
  const own: Seal = { api: "messages", value: "sig" };
  const foreign: Seal = { api: "responses", value: "enc" };
  const events = eventsOf(written([
    START,
    begin(0, THOUGHT),
    more(0, "hm"),
    close(0, own),
    begin(1, THOUGHT),
    close(1, { ...own, redacted: true }),
    begin(2, { ...THOUGHT, seal: { ...own, redacted: true } }),
    close(2),
    begin(3, THOUGHT),
    close(3, foreign),
    begin(4, THOUGHT),
    close(4),
    begin(5, THOUGHT),
    close(5, own),
  ]));
  const thought = { type: "thinking", thinking: "", signature: "" };
  const hidden = (index: number, data: string) => [
    { type: "content_block_start", index, content_block: { type: "redacted_thinking", data } },
    { type: "content_block_stop", index },
  ];
  assert.deepEqual(events.slice(1), [
    { type: "content_block_start", index: 0, content_block: thought },
    { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "hm" } },
    { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "sig" } },
    { type: "content_block_stop", index: 0 },
    ...hidden(1, "sig"),
    ...hidden(2, "sig"),
    ...hidden(3, writeSealToken(foreign, "messages")),
    { type: "content_block_start", index: 4, content_block: thought },
    { type: "content_block_delta", index: 4, delta: { type: "signature_delta", signature: "sig" } },
    { type: "content_block_stop", index: 4 },
  ]);
});

Deno.test("writeStream() ends thoughts in a signature even where they have none", () => {
  const events = eventsOf(written([START, begin(0, THOUGHT), more(0, "hm"), close(0)]));
  const signature = { type: "signature_delta", signature: "" };
  assert.deepEqual(events.at(-2), { type: "content_block_delta", index: 0, delta: signature });
});

Deno.test("writeStream() writes parallel calls one after the other (R15, R16)", () => {
  const events = eventsOf(written([
    START,
    begin(0, call("a")),
    begin(1, call("b")),
    more(1, '{"n":'),
    more(0, '{"m":1}'),
    more(1, "2}"),
    close(1),
    begin(2, call("c")),
    close(0),
    close(2),
  ]));
  const brief = events.slice(1).map(({ type, index, content_block, delta }) => [
    String(type).replace("content_block_", ""),
    index,
    isMapping(content_block) ? content_block.id : isMapping(delta) ? delta.partial_json : "",
  ]);
  assert.deepEqual(brief, [
    ["start", 0, "a"],
    ["delta", 0, '{"m":1}'],
    ["stop", 0, ""],
    ["start", 1, "b"],
    ["delta", 1, '{"n":'],
    ["delta", 1, "2}"],
    ["stop", 1, ""],
    ["start", 2, "c"],
    ["stop", 2, ""],
  ]);
});

Deno.test("writeStream() leaves out what clients cannot see, and the indexes stay consecutive", () => {
  const context = answerContext();
  const native: Block = { type: "native", api: "responses", name: "web_search_call", value: {} };
  const events = eventsOf(
    written([START, begin(0, native), close(0), begin(1, TEXT), close(1)], context),
  );
  assert.deepEqual(events.slice(1).map(({ index }) => index), [0, 0]);
  assert.deepEqual(lossesOf(context.losses), ["dropped web_search_call"]);
});

Deno.test("writeStream() tells a fault in Anthropic's words and nothing after", () => {
  const fault = { status: 529, message: "Overloaded", requestId: "req_1" };
  const text = written([START, begin(0, TEXT), { type: "error", fault }]);
  assert.deepEqual(eventsOf(text).at(-1), {
    type: "error",
    error: { type: "overloaded_error", message: "Overloaded" },
    request_id: "req_1",
  });
});

const ANSWERS: readonly [claim: string, readonly ChatEvent[]][] = [
  ["a text", [START, begin(0, TEXT), more(0, "hi"), close(0), STOP, END]],
  ["an empty text", [START, begin(0, TEXT), close(0), STOP, END]],
  ["a text that is there at once", [
    START,
    begin(0, { type: "text", text: "hi" }),
    close(0),
    STOP,
    END,
  ]],
  ["nothing", [START, STOP, END]],
  ["an answer without id and model", [{ ...START, id: "", model: "" }, STOP, END]],
  ["thoughts, text and calls", [
    { ...START, serviceTier: "priority" },
    begin(0, THOUGHT),
    more(0, "hm"),
    close(0, { api: "gemini", value: "s" }),
    begin(1, TEXT),
    more(1, "ok"),
    begin(2, call("a")),
    more(2, '{"x":'),
    begin(3, call("b")),
    more(3, '{"y":2}'),
    more(2, "1}"),
    close(3),
    close(2),
    close(1),
    { type: "usage", usage: { inputTokens: 9, cacheWriteTokens: 3, outputTokens: 4 } },
    { type: "finish", finish: { reason: "tool-calls" } },
    { type: "usage", usage: { inputTokens: 9, cacheWriteTokens: 3, outputTokens: 5 } },
    END,
  ]],
  ["a sealed call", [
    START,
    begin(0, call("a", { api: "gemini", value: "s" })),
    more(0, "{}"),
    close(0),
    STOP,
    END,
  ]],
  ["a call that is sealed at its end", [
    START,
    begin(0, call("a")),
    close(0, { api: "gemini", value: "s" }),
    STOP,
    END,
  ]],
  ["a refusal", [
    START,
    begin(0, { type: "refusal", text: "" }),
    more(0, "no"),
    close(0),
    { type: "finish", finish: { reason: "refusal" } },
    END,
  ]],
  ["hidden thoughts", [
    START,
    begin(0, THOUGHT),
    close(0, { api: "converse", value: "x", redacted: true }),
    begin(1, { type: "media", mediaType: "image/png", source: { data: "AA==" } }),
    close(1),
    STOP,
    END,
  ]],
];

for (const [claim, events] of ANSWERS) {
  Deno.test(`writeStream() and the SDK give what writeResponse() gives for ${claim}`, async () => {
    const whole = serve.writeResponse(foldEvents(events), answerContext());
    assert.deepEqual(await accumulate(written(events)), whole);
  });
}
