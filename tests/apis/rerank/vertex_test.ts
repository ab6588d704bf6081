import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { vertexRank } from "../../../src/apis/rerank/vertex.ts";
import { dropped, readAnswer, writeRequest } from "../embeddings/convert.ts";

const MODEL = "semantic-ranker-512@latest";
const ASKED = { model: "m", query: "q", documents: ["a", { text: "b", title: "t" }] };

const WRITTEN: readonly [change: JsonObject, expected: JsonObject][] = [
  [{}, {}],
  [{ top_n: 1 }, { topN: 1 }],
  [{ top_n: null, return_documents: false }, {}],
  [{ return_documents: true }, { ignoreRecordDetailsInResponse: false }],
];

for (const [change, expected] of WRITTEN) {
  Deno.test(`vertexRank.writeRequest() of ${JSON.stringify(change)}`, () => {
    const { body } = writeRequest(vertexRank, { ...ASKED, ...change }, { model: MODEL });
    assert.deepEqual(body, {
      model: MODEL,
      query: "q",
      records: [{ id: "0", content: "a" }, { id: "1", content: "b" }],
      ignoreRecordDetailsInResponse: true,
      ...expected,
    });
  });
}

Deno.test("vertexRank.writeRequest() names what it does not carry", () => {
  const request = { ...ASKED, max_tokens_per_doc: 9, max_chunks_per_doc: 3, odd: null };
  assert.deepEqual(dropped(vertexRank, request), ["max_tokens_per_doc", "max_chunks_per_doc"]);
});

Deno.test("vertexRank.readAnswer() takes ids for places; a missing score is 1", () => {
  const answer = {
    records: [
      { id: "1", title: "t", content: "b", score: 0.97 },
      { id: "0", score: 0 },
      { id: "12" },
    ],
  };
  assert.deepEqual(readAnswer(vertexRank, answer, ASKED), {
    results: [
      { index: 1, relevance_score: 0.97 },
      { index: 0, relevance_score: 0 },
      { index: 12, relevance_score: 1 },
    ],
  });
});
