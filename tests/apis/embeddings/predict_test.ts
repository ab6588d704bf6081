import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { predict } from "../../../src/apis/embeddings/predict.ts";
import { dropped, readAnswer, writeRequest } from "./convert.ts";

const WRITTEN: readonly [request: JsonObject, body: JsonObject][] = [
  [
    { model: "m", input: "a" },
    { instances: [{ content: "a", task_type: "RETRIEVAL_QUERY" }] },
  ],
  [
    { model: "m", input: ["a", "b"], task_type: "RETRIEVAL_DOCUMENT", title: "t" },
    {
      instances: [
        { content: "a", task_type: "RETRIEVAL_DOCUMENT", title: "t" },
        { content: "b", task_type: "RETRIEVAL_DOCUMENT", title: "t" },
      ],
    },
  ],
  [
    { model: "m", input: "a", dimensions: 256, auto_truncate: false, encoding_format: "base64" },
    {
      instances: [{ content: "a", task_type: "RETRIEVAL_QUERY" }],
      parameters: { autoTruncate: false, outputDimensionality: 256 },
    },
  ],
  [
    { model: "m", input: "a", dimensions: null, task_type: null, title: null },
    { instances: [{ content: "a", task_type: "RETRIEVAL_QUERY" }] },
  ],
];

for (const [request, body] of WRITTEN) {
  Deno.test(`predict.writeRequest() of ${JSON.stringify(request)}`, () => {
    assert.deepEqual(writeRequest(predict, request), { body, losses: [] });
  });
}

Deno.test("predict.writeRequest() names what it does not carry", () => {
  const request = { model: "m", input: "a", user: "u", input_type: "x", truncate: null };
  assert.deepEqual(dropped(predict, request), ["user", "input_type"]);
});

Deno.test("predict.readAnswer() keeps the order and sums the tokens", () => {
  const answer = {
    predictions: [
      { embeddings: { values: [0.5, 1], statistics: { truncated: false, token_count: 6 } } },
      { embeddings: { values: [2], statistics: { truncated: true, token_count: 4 } } },
      { embeddings: { values: [3] } },
    ],
    metadata: { billableCharacterCount: 18 },
  };
  assert.deepEqual(readAnswer(predict, answer, { encoding_format: "float" }), {
    object: "list",
    data: [
      { object: "embedding", index: 0, embedding: [0.5, 1] },
      { object: "embedding", index: 1, embedding: [2] },
      { object: "embedding", index: 2, embedding: [3] },
    ],
    model: "the-model",
    usage: { prompt_tokens: 10, total_tokens: 10 },
  });
});
