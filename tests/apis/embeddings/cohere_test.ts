import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { cohereEmbeddings } from "../../../src/apis/embeddings/cohere.ts";
import { dropped, readAnswer, writeRequest } from "./convert.ts";

const V3 = "cohere.embed-english-v3";
const V4 = "us.cohere.embed-v4:0";

const WRITTEN: readonly [model: string, request: JsonObject, body: JsonObject][] = [
  [V3, { input: "a" }, { texts: ["a"], input_type: "search_query" }],
  [V3, { input: ["a", "b"], encoding_format: "base64" }, {
    texts: ["a", "b"],
    input_type: "search_query",
  }],
  [V3, { input: "a", input_type: "search_document", truncate: "END" }, {
    texts: ["a"],
    input_type: "search_document",
    truncate: "END",
  }],
  [V4, { input: "a", dimensions: 512, truncate: null }, {
    texts: ["a"],
    input_type: "search_query",
    output_dimension: 512,
  }],
];

for (const [model, request, body] of WRITTEN) {
  Deno.test(`cohereEmbeddings.writeRequest() of ${JSON.stringify(request)} to ${model}`, () => {
    assert.deepEqual(writeRequest(cohereEmbeddings, request, { model }), { body, losses: [] });
  });
}

Deno.test("cohereEmbeddings.writeRequest() names what it does not carry", () => {
  const request = { input: "a", dimensions: 512, user: "u", embedding_types: ["int8"] };
  const lost = (model: string) => dropped(cohereEmbeddings, request, { model });
  assert.deepEqual(lost(V3), ["dimensions", "user", "embedding_types"]);
  assert.deepEqual(lost(V4), ["user", "embedding_types"]);
});

const COUNTS: readonly [headers: Record<string, string>, tokens: number][] = [
  [{ "x-amzn-bedrock-input-token-count": "12" }, 12],
  [{ "x-amzn-bedrock-input-token-count": "many" }, 0],
  [{}, 0],
];

const EMBEDDINGS: readonly unknown[] = [
  [[1, 2], [3, 4]],
  { float: [[1, 2], [3, 4]], int8: [[1, 2], [3, 4]] },
];

for (const embeddings of EMBEDDINGS) {
  for (const [headers, tokens] of COUNTS) {
    const name = `${JSON.stringify(embeddings)} with ${JSON.stringify(headers)}`;
    Deno.test(`cohereEmbeddings.readAnswer() of ${name}`, () => {
      const answer = { id: "x", texts: ["a", "b"], embeddings };
      assert.deepEqual(readAnswer(cohereEmbeddings, answer, {}, { headers }), {
        object: "list",
        data: [
          { object: "embedding", index: 0, embedding: [1, 2] },
          { object: "embedding", index: 1, embedding: [3, 4] },
        ],
        model: "the-model",
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      });
    });
  }
}
