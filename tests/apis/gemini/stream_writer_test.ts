import assert from "node:assert/strict";
import { serve } from "../../../src/apis/gemini/serve.ts";
import { writeSealToken } from "../../../src/apis/seal_token.ts";
import type { Seal } from "../../../src/chat/block.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import { testContext } from "./contexts.ts";

const START: ChatEvent = { type: "start", id: "r", model: "m" };
const END: readonly ChatEvent[] = [
  { type: "finish", finish: { reason: "stop" } },
  { type: "end" },
];
const HEAD = { modelVersion: "m", responseId: "r" };

/** The objects of the events that are sent for some steps. */
function written(...events: readonly ChatEvent[]): unknown[] {
  const write = serve.writeStream(testContext());
  const text = events.map((event) => write(event)).join("");
  const frames = text.split("\n\n");
  assert.equal(frames.pop(), "");
  return frames.map((frame) => {
    assert.ok(frame.startsWith("data: "));
    return JSON.parse(frame.slice("data: ".length));
  });
}

const piece = (parts: readonly unknown[], more: object = {}) => ({
  candidates: [{ content: { role: "model", parts }, index: 0, ...more }],
  ...HEAD,
});
const LAST = piece([{ text: "" }], { finishReason: "STOP" });
const FOREIGN: Seal = { api: "messages", value: "sig" };
const TOKEN = writeSealToken(FOREIGN, "gemini");

const SEALED = piece([{ text: "", thought: true, thoughtSignature: TOKEN }]);

type Row = readonly [claim: string, events: readonly ChatEvent[], frames: readonly unknown[]];

const TABLE: readonly Row[] = [
  ["nothing but the end", [], []],
  [
    "text as it comes",
    [
      { type: "block-start", index: 0, block: { type: "text", text: "a" } },
      { type: "block-delta", index: 0, text: "b" },
      { type: "block-delta", index: 0, text: "" },
      { type: "block-end", index: 0 },
    ],
    [piece([{ text: "a" }]), piece([{ text: "b" }])],
  ],
  [
    "text with likelihoods",
    [
      { type: "block-start", index: 0, block: { type: "text", text: "" } },
      {
        type: "block-delta",
        index: 0,
        text: "b",
        logprobs: [{ token: "b", logprob: -1, top: [] }],
      },
      { type: "block-end", index: 0 },
    ],
    [piece([{ text: "b" }], {
      logprobsResult: {
        chosenCandidates: [{ token: "b", logProbability: -1 }],
        topCandidates: [{ candidates: [] }],
      },
    })],
  ],
  [
    "thoughts and then their seal",
    [
      { type: "block-start", index: 0, block: { type: "reasoning", text: "" } },
      { type: "block-delta", index: 0, text: "hm" },
      { type: "block-end", index: 0, seal: FOREIGN },
    ],
    [piece([{ text: "hm", thought: true }]), SEALED],
  ],
  [
    "a seal that came with its block",
    [
      { type: "block-start", index: 0, block: { type: "reasoning", text: "hm", seal: FOREIGN } },
      { type: "block-end", index: 0 },
    ],
    [piece([{ text: "hm", thought: true }]), SEALED],
  ],
  [
    "a seal alone",
    [
      { type: "block-start", index: 0, block: { type: "reasoning", text: "" } },
      { type: "block-end", index: 0, seal: FOREIGN },
    ],
    [piece([{ text: "", thoughtSignature: TOKEN }])],
  ],
  [
    "a refusal as text",
    [
      { type: "block-start", index: 0, block: { type: "refusal", text: "" } },
      { type: "block-delta", index: 0, text: "no" },
      { type: "block-end", index: 0 },
    ],
    [piece([{ text: "no" }])],
  ],
  [
    "parallel calls, each when it is whole",
    [
      {
        type: "block-start",
        index: 0,
        block: { type: "tool-call", id: "1", name: "f", input: "" },
      },
      {
        type: "block-start",
        index: 1,
        block: { type: "tool-call", id: "2", name: "g", input: `{"b":2}` },
      },
      { type: "block-delta", index: 0, text: `{"a"` },
      { type: "block-end", index: 1, seal: { api: "gemini", value: "c2ln" } },
      { type: "block-delta", index: 0, text: `:1}` },
      { type: "block-end", index: 0 },
    ],
    [
      piece([{
        functionCall: { id: "2", name: "g", args: { b: 2 } },
        thoughtSignature: "c2ln",
      }]),
      piece([{ functionCall: { id: "1", name: "f", args: { a: 1 } } }]),
    ],
  ],
  [
    "an image",
    [
      {
        type: "block-start",
        index: 0,
        block: { type: "media", mediaType: "image/png", source: { data: "AAAA" } },
      },
      { type: "block-end", index: 0 },
    ],
    [piece([{ inlineData: { mimeType: "image/png", data: "AAAA" } }])],
  ],
];

for (const [claim, events, frames] of TABLE) {
  Deno.test(`writeStream() writes ${claim}`, () => {
    assert.deepEqual(written(START, ...events, ...END), [...frames, LAST]);
  });
}

Deno.test("writeStream() writes the newest usage with the reason, at the end", () => {
  const frames = written(
    { ...START, usage: { inputTokens: 5 } },
    { type: "usage", usage: { outputTokens: 1 } },
    { type: "finish", finish: { reason: "length" } },
    { type: "usage", usage: { outputTokens: 3, reasoningTokens: 2 } },
    { type: "end" },
  );
  assert.deepEqual(frames, [{
    ...piece([{ text: "" }], { finishReason: "MAX_TOKENS" }),
    usageMetadata: {
      promptTokenCount: 5,
      candidatesTokenCount: 1,
      thoughtsTokenCount: 2,
      totalTokenCount: 8,
    },
  }]);
});

Deno.test("writeStream() writes an error as Google does, and nothing after it", () => {
  const fault = { status: 529, message: "overloaded" };
  const expected = [{ error: { code: 529, message: "overloaded", status: "UNAVAILABLE" } }];
  assert.deepEqual(written({ type: "error", fault }), expected);
  assert.deepEqual(written(START, { type: "error", fault }), expected);
});

Deno.test("writeStream() names the model and the answer where the provider does not", () => {
  const [last] = written({ type: "start", id: "", model: "" }, ...END);
  assert.deepEqual(last, { ...LAST, modelVersion: "asked-model", responseId: "new0" });
});
