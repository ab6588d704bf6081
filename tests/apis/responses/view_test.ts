import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { view } from "../../../src/apis/responses/view.ts";

const CHECKS: readonly [string, JsonObject, string | undefined][] = [
  ["a text", { model: "m", input: "hi" }, undefined],
  ["a list of items", { model: "m", input: [] }, undefined],
  ["a prompt in place of an input", { model: "m", prompt: { id: "p" } }, undefined],
  ["a conversation in place of an input", { model: "m", conversation: "c" }, undefined],
  ["a stream", { model: "m", input: "hi", stream: true }, undefined],
  ["a null stream", { model: "m", input: "hi", stream: null }, undefined],
  ["unknown members", { model: "m", input: "hi", odd: {} }, undefined],
  ["no model", { input: "hi" }, "model"],
  ["a model that is no text", { model: 7, input: "hi" }, "model"],
  ["a stream that is no boolean", { model: "m", input: "hi", stream: "yes" }, "stream"],
  ["no input", { model: "m" }, "input"],
  ["a null input", { model: "m", input: null, prompt: null }, "input"],
  ["an input of another type", { model: "m", input: {} }, "input"],
];

for (const [claim, request, param] of CHECKS) {
  Deno.test(`check() ${param === undefined ? "takes" : "refuses"} ${claim}`, () => {
    const check = () => view.check(request, "/v1/responses");
    if (param === undefined) check();
    else assert.throws(check, { kind: "invalid-request", param });
  });
}

Deno.test("streams() is true for a stream alone", () => {
  const streams = (stream: unknown) => view.streams({ stream }, "/v1/responses");
  assert.deepEqual([true, false, null, undefined].map(streams), [true, false, false, false]);
});

Deno.test("askForUsage() has nothing to ask for", () => {
  assert.equal(view.askForUsage({ stream: true }), undefined);
});

Deno.test("parameters() reads what has a number", () => {
  const request = { temperature: 0, top_p: 0.5, max_output_tokens: 9, seed: 7 };
  assert.deepEqual(view.parameters(request), { temperature: 0, topP: 0.5, maxTokens: 9 });
  assert.deepEqual(view.parameters({ temperature: "1", top_p: null }), {});
});

const LENGTHS: readonly [string, JsonObject, number][] = [
  ["a text", { input: "four" }, 4],
  ["instructions", { instructions: "abc", input: "four" }, 7],
  ["messages", { input: [{ role: "user", content: "ab" }, { content: [{ text: "cde" }] }] }, 5],
  ["calls and outputs", {
    input: [
      { type: "function_call", name: "f", arguments: "{}" },
      { type: "function_call_output", output: "abc" },
      { type: "function_call_output", output: [{ type: "input_text", text: "de" }] },
    ],
  }, 8],
  ["summaries", { input: [{ type: "reasoning", summary: [{ text: "abc" }] }] }, 3],
  ["nothing that can be read", { input: [7, null, { content: 7 }], instructions: [] }, 0],
];

for (const [claim, request, length] of LENGTHS) {
  Deno.test(`promptLength() counts ${claim}`, () => {
    assert.equal(view.promptLength(request), length);
  });
}

Deno.test("readAnswer() reads model, usage and the length of the text", () => {
  const answer = {
    model: "m",
    output: [
      { type: "reasoning", summary: [{ type: "summary_text", text: "ab" }] },
      { type: "message", content: [{ type: "output_text", text: "cde" }, { refusal: "f" }] },
      { type: "function_call", name: "f", arguments: "{}" },
    ],
    usage: {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 15,
    },
  };
  assert.deepEqual(view.readAnswer(answer), {
    model: "m",
    textLength: 9,
    usage: {
      inputTokens: 10,
      outputTokens: 5,
      cacheReadTokens: 4,
      cacheWriteTokens: 1,
      reasoningTokens: 2,
    },
  });
  assert.deepEqual(view.readAnswer({ model: 7, usage: null }), { textLength: 0 });
});
