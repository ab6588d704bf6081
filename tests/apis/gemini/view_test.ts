import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { gemini } from "../../../src/apis/gemini/index.ts";

const { view } = gemini;
const STREAM = "/v1beta/models/m:streamGenerateContent";

Deno.test("check() wants a list of contents", () => {
  for (const request of [{}, { contents: "hi" }, { contents: {} }, { contents: null }]) {
    assert.throws(() => view.check(request, "/v1beta/models/m:generateContent"), {
      kind: "invalid-request",
      param: "contents",
    });
  }
  view.check({ contents: [] }, "/v1beta/models/m:generateContent");
});

Deno.test("check() takes streams as server-sent events only", () => {
  for (const target of [STREAM, `${STREAM}?alt=json`, `${STREAM}?key=sse`]) {
    assert.throws(() => view.check({ contents: [] }, target), { param: "alt" });
  }
  view.check({ contents: [] }, `${STREAM}?key=k&alt=sse`);
});

Deno.test("streams() sees it in the path", () => {
  assert.equal(view.streams({}, `${STREAM}?alt=sse`), true);
  assert.equal(view.streams({ stream: true }, "/v1beta/models/m:generateContent"), false);
  assert.equal(view.streams({}, "/x?y=:streamGenerateContent"), false);
});

Deno.test("askForUsage() has nothing to ask: usage always comes", () => {
  assert.equal(view.askForUsage({ contents: [] }), undefined);
});

Deno.test("parameters() reads the configuration in either spelling", () => {
  const expected = {
    temperature: 0.5,
    topP: 0.9,
    maxTokens: 10,
    frequencyPenalty: 1,
    presencePenalty: 2,
    seed: 3,
  };
  const camel = { topP: 0.9, maxOutputTokens: 10, frequencyPenalty: 1, presencePenalty: 2 };
  const snake = { top_p: 0.9, max_output_tokens: 10, frequency_penalty: 1, presence_penalty: 2 };
  const same = { temperature: 0.5, seed: 3 };
  assert.deepEqual(view.parameters({ generationConfig: { ...camel, ...same } }), expected);
  assert.deepEqual(view.parameters({ generation_config: { ...snake, ...same } }), expected);
  assert.deepEqual(view.parameters({}), {});
  assert.deepEqual(view.parameters({ generationConfig: { topP: "x" } }), {});
});

Deno.test("promptLength() counts text, calls, results and the instruction", () => {
  const request: JsonObject = {
    systemInstruction: { parts: [{ text: "12345" }] },
    contents: [
      { role: "user", parts: [{ text: "12" }, { inlineData: { data: "xxxx" } }] },
      { role: "model", parts: [{ functionCall: { name: "fn", args: { a: 1 } } }] },
      { role: "user", parts: [{ functionResponse: { name: "fn", response: { b: 2 } } }] },
      "odd",
      { parts: "odd" },
    ],
  };
  assert.equal(view.promptLength(request), 5 + 2 + 2 + 7 + 7);
  assert.equal(view.promptLength({}), 0);
});

Deno.test("readAnswer() reads the model, all usage and the length of the text", () => {
  const answer = {
    modelVersion: "gemini-x",
    candidates: [
      { content: { parts: [{ text: "abc" }, { text: "de", thought: true }] } },
      { content: { parts: [{ functionCall: { name: "fn" } }] } },
      null,
    ],
    usageMetadata: {
      promptTokenCount: 10,
      toolUsePromptTokenCount: 5,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 3,
      cachedContentTokenCount: 4,
      totalTokenCount: 25,
    },
  };
  assert.deepEqual(view.readAnswer(answer), {
    model: "gemini-x",
    textLength: 3 + 2 + 2 + 2,
    usage: { inputTokens: 15, outputTokens: 10, cacheReadTokens: 4, reasoningTokens: 3 },
  });
  assert.deepEqual(view.readAnswer({}), { textLength: 0 });
  assert.deepEqual(view.readAnswer({ usageMetadata: { totalTokenCount: 3 } }), { textLength: 0 });
});

const ERRORS: readonly [claim: string, body: unknown, expected: boolean][] = [
  ["Google's error", { error: { code: 400, message: "m", status: "INVALID_ARGUMENT" } }, true],
  ["one in a list", [{ error: { code: 400, message: "m", status: "S" } }], true],
  ["OpenAI's error", { error: { message: "m", type: "t", code: null } }, false],
  ["Anthropic's error", { type: "error", error: { type: "t", message: "m" } }, false],
  ["AWS's error", { message: "m" }, false],
  ["nothing", undefined, false],
  ["an empty list", [], false],
];

for (const [claim, body, expected] of ERRORS) {
  Deno.test(`isOwnError() is ${expected} for ${claim}`, () => {
    assert.equal(gemini.isOwnError(body), expected);
  });
}

Deno.test("writeErrorEvent() writes one event with Google's error", () => {
  const text = new TextDecoder().decode(gemini.writeErrorEvent({ status: 429, message: "slow" }));
  assert.equal(
    text,
    `data: {"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}\n\n`,
  );
});
