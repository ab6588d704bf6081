import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { novaEmbeddings } from "../../../src/apis/embeddings/nova.ts";
import { dropped, readAnswer, writeRequest } from "./convert.ts";

const WRITTEN: readonly [request: JsonObject, parameters: JsonObject][] = [
  [{ input: "a" }, {
    embeddingPurpose: "GENERIC_INDEX",
    text: { truncationMode: "END", value: "a" },
  }],
  [
    {
      input: "a",
      dimensions: 384,
      embedding_purpose: "TEXT_RETRIEVAL",
      truncation_mode: "NONE",
      encoding_format: "base64",
    },
    {
      embeddingPurpose: "TEXT_RETRIEVAL",
      embeddingDimension: 384,
      text: { truncationMode: "NONE", value: "a" },
    },
  ],
  [{ input: "a", dimensions: null, embedding_purpose: null, truncation_mode: null }, {
    embeddingPurpose: "GENERIC_INDEX",
    text: { truncationMode: "END", value: "a" },
  }],
];

for (const [request, singleEmbeddingParams] of WRITTEN) {
  Deno.test(`novaEmbeddings.writeRequest() of ${JSON.stringify(request)}`, () => {
    assert.deepEqual(writeRequest(novaEmbeddings, request), {
      body: { taskType: "SINGLE_EMBEDDING", singleEmbeddingParams },
      losses: [],
    });
  });
}

Deno.test("novaEmbeddings.writeRequest() takes one text", () => {
  assert.throws(() => writeRequest(novaEmbeddings, { input: ["a"] }), {
    kind: "invalid-request",
    status: 400,
    param: "input",
  });
});

Deno.test("novaEmbeddings.writeRequest() names what it does not carry", () => {
  assert.deepEqual(dropped(novaEmbeddings, { input: "a", user: "u", truncate: "END" }), [
    "user",
    "truncate",
  ]);
});

Deno.test("novaEmbeddings.readAnswer() takes the vectors, and the tokens from the header", () => {
  const answer = {
    embeddings: [{ embeddingType: "TEXT", embedding: [1, 2], truncatedCharLength: 8 }],
  };
  const headers = { "X-Amzn-Bedrock-Input-Token-Count": "5" };
  assert.deepEqual(readAnswer(novaEmbeddings, answer, {}, { headers }), {
    object: "list",
    data: [{ object: "embedding", index: 0, embedding: [1, 2] }],
    model: "the-model",
    usage: { prompt_tokens: 5, total_tokens: 5 },
  });
});
