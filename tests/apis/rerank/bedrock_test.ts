import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { bedrockRerank } from "../../../src/apis/rerank/bedrock.ts";
import { readAnswer, writeRequest } from "../embeddings/convert.ts";

const ARN = "arn:aws:bedrock:us-west-2::foundation-model/cohere.rerank-v3-5:0";
const ASKED = { model: "m", query: "q", documents: ["a", { text: "b", title: "t" }] };

function source(text: string): JsonObject {
  return { type: "INLINE", inlineDocumentSource: { type: "TEXT", textDocument: { text } } };
}

const CONFIGURED: readonly [change: JsonObject, numberOfResults: number, fields?: JsonObject][] = [
  [{}, 2],
  [{ top_n: 1 }, 1],
  [{ top_n: 5 }, 2],
  [{ top_n: null }, 2],
  [{ return_documents: true }, 2],
  [{ max_tokens_per_doc: 512 }, 2, { max_tokens_per_doc: 512 }],
  [{ max_chunks_per_doc: 3, priority: 1, odd: null }, 2, { max_chunks_per_doc: 3, priority: 1 }],
];

for (const [change, numberOfResults, additionalModelRequestFields] of CONFIGURED) {
  Deno.test(`bedrockRerank.writeRequest() of ${JSON.stringify(change)}`, () => {
    const { body } = writeRequest(bedrockRerank, { ...ASKED, ...change }, { model: ARN });
    assert.deepEqual(body, {
      queries: [{ type: "TEXT", textQuery: { text: "q" } }],
      sources: [source("a"), source("b")],
      rerankingConfiguration: {
        type: "BEDROCK_RERANKING_MODEL",
        bedrockRerankingConfiguration: {
          modelConfiguration: {
            modelArn: ARN,
            ...(additionalModelRequestFields === undefined ? {} : { additionalModelRequestFields }),
          },
          numberOfResults,
        },
      },
    });
  });
}

Deno.test("bedrockRerank.writeRequest() leaves a bare id to who knows the region", () => {
  const { body } = writeRequest(bedrockRerank, ASKED, { model: "cohere.rerank-v3-5:0" });
  assert.match(JSON.stringify(body), /"modelArn":"cohere\.rerank-v3-5:0"/);
});

Deno.test("bedrockRerank.readAnswer() keeps order and scores, and no documents", () => {
  const answer = {
    nextToken: "n",
    results: [
      { index: 1, relevanceScore: 0.93, document: { type: "TEXT", textDocument: { text: "b" } } },
      { index: 0, relevanceScore: 0 },
    ],
  };
  assert.deepEqual(readAnswer(bedrockRerank, answer, { ...ASKED, return_documents: true }), {
    results: [{ index: 1, relevance_score: 0.93 }, { index: 0, relevance_score: 0 }],
  });
});
