import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { embeddings } from "../../../src/apis/embeddings/index.ts";

const { view } = embeddings;

Deno.test("check() wants a model, and leaves the rest to the provider", () => {
  view.check({ model: "m" }, "/v1/embeddings");
  for (const request of [{}, { model: null }, { model: 3 }]) {
    assert.throws(() => view.check(request, "/v1/embeddings"), {
      kind: "invalid-request",
      param: "model",
      code: "missing_model",
    });
  }
});

const LENGTHS: readonly [input: unknown, length: number][] = [
  ["four", 4],
  [["one", "three"], 8],
  [[1, 2, 3], 12],
  [[[1, 2], [3]], 12],
  [undefined, 0],
  [{ text: "x" }, 0],
  [[], 0],
];

for (const [input, length] of LENGTHS) {
  Deno.test(`promptLength() of the input ${JSON.stringify(input)} is ${length}`, () => {
    assert.equal(view.promptLength({ input }), length);
  });
}

const ANSWERS: readonly [JsonObject, unknown][] = [
  [
    { model: "m-1", data: [], usage: { prompt_tokens: 5, total_tokens: 5 } },
    { model: "m-1", usage: { inputTokens: 5, outputTokens: 0 }, textLength: 0 },
  ],
  [{ usage: { prompt_tokens: 0 } }, { usage: { inputTokens: 0, outputTokens: 0 }, textLength: 0 }],
  [{ usage: { total_tokens: 7 } }, { usage: { inputTokens: 7, outputTokens: 0 }, textLength: 0 }],
  [{ usage: { prompt_tokens: "5" } }, { textLength: 0 }],
  [{ usage: null, model: 3 }, { textLength: 0 }],
  [{}, { textLength: 0 }],
];

for (const [answer, expected] of ANSWERS) {
  Deno.test(`readAnswer() of ${JSON.stringify(answer)}`, () => {
    assert.deepEqual(view.readAnswer(answer), expected);
  });
}

Deno.test("the view of embeddings neither streams nor edits nor samples", () => {
  const request = { model: "m", stream: true, dimensions: 3, temperature: 1 };
  assert.equal(view.streams(request, "/v1/embeddings"), false);
  assert.equal(view.askForUsage(request), undefined);
  assert.deepEqual(view.parameters(request), {});
  const frame = { bytes: new Uint8Array([1]), data: "x" };
  const watch = view.watchStream(request);
  assert.equal(watch.see(frame), frame.bytes);
  assert.deepEqual([watch.started, watch.progress], [true, "answered"]);
});
