import assert from "node:assert/strict";
import OpenAI from "openai";
import type { Converter, JsonObject } from "../../../src/apis/api.ts";
import { embeddings } from "../../../src/apis/embeddings/index.ts";
import { isMapping } from "../../../src/lib/mapping.ts";
import { readAnswer, writeRequest } from "./convert.ts";

const OWN: readonly [unknown, boolean][] = [
  [{ error: { message: "m", type: "t", code: null } }, true],
  [{ error: { message: "m", code: "c" } }, true],
  [{ error: { message: "m", code: 400, status: "INVALID_ARGUMENT" } }, false],
  [{ error: "m" }, false],
  [{ message: "m" }, false],
  [[{ error: { message: "m" } }], false],
  [undefined, false],
];

for (const [body, isOwn] of OWN) {
  Deno.test(`isOwnError() of ${JSON.stringify(body)} is ${isOwn}`, () => {
    assert.equal(embeddings.isOwnError(body), isOwn);
  });
}

Deno.test("writeErrorEvent() speaks OpenAI's words", () => {
  const bytes = embeddings.writeErrorEvent({ status: 502, message: "gone" });
  const text = new TextDecoder().decode(bytes);
  assert.ok(text.startsWith("data: {") && text.endsWith("}\n\n"), text);
  assert.equal(JSON.parse(text.slice(6)).error.message, "gone");
});

const VECTOR = [0.1, -2.5, 3e-8, 0];

const ANSWERS: Readonly<Record<string, JsonObject>> = {
  predict: { predictions: [{ embeddings: { values: VECTOR, statistics: { token_count: 3 } } }] },
  titanEmbeddings: { embedding: VECTOR, inputTextTokenCount: 3 },
  cohereEmbeddings: { embeddings: [VECTOR], response_type: "embeddings_floats" },
  novaEmbeddings: { embeddings: [{ embeddingType: "TEXT", embedding: VECTOR }] },
};

/** OpenAI's client, in front of one provider. */
function clientOf(converter: Converter, answer: JsonObject): OpenAI {
  return new OpenAI({
    apiKey: "k",
    baseURL: "http://gateway.test/v1",
    async fetch(input, init) {
      const request: unknown = await new Request(input, init).json();
      assert.ok(isMapping(request));
      embeddings.view.check(request, "/v1/embeddings");
      writeRequest(converter, request);
      const headers = { "x-amzn-bedrock-input-token-count": "3" };
      return Response.json(readAnswer(converter, answer, request, { headers }));
    },
  });
}

for (const [name, converter] of Object.entries(embeddings.converters ?? {})) {
  const answer = ANSWERS[name] ?? {};

  Deno.test(`OpenAI's client reads what ${name} answers, asking for base64 by itself`, async () => {
    const { data, model, object, usage } = await clientOf(converter, answer).embeddings.create({
      model: "m",
      input: "text",
    });
    assert.deepEqual(data.map(({ embedding }) => Array.from(embedding)), [VECTOR.map(Math.fround)]);
    assert.deepEqual({ model, object, usage }, {
      model: "the-model",
      object: "list",
      usage: { prompt_tokens: 3, total_tokens: 3 },
    });
  });

  Deno.test(`OpenAI's client gets the very floats of ${name} when it asks for floats`, async () => {
    const { data } = await clientOf(converter, answer).embeddings.create({
      model: "m",
      input: "text",
      encoding_format: "float",
    });
    assert.deepEqual(data, [{ object: "embedding", index: 0, embedding: VECTOR }]);
  });

  Deno.test(`${name} refuses an encoding that OpenAI does not have`, () => {
    const request = { model: "m", input: "text", encoding_format: "int8" };
    assert.throws(() => writeRequest(converter, request), {
      kind: "invalid-request",
      param: "encoding_format",
    });
  });

  Deno.test(`${name} refuses tokens, names an input that is missing, and an odd one`, () => {
    for (const input of [[1, 2], [[1], [2]], undefined, null, 7, {}, [], ["a", 1]]) {
      assert.throws(() => writeRequest(converter, { model: "m", input }), {
        kind: "invalid-request",
        param: "input",
      });
    }
  });

  Deno.test(`${name} answers 502 where there is no vector`, () => {
    const odd: readonly JsonObject[] = [
      {},
      { embedding: ["x"], embeddings: [["x"]], predictions: [{ embeddings: {} }] },
      { embeddings: { int8: [[1]] }, predictions: {} },
      { embeddings: [{}], predictions: [null] },
    ];
    for (const answer of odd) {
      assert.throws(() => readAnswer(converter, answer), { kind: "upstream-invalid" });
    }
  });
}

Deno.test("a hundred vectors of 3072 floats are converted in no time", () => {
  const vector = Array.from({ length: 3072 }, (_, index) => Math.sin(index));
  const predictions = Array.from({ length: 100 }, () => ({ embeddings: { values: vector } }));
  const predict = embeddings.converters?.predict;
  assert.ok(predict !== undefined);
  const startMs = performance.now();
  for (const encoding_format of ["float", "base64"]) {
    const answer = readAnswer(predict, { predictions }, { encoding_format });
    assert.ok(JSON.stringify(answer).length > 1_000_000);
  }
  assert.ok(performance.now() - startMs < 2_000);
});
