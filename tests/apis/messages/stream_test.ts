import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { watchStream } from "../../../src/apis/messages/stream.ts";
import { sseSplitter } from "../../../src/lib/sse.ts";

const encoder = new TextEncoder();

/** What the watch says at the end of a stream, after seeing that it changed nothing. */
function watch(...texts: readonly string[]) {
  const watched = watchStream();
  const frames = sseSplitter().push(encoder.encode(texts.join("")));
  assert.equal(frames.length, texts.length);
  for (const frame of frames) assert.equal(watched.see(frame), frame.bytes);
  const { summary, started, progress, fault } = watched;
  return { summary, started, progress, fault };
}

const frame = (event: JsonObject) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
const START = frame({
  type: "message_start",
  message: { model: "claude-x", usage: { input_tokens: 5, output_tokens: 1 } },
});
const begin = (content_block: object) =>
  frame({ type: "content_block_start", index: 0, content_block });
const delta = (piece: object) => frame({ type: "content_block_delta", index: 0, delta: piece });
const END = frame({
  type: "message_delta",
  delta: { stop_reason: "end_turn" },
  usage: { output_tokens: 9 },
});
const STOP = frame({ type: "message_stop" });

Deno.test("watchStream() tells model, usage and length of a whole answer", () => {
  const text = delta({ type: "text_delta", text: "hello" });
  const seen = watch(START, begin({ type: "text", text: "" }), text, text, END, STOP);
  assert.deepEqual(seen, {
    summary: { model: "claude-x", textLength: 10, usage: { inputTokens: 5, outputTokens: 9 } },
    started: true,
    progress: "closed",
    fault: undefined,
  });
});

const PIECES: readonly [claim: string, frame: string, length: number, started: boolean][] = [
  ["a text", delta({ type: "text_delta", text: "abc" }), 3, true],
  ["a text with escapes, as it is written", delta({ type: "text_delta", text: 'a"b' }), 4, true],
  ["thoughts", delta({ type: "thinking_delta", thinking: "ab" }), 2, true],
  ["input", delta({ type: "input_json_delta", partial_json: "{}" }), 2, true],
  ["no text", delta({ type: "text_delta", text: "" }), 0, false],
  ["a signature, which is none", delta({ type: "signature_delta", signature: "abc" }), 0, false],
  ["a citation, which is none", delta({ type: "citations_delta", citation: {} }), 0, false],
  ["a text in another order", delta({ text: "abc", type: "text_delta" }), 3, true],
  [
    "a text with white space around",
    'data: { "type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "abc"} }\n\n',
    3,
    true,
  ],
  [
    "a text with padding behind it",
    'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"abc"}     }\n\n',
    3,
    true,
  ],
  ["a delta without content", frame({ type: "content_block_delta", delta: null }), 0, false],
  ["the start of a text", begin({ type: "text", text: "" }), 0, false],
  ["the start of thoughts", begin({ type: "thinking", thinking: "" }), 0, false],
  ["the start of a call, by its name", begin({ type: "tool_use", name: "f", input: {} }), 1, true],
  ["hidden thoughts", begin({ type: "redacted_thinking", data: "x" }), 0, true],
  ["a ping", frame({ type: "ping" }), 0, false],
  ["a comment", ": keep-alive\n\n", 0, false],
  ["malformed data", "data: {\n\n", 0, false],
];

for (const [claim, text, length, started] of PIECES) {
  Deno.test(`watchStream() counts ${claim}`, () => {
    const seen = watch(START, text);
    assert.deepEqual([seen.summary.textLength, seen.started], [length, started]);
    assert.equal(seen.progress, "open");
  });
}

Deno.test("watchStream() is open until a reason to stop, answered until the end mark", () => {
  assert.equal(watch(START).progress, "open");
  const counting = frame({ type: "message_delta", delta: { stop_reason: null }, usage: {} });
  assert.equal(watch(START, counting).progress, "open");
  assert.equal(watch(START, END).progress, "answered");
  assert.equal(watch(START, END, STOP).progress, "closed");
});

Deno.test("watchStream() keeps input that a later event does not name", () => {
  const usage = { input_tokens: 2, cache_read_input_tokens: 3, output_tokens: 1 };
  const start = frame({ type: "message_start", message: { usage } });
  assert.deepEqual(watch(start, END).summary.usage, {
    inputTokens: 5,
    cacheReadTokens: 3,
    outputTokens: 9,
  });
});

Deno.test("watchStream() tells what the provider said when it failed", () => {
  const error = { type: "overloaded_error", message: "Overloaded" };
  const seen = watch(START, frame({ type: "error", error }), STOP);
  assert.equal(seen.progress, "failed");
  assert.deepEqual(seen.fault, { status: 529, message: "Overloaded" });
});
