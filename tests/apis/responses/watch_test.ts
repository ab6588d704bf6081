import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { watchStream } from "../../../src/apis/responses/watch.ts";
import { sseSplitter } from "../../../src/lib/sse.ts";

const encoder = new TextEncoder();

/** What a watch says at the end of a stream that it has passed on untouched. */
function watch(...events: readonly (JsonObject | string)[]) {
  const watched = watchStream({});
  const text = events.map((event) =>
    typeof event === "string" ? event : `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
  ).join("");
  for (const frame of sseSplitter().push(encoder.encode(text))) {
    assert.equal(watched.see(frame), frame.bytes);
  }
  return watched;
}

const CREATED = { type: "response.created", response: { model: "m", usage: null, tools: [] } };
const DELTA = { type: "response.output_text.delta", delta: "abc" };
const USAGE = { input_tokens: 7, output_tokens: 3, total_tokens: 10 };
const COUNTED = { inputTokens: 7, outputTokens: 3 };
const COMPLETED = { type: "response.completed", response: { model: "up", usage: USAGE } };
const ERROR = { type: "error", code: "rate_limit_exceeded", message: "slow down", param: null };
const NESTED = { type: "error", error: { type: "invalid_request_error", message: "no" } };
const FAILED = {
  type: "response.failed",
  response: { model: "up", error: { code: "server_error", message: "broken" } },
};

Deno.test("watchStream() reads model and usage at the end", () => {
  for (const type of ["response.completed", "response.incomplete"]) {
    const { summary } = watch(CREATED, DELTA, { ...COMPLETED, type });
    assert.deepEqual(summary, { model: "up", usage: COUNTED, textLength: 3 });
  }
});

Deno.test("watchStream() counts the text of every kind of delta", () => {
  const types = ["output_text", "refusal", "reasoning_summary_text", "function_call_arguments"];
  const deltas = types.map((type) => ({ type: `response.${type}.delta`, delta: "ab" }));
  assert.equal(watch(CREATED, ...deltas, COMPLETED).summary.textLength, 8);
});

Deno.test("watchStream() has started at the first delta", () => {
  const added = { type: "response.output_item.added", item: { type: "message" } };
  assert.equal(watch(CREATED, added).started, false);
  assert.equal(watch(CREATED, added, DELTA).started, true);
});

const PROGRESS: readonly [string, readonly (JsonObject | string)[], string][] = [
  ["nothing", [], "open"],
  ["content", [CREATED, DELTA], "open"],
  ["response.completed", [CREATED, DELTA, COMPLETED], "closed"],
  ["response.incomplete", [CREATED, { type: "response.incomplete" }], "closed"],
  ["response.failed", [CREATED, FAILED], "failed"],
  ["an error", [CREATED, DELTA, ERROR], "failed"],
  ["an error and an end", [ERROR, COMPLETED], "failed"],
  ["a comment", [": ping\n\n"], "open"],
  ["an end that is cut off", [`data: {"type":"response.completed"\n\n`], "open"],
  ["no object", ["data: [1]\n\n", "data: [DONE]\n\n"], "open"],
];

for (const [claim, events, expected] of PROGRESS) {
  Deno.test(`watchStream() is ${expected} after ${claim}`, () => {
    assert.equal(watch(...events).progress, expected);
  });
}

const FAULTS: readonly [string, JsonObject, object][] = [
  ["an error", ERROR, { status: 429, code: "rate_limit_exceeded", message: "slow down" }],
  ["a nested error", NESTED, { status: 400, message: "no" }],
  ["a failed response", FAILED, { status: 500, code: "server_error", message: "broken" }],
];

for (const [claim, event, fault] of FAULTS) {
  Deno.test(`watchStream() tells the fault of ${claim}`, () => {
    assert.deepEqual(watch(CREATED, event).fault, fault);
  });
}

Deno.test("watchStream() keeps to the first fault", () => {
  assert.equal(watch(CREATED, ERROR, FAILED).fault?.message, "slow down");
});

Deno.test("watchStream() has no fault where none is told", () => {
  assert.equal(watch(CREATED, COMPLETED).fault, undefined);
});

Deno.test("watchStream() finds the type wherever it stands, but never in a text", () => {
  const text =
    `data: {"delta":"\\"type\\":\\"error\\"", "type" : "response.output_text.delta"}\n\n`;
  const watched = watch(text, `data: {"response":{"usage":null},"type":"response.completed"}\n\n`);
  assert.deepEqual([watched.progress, watched.started], ["closed", true]);
});
