import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { watchStream } from "../../../src/apis/gemini/watch.ts";
import { sseSplitter } from "../../../src/lib/sse.ts";

const event = (data: unknown) => `data: ${JSON.stringify(data)}\r\n\r\n`;
const parts = (...list: unknown[]) => ({ candidates: [{ content: { parts: list } }] });
const finish = (index?: number) => ({ candidates: [{ finishReason: "STOP", index }] });

function watch(text: string, request: JsonObject = {}) {
  const watched = watchStream(request);
  const frames = sseSplitter().push(new TextEncoder().encode(text));
  const same = frames.every((frame) => watched.see(frame) === frame.bytes);
  const { summary, started, progress, fault } = watched;
  return { same, summary, started, progress, fault };
}

Deno.test("watchStream() passes every frame on as it came", () => {
  const text = ": ping\n\ndata: {oops\n\ndata: 7\n\ndata: [DONE]\n\n" +
    event(parts({ text: "a" })) +
    event({ candidates: "odd", usageMetadata: 7 }) + event({ error: { code: 500 } });
  assert.equal(watch(text).same, true);
});

Deno.test("watchStream() keeps the newest usage and model", () => {
  const text = event({
    ...parts({ text: "abc" }),
    modelVersion: "m-1",
    usageMetadata: { promptTokenCount: 7, thoughtsTokenCount: 4, cachedContentTokenCount: 2 },
  }) + event({ ...finish(), usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3 } });
  assert.deepEqual(watch(text).summary, {
    textLength: 3,
    model: "m-1",
    usage: { inputTokens: 7, outputTokens: 7, cacheReadTokens: 2, reasoningTokens: 4 },
  });
});

const STARTED: readonly [claim: string, data: unknown, expected: boolean][] = [
  ["text", parts({ text: "a" }), true],
  ["a thought", parts({ text: "a", thought: true }), true],
  ["a call", parts({ functionCall: { name: "f" } }), true],
  ["an image", parts({ inlineData: { data: "" } }), true],
  ["empty text", parts({ text: "" }), false],
  ["usage alone", { usageMetadata: { promptTokenCount: 1 } }, false],
];

for (const [claim, data, expected] of STARTED) {
  Deno.test(`watchStream() has ${expected ? "" : "not "}started with ${claim}`, () => {
    assert.equal(watch(event(data)).started, expected);
  });
}

const TWO = { generationConfig: { candidateCount: 2 } };
const PROGRESS: readonly [claim: string, text: string, request: JsonObject, expected: string][] = [
  ["nothing", "", {}, "open"],
  ["text", event(parts({ text: "a" })), {}, "open"],
  ["a finish reason", event(finish()), {}, "answered"],
  ["one of two", event(finish(0)), TWO, "open"],
  ["two of two", event(finish(0)) + event(finish(1)), TWO, "answered"],
  ["a blocked prompt", event({ promptFeedback: { blockReason: "SAFETY" } }), {}, "answered"],
  ["an error", event({ error: { code: 503, message: "m" } }), {}, "failed"],
  ["an error in a list", event([{ error: { code: 503, message: "m" } }]), {}, "failed"],
  ["an error after the end", event(finish()) + event({ error: {} }), {}, "failed"],
];

for (const [claim, text, request, expected] of PROGRESS) {
  Deno.test(`watchStream() is ${expected} after ${claim}`, () => {
    assert.equal(watch(text, request).progress, expected);
  });
}

Deno.test("watchStream() tells what the provider said when it failed", () => {
  const error = { code: 429, message: "slow down", status: "RESOURCE_EXHAUSTED" };
  assert.deepEqual(watch(event({ error })).fault, {
    status: 429,
    message: "slow down",
    code: "RESOURCE_EXHAUSTED",
  });
});
