import assert from "node:assert/strict";
import { geminiCall } from "../../../src/apis/gemini/index.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import { foldEvents } from "../../support/chat/fold_events.ts";
import { testContext } from "./contexts.ts";

/** The steps of a stream, and those at its end. */
function read(...events: readonly unknown[]): readonly ChatEvent[] {
  const reader = geminiCall.readStream(testContext());
  const texts = events.map((event) => typeof event === "string" ? event : JSON.stringify(event));
  return [...texts.flatMap((text) => reader.push(text)), ...reader.end()];
}

const piece = (parts: readonly unknown[], more: object = {}, top: object = {}) => ({
  candidates: [{ content: { role: "model", parts }, ...more }],
  responseId: "r",
  modelVersion: "m",
  ...top,
});
const STOP = piece([], { finishReason: "STOP" });
const START = { type: "start", id: "r", model: "m" };
const END = [{ type: "finish", finish: { reason: "stop" } }, { type: "end" }];

Deno.test("readStream() tells a stream in steps", () => {
  const events = read(
    piece([{ text: "h", thought: true }]),
    piece([{ text: "m", thought: true, thoughtSignature: "c2ln" }, { text: "a" }]),
    piece([{ text: "b" }]),
    piece([{ functionCall: { name: "f", args: { x: 1 } }, thoughtSignature: "c2ln" }]),
    piece([{ text: "" }], { finishReason: "STOP" }, {
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, thoughtsTokenCount: 5 },
    }),
  );
  const seal = { api: "gemini", value: "c2ln" };
  assert.deepEqual(events, [
    START,
    { type: "block-start", index: 0, block: { type: "reasoning", text: "" } },
    { type: "block-delta", index: 0, text: "h" },
    { type: "block-delta", index: 0, text: "m" },
    { type: "block-end", index: 0, seal },
    { type: "block-start", index: 1, block: { type: "text", text: "" } },
    { type: "block-delta", index: 1, text: "a" },
    { type: "block-delta", index: 1, text: "b" },
    { type: "block-end", index: 1 },
    {
      type: "block-start",
      index: 2,
      block: { type: "tool-call", id: "call_r_0", name: "f", input: `{"x":1}`, seal },
    },
    { type: "block-end", index: 2 },
    { type: "usage", usage: { inputTokens: 3, outputTokens: 9, reasoningTokens: 5 } },
    { type: "finish", finish: { reason: "tool-calls" } },
    { type: "end" },
  ]);
});

Deno.test("readStream() remembers calls of earlier events when the answer ends", () => {
  const { choices } = foldEvents(read(piece([{ functionCall: { name: "f" } }]), STOP));
  assert.equal(choices[0]?.finish.reason, "tool-calls");
});

Deno.test("readStream() reads the first candidate only", () => {
  const two = {
    candidates: [
      { index: 1, content: { parts: [{ text: "no" }] } },
      { index: 0, content: { parts: [{ text: "yes" }] } },
    ],
    responseId: "r",
  };
  const { choices } = foldEvents(read(two, STOP));
  assert.deepEqual(choices[0]?.blocks, [{ type: "text", text: "yes" }]);
});

Deno.test("readStream() ends with a blocked prompt", () => {
  const events = read({ promptFeedback: { blockReason: "SAFETY" }, responseId: "r" });
  assert.deepEqual(events, [
    { type: "start", id: "r", model: "" },
    { type: "finish", finish: { reason: "content-filter" } },
    { type: "end" },
  ]);
});

Deno.test("readStream() merges usage: what a later event leaves out stays, and none shrinks", () => {
  const count = (usageMetadata: object) => ({ candidates: [], usageMetadata });
  const events = read(
    piece([{ text: "a" }], {}, { usageMetadata: { promptTokenCount: 9, thoughtsTokenCount: 4 } }),
    count({ promptTokenCount: 9, candidatesTokenCount: 3 }),
    STOP,
    count({ promptTokenCount: 8, cachedContentTokenCount: 2 }),
  );
  assert.deepEqual(events.filter(({ type }) => type === "usage").at(-1), {
    type: "usage",
    usage: { inputTokens: 9, outputTokens: 7, reasoningTokens: 4, cacheReadTokens: 2 },
  });
});

Deno.test("readStream() gives likelihoods with the first text of an event", () => {
  const logprobsResult = { chosenCandidates: [{ token: "a", logProbability: -1 }] };
  const [, delta, next] = read(
    piece([{ text: "h", thought: true }, { text: "a" }, { text: "b" }], { logprobsResult }),
    STOP,
  ).filter(({ type }) => type === "block-delta");
  assert.equal(next && "logprobs" in next, false);
  assert.deepEqual(delta, {
    type: "block-delta",
    index: 1,
    text: "a",
    logprobs: [{ token: "a", logprob: -1, top: [] }],
  });
});

Deno.test("readStream() ignores what is no answer", () => {
  assert.deepEqual(read("{oops", "7", "null", "[]", STOP), [START, ...END]);
});

const ERROR = { error: { code: 429, message: "slow", status: "RESOURCE_EXHAUSTED" } };
const FAULT = {
  type: "error",
  fault: { status: 429, message: "slow", code: "RESOURCE_EXHAUSTED" },
};

for (const [claim, error] of [["an error", ERROR], ["an error in a list", [ERROR]]] as const) {
  Deno.test(`readStream() ends with ${claim}`, () => {
    assert.deepEqual(read(error, STOP), [FAULT]);
    assert.deepEqual(read(piece([{ text: "a" }]), error, STOP).slice(3), [FAULT]);
  });
}

Deno.test("readStream() tells when an answer broke off", () => {
  const cut = {
    type: "error",
    fault: {
      status: 502,
      message: "the provider's answer broke off before its end",
      code: "upstream_cut",
    },
  };
  assert.deepEqual(read(), [cut]);
  assert.deepEqual(read(piece([{ text: "a" }])).at(-1), cut);
});

Deno.test("readStream() says nothing after the end", () => {
  const reader = geminiCall.readStream(testContext());
  reader.push(JSON.stringify(STOP));
  assert.deepEqual(reader.push(JSON.stringify(piece([{ text: "late" }]))), []);
  assert.deepEqual(reader.end(), [{ type: "end" }]);
  assert.deepEqual(reader.end(), []);
  assert.deepEqual(reader.push(JSON.stringify(STOP)), []);
});
