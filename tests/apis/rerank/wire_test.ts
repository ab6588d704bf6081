import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { rerank } from "../../../src/apis/rerank/index.ts";
import { dropped, readAnswer, writeRequest } from "../embeddings/convert.ts";

const ASKED = { model: "m", query: "q", documents: ["a", "b"] };

const REFUSED: readonly [change: JsonObject, param: string][] = [
  [{ query: undefined }, "query"],
  [{ query: null }, "query"],
  [{ query: 7 }, "query"],
  [{ documents: undefined }, "documents"],
  [{ documents: [] }, "documents"],
  [{ documents: "a" }, "documents"],
  [{ documents: ["a", 7] }, "documents[1]"],
  [{ documents: [{ title: "t" }] }, "documents[0]"],
  [{ top_n: "2" }, "top_n"],
  [{ top_n: 1.5 }, "top_n"],
];

const LOST: readonly [change: JsonObject, both: readonly string[]][] = [
  [{}, []],
  [{ top_n: null, return_documents: null, rank_fields: null, max_tokens_per_doc: null }, []],
  [{ return_documents: false }, []],
  [{ return_documents: true }, ["return_documents"]],
  [{ rank_fields: ["text"] }, []],
  [{ rank_fields: ["title", "text"] }, ["rank_fields"]],
];

const ODD: readonly JsonObject[] = [
  {},
  { results: {}, records: {} },
  { results: [null], records: [null] },
  { results: [{ relevanceScore: 1 }], records: [{ score: 1 }] },
  { results: [{ index: 0.5, relevanceScore: 1 }], records: [{ id: "first", score: 1 }] },
  { results: [{ index: 0 }], records: [{ id: "0", score: "high" }] },
];

for (const [name, converter] of Object.entries(rerank.converters ?? {})) {
  for (const [change, param] of REFUSED) {
    Deno.test(`${name}.writeRequest() refuses ${JSON.stringify(change)}: ${param}`, () => {
      assert.throws(() => writeRequest(converter, { ...ASKED, ...change }), {
        kind: "invalid-request",
        status: 400,
        param,
      });
    });
  }

  for (const [change, both] of LOST) {
    Deno.test(`${name}.writeRequest() of ${JSON.stringify(change)} loses [${both}]`, () => {
      assert.deepEqual(dropped(converter, { ...ASKED, ...change }), both);
    });
  }

  for (const answer of ODD) {
    Deno.test(`${name}.readAnswer() answers 502 to ${JSON.stringify(answer)}`, () => {
      assert.throws(() => readAnswer(converter, answer), { kind: "upstream-invalid" });
    });
  }
}
