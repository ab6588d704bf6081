import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { titanEmbeddings } from "../../../src/apis/embeddings/titan.ts";
import { dropped, readAnswer, writeRequest } from "./convert.ts";

const TEXT = "amazon.titan-embed-text-v2:0";
const IMAGE = "amazon.titan-embed-image-v1";

const WRITTEN: readonly [model: string, request: JsonObject, body: JsonObject][] = [
  [TEXT, { input: "a" }, { inputText: "a" }],
  [TEXT, { input: "a", encoding_format: "base64" }, { inputText: "a" }],
  [TEXT, { input: "a", encoding_format: "float" }, { inputText: "a" }],
  [TEXT, { input: "a", dimensions: 256, normalize: false }, {
    inputText: "a",
    dimensions: 256,
    normalize: false,
  }],
  [TEXT, { input: "a", dimensions: null, normalize: null }, { inputText: "a" }],
  [IMAGE, { input: "a" }, { inputText: "a" }],
  [IMAGE, { input: "a", dimensions: 384 }, {
    inputText: "a",
    embeddingConfig: { outputEmbeddingLength: 384 },
  }],
];

for (const [model, request, body] of WRITTEN) {
  Deno.test(`titanEmbeddings.writeRequest() of ${JSON.stringify(request)} to ${model}`, () => {
    assert.deepEqual(writeRequest(titanEmbeddings, request, { model }), { body, losses: [] });
  });
}

Deno.test("titanEmbeddings.writeRequest() takes one text", () => {
  for (const input of [["a"], ["a", "b"]]) {
    assert.throws(() => writeRequest(titanEmbeddings, { input }), {
      kind: "invalid-request",
      status: 400,
      param: "input",
    });
  }
});

Deno.test("titanEmbeddings.writeRequest() names what it does not carry", () => {
  const request = { input: "a", user: "u", normalize: true, embeddingTypes: ["binary"] };
  const lost = (model: string) => dropped(titanEmbeddings, request, { model });
  assert.deepEqual(lost(TEXT), ["user", "embeddingTypes"]);
  assert.deepEqual(lost(IMAGE), ["user", "normalize", "embeddingTypes"]);
});

const COUNT = { "x-amzn-bedrock-input-token-count": "9" };

const READ: readonly [JsonObject, vector: readonly number[], tokens: number][] = [
  [{ embedding: [1, 2], inputTextTokenCount: 4, embeddingsByType: { float: [3] } }, [1, 2], 4],
  [{ embeddingsByType: { float: [3], binary: [0, 1] }, inputTextTokenCount: 4 }, [3], 4],
  [{ embedding: [1, 2], inputTextTokenCount: 4 }, [1, 2], 4],
  [{ embedding: [1, 2], inputTextTokenCount: 0, message: null }, [1, 2], 0],
  [{ embedding: [1, 2] }, [1, 2], 9],
];

for (const [answer, embedding, tokens] of READ) {
  Deno.test(`titanEmbeddings.readAnswer() of ${JSON.stringify(answer)}`, () => {
    assert.deepEqual(readAnswer(titanEmbeddings, answer, {}, { headers: COUNT }), {
      object: "list",
      data: [{ object: "embedding", index: 0, embedding }],
      model: "the-model",
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
  });
}
