import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { readStream } from "../../../src/apis/completions/stream_reader.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
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

const A = { id: "a", type: "function", function: { name: "f" } };

const FINISHES: readonly [string, string, JsonObject][] = [
  ["stop", "stop", { content: "a" }],
  ["length", "length", { content: "a" }],
  ["tool_calls", "tool-calls", { tool_calls: [fn(0, A, "{}")] }],
  ["function_call", "tool-calls", { function_call: { name: "f", arguments: "{}" } }],
  ["content_filter", "content-filter", {}],
  ["stop", "tool-calls", { tool_calls: [fn(0, A, "{}")] }],
  ["stop", "refusal", { refusal: "no" }],
  ["odd", "other", {}],
];

for (const [word, reason, delta] of FINISHES) {
  Deno.test(`readStream() of ${word} behind ${JSON.stringify(delta)} is ${reason}`, () => {
    const apart = foldEvents(read([chunk(delta), finish(word), DONE]));
    const together = foldEvents(read([chunk(delta, { finish_reason: word }), DONE]));
    assert.deepEqual(apart.choices[0]?.finish, { reason });
    assert.deepEqual(together, apart);
  });
}

Deno.test("readStream() tells the stop sequence where the provider does", () => {
  const chat = chatOf({ sampling: { stop: ["END"] } });
  const last = chunk({}, { finish_reason: "stop", stop_reason: "END" });
  assert.deepEqual(foldEvents(read([last, DONE], chat)).choices[0]?.finish, {
    reason: "stop-sequence",
    stopSequence: "END",
  });
});

const ENDS: readonly [string, readonly Item[], string][] = [
  ["a finish and the end mark", [chunk({ content: "a" }), finish(), DONE], "stop"],
  ["a finish without the end mark", [chunk({ content: "a" }), finish()], "stop"],
  ["the end mark without a finish", [chunk({ content: "a" }), DONE], "stop"],
  ["the end mark without a finish behind calls", [calls(fn(0, A, "{}")), DONE], "tool-calls"],
  ["the end mark alone", [DONE], "stop"],
  ["blanks around the end mark", [chunk({}), " [DONE] "], "stop"],
  ["content behind the finish", [finish("length"), chunk({ content: "late" }), DONE], "length"],
  ["a second finish", [finish("length"), finish("stop"), DONE], "length"],
  ["empty words for a finish", [
    chunk({ content: "a" }, { finish_reason: "" }),
    finish("length"),
    DONE,
  ], "length"],
];

for (const [claim, items, reason] of ENDS) {
  Deno.test(`readStream() takes ${claim} for a whole answer`, () => {
    assert.deepEqual(foldEvents(read(items)).choices[0]?.finish, { reason });
  });
}

const FAULT = {
  status: 502,
  message: "the provider's answer broke off before its end",
  code: "upstream_cut",
};

Deno.test("readStream() takes an answer without an end for one that was cut", () => {
  const events = read([chunk({ content: "a" })]);
  assert.deepEqual(events.at(-1), { type: "error", fault: FAULT });
  assert.deepEqual(read([]), [{ type: "error", fault: FAULT }]);
});

const FAILURES: readonly [string, JsonObject, object][] = [
  ["an error", { error: { message: "slow down", type: "rate_limit_error" } }, {
    status: 429,
    message: "slow down",
  }],
  ["an error in a chunk", { ...chunk({}), error: { message: "gone", code: 502 } }, {
    status: 502,
    message: "gone",
  }],
  ["an error that is a text", { error: "busy" }, { status: 500, message: "busy" }],
];

for (const [claim, failure, fault] of FAILURES) {
  Deno.test(`readStream() ends with ${claim}`, () => {
    const events = read([chunk({ content: "a" }), failure, chunk({ content: "b" }), DONE]);
    assert.deepEqual(events.slice(3), [{ type: "error", fault }]);
    assert.deepEqual(read([failure]), [{ type: "error", fault }]);
  });
}

Deno.test("readStream() passes over what is no chunk", () => {
  const events = read(["{oops", "7", "null", "[1]", "", chunk({ content: "a" }), finish(), DONE]);
  assert.deepEqual(events, read([chunk({ content: "a" }), finish(), DONE]));
});

const usage = (prompt: number, completion: number) => ({
  usage: { prompt_tokens: prompt, completion_tokens: completion },
});

/** The usage that each step tells. */
function usages(items: readonly Item[]): unknown[] {
  return read(items).flatMap((event) =>
    (event.type === "usage" || event.type === "start") && event.usage !== undefined
      ? [[event.usage.inputTokens, event.usage.outputTokens]]
      : []
  );
}

const USAGES: readonly [string, readonly Item[], unknown[]][] = [
  ["on the last chunk", [chunk({}, { finish_reason: "stop" }, usage(3, 2)), DONE], [[3, 2]]],
  ["behind the last chunk", [finish(), { choices: [], ...usage(3, 2) }, DONE], [[3, 2]]],
  ["behind the last chunk without an end mark", [finish(), usage(3, 2)], [[3, 2]]],
  ["on every chunk, when it grows", [
    chunk({ content: "a" }, {}, usage(3, 1)),
    chunk({ content: "b" }, {}, usage(3, 1)),
    chunk({ content: "c" }, {}, usage(3, 2)),
    chunk({ content: "d" }, {}, { usage: null }),
    finish(),
    DONE,
  ], [[3, 1], [3, 2]]],
  ["without shrinking", [
    chunk({ content: "a" }, {}, usage(3, 5)),
    finish(),
    { choices: [], ...usage(0, 2) },
    { choices: [], usage: { completion_tokens: 6 } },
    DONE,
  ], [[3, 5], [3, 6]]],
];

for (const [claim, items, expected] of USAGES) {
  Deno.test(`readStream() tells usage ${claim}`, () => {
    assert.deepEqual(usages(items), expected);
  });
}

Deno.test("readStream() tells usage that came before the answer with its start", () => {
  const [start] = read([{ choices: [], ...usage(3, 0) }, chunk({ content: "a" }), finish(), DONE]);
  assert.deepEqual(start, { ...START, usage: { inputTokens: 3, outputTokens: 0 } });
});
