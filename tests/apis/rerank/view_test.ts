import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { rerank } from "../../../src/apis/rerank/index.ts";

const { view } = rerank;

Deno.test("check() wants a model, and leaves the rest to the provider", () => {
  view.check({ model: "m" }, "/v2/rerank");
  for (const request of [{}, { model: null }, { model: 3 }]) {
    assert.throws(() => view.check(request, "/v2/rerank"), {
      kind: "invalid-request",
      param: "model",
      code: "missing_model",
    });
  }
});

Deno.test("promptLength() counts the query and the documents' texts", () => {
  const documents = ["12", { text: "345", title: "not ranked" }, { title: "x" }, null, 7];
  assert.equal(view.promptLength({ query: "q", documents }), 6);
  assert.equal(view.promptLength({}), 0);
});

const USAGES: readonly [answer: JsonObject, usage: unknown][] = [
  [{ meta: { billed_units: { search_units: 1 } } }, undefined],
  [{ meta: { api_version: { version: "2" } } }, undefined],
  [{ results: [] }, undefined],
  [{ meta: null, usage: null }, undefined],
  [{ meta: { billed_units: { search_units: 1, input_tokens: 9 } } }, {
    inputTokens: 9,
    outputTokens: 0,
  }],
  [{ meta: { billed_units: { search_units: 1 }, tokens: { input_tokens: 8, output_tokens: 1 } } }, {
    inputTokens: 8,
    outputTokens: 1,
  }],
  [{ usage: { total_tokens: 7 } }, { inputTokens: 7, outputTokens: 0 }],
  [{ usage: { prompt_tokens: 6, completion_tokens: 2, total_tokens: 8 } }, {
    inputTokens: 6,
    outputTokens: 2,
  }],
  [{ usage: { total_tokens: "7" } }, undefined],
];

for (const [answer, usage] of USAGES) {
  Deno.test(`readAnswer() of ${JSON.stringify(answer)}`, () => {
    const summary = view.readAnswer(answer);
    assert.deepEqual(summary.usage, usage);
    assert.equal("usage" in summary, usage !== undefined);
    assert.equal(summary.textLength, 0);
  });
}

Deno.test("readAnswer() reads the model where there is one", () => {
  assert.equal(view.readAnswer({ model: "m-1" }).model, "m-1");
  assert.equal(view.readAnswer({ model: 3 }).model, undefined);
});

Deno.test("the view of rerank neither streams nor edits nor samples", () => {
  const request = { model: "m", stream: true, top_n: 3 };
  assert.equal(view.streams(request, "/v2/rerank"), false);
  assert.equal(view.askForUsage(request), undefined);
  assert.deepEqual(view.parameters(request), {});
  const frame = { bytes: new Uint8Array([1]), data: "x" };
  assert.equal(view.watchStream(request).see(frame), frame.bytes);
});

const OWN: readonly [unknown, boolean][] = [
  [{ message: "invalid request: query must not be empty", id: "x" }, true],
  [{ error: { message: "m", type: "t" } }, true],
  [{ error: { message: "m", code: 400 } }, false],
  [{ error: "m" }, false],
  [[], false],
  [undefined, false],
];

for (const [body, isOwn] of OWN) {
  Deno.test(`isOwnError() of ${JSON.stringify(body)} is ${isOwn}`, () => {
    assert.equal(rerank.isOwnError(body), isOwn);
  });
}
