import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import OpenAI from "openai";
import type { Gateway } from "../support/gateway.ts";
import { suite } from "../support/suite.ts";
import { startTaskProviders, type TaskProviders } from "../support/task_providers.ts";
import { until } from "../support/until.ts";
import { tokensOf, vectorOf } from "../support/upstreams/tasks/vectors.ts";

const test = suite(() => startTaskProviders());

interface Embedder {
  readonly model: string;
  readonly system: string;
  /** The vectors' length where none is asked for. */
  readonly length: number;
  readonly takesLists: boolean;
  /** Whether another length can be asked for. */
  readonly resizes: boolean;
  /** Whether the stand-in makes vectors by `vectorOf`. */
  readonly isKnown: boolean;
}

const usual = { takesLists: true, resizes: true, isKnown: true };
const titan = "amazon.titan-embed-text-v2:0";
const bedrock = { ...usual, system: "aws.bedrock" };

const embedders: readonly Embedder[] = [
  {
    ...{ ...usual, model: "text-embedding-3-small", system: "openai", length: 1536 },
    isKnown: false,
  },
  {
    ...{ ...usual, model: "gemini-embedding-001", system: "gcp.gemini", length: 1536 },
    isKnown: false,
  },
  { ...usual, model: "text-embedding-005", system: "gcp.vertex_ai", length: 768 },
  { ...bedrock, model: titan, length: 1024, takesLists: false },
  { ...bedrock, model: "amazon.titan-embed-image-v1", length: 1024, takesLists: false },
  { ...bedrock, model: "cohere.embed-english-v3", length: 1024, resizes: false },
  { ...bedrock, model: "cohere.embed-v4:0", length: 1024 },
  {
    ...{ ...bedrock, model: "amazon.nova-2-multimodal-embeddings-v1:0", length: 3072 },
    takesLists: false,
  },
];

const clientOf = ({ url }: Gateway) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: "sk-client", maxRetries: 0 });

const text = "a text of five words";

for (const { model, system, length, takesLists, resizes, isKnown } of embedders) {
  test(`openai embeds by ${model}, as base64 and as floats`, async (shared) => {
    const { embeddings } = clientOf(shared.gateway);
    // The SDK asks for base64 and decodes it, unless it is told otherwise.
    const byDefault = await embeddings.create({ model, input: text });
    const asFloats = await embeddings.create({ model, input: text, encoding_format: "float" });
    const [first, ...more] = byDefault.data;
    assert.deepEqual(more, []);
    assert.equal(first?.embedding.length, length);
    assert.deepEqual(first?.embedding, asFloats.data[0]?.embedding);
    if (isKnown) assert.deepEqual(first?.embedding, vectorOf(text, length));
    const raw: unknown =
      (await embeddings.create({ model, input: text, encoding_format: "base64" }))
        .data[0]?.embedding;
    assert.equal(typeof raw, "string");
    assert.equal(Buffer.from(String(raw), "base64").length, 4 * length);
    assert.deepEqual(byDefault.usage, { prompt_tokens: 5, total_tokens: 5 });
    assert.equal(byDefault.model, model);
    const lines = await until("all are logged", () => {
      const own = shared.gateway.accessLogs().filter((line) =>
        line["gen_ai.request.model"] === model
      );
      return own.length === 3 && own;
    });
    for (const line of lines) {
      assert.equal(line["gen_ai.operation.name"], "embeddings");
      assert.equal(line["gen_ai.provider.name"], system);
      assert.equal(line["gen_ai.usage.input_tokens"], 5);
      assert.equal(line.usage_source, "provider");
    }
    assertNoRefusals(shared);
  });

  test(`openai asks ${model} for other dimensions`, async (shared) => {
    const { embeddings } = clientOf(shared.gateway);
    const { data, response } = await embeddings.create({ model, input: text, dimensions: 256 })
      .withResponse();
    assert.equal(data.data[0]?.embedding.length, resizes ? 256 : length);
    const lost = response.headers.get("x-agentgateway-translation");
    assert.equal(lost, resizes ? null : "dropped=dimensions");
    assertNoRefusals(shared);
  });

  test(`openai embeds a list by ${model}`, async (shared) => {
    const { embeddings } = clientOf(shared.gateway);
    const input = [text, "and three more"];
    const answer = embeddings.create({ model, input });
    if (takesLists) {
      const { data, usage } = await answer;
      assert.deepEqual(data.map(({ index }) => index), [0, 1]);
      if (isKnown) {
        assert.deepEqual(data.map(({ embedding }) => embedding), [
          vectorOf(text, length),
          vectorOf("and three more", length),
        ]);
      }
      assert.equal(usage.prompt_tokens, tokensOf(input.join(" ")));
    } else {
      await assert.rejects(answer, (error) => {
        assert.ok(error instanceof OpenAI.BadRequestError, String(error));
        assert.equal(error.param, "input");
        return true;
      });
    }
    assertNoRefusals(shared);
  });
}

test("a batch of 100 embeddings of 3072 floats is no answer too large (R32)", async (shared) => {
  const { embeddings } = clientOf(shared.gateway);
  const { data } = await embeddings.create({
    model: "text-embedding-3-small",
    input: Array.from({ length: 100 }, (_, index) => `text ${index}`),
    dimensions: 3072,
    encoding_format: "float",
  });
  assert.equal(data.length, 100);
  assert.ok(data.every(({ embedding }) => embedding.length === 3072));
});

const texts = ["the sky is blue", "a model ranks texts", "which model ranks best"];
const query = "which model ranks texts best";

for (const model of ["rerank-v4.0", "cohere.rerank-v3-5:0", "semantic-ranker-default-004"]) {
  for (const path of ["/v1/rerank", "/v2/rerank"]) {
    test(`${path} ranks texts by ${model}`, async (shared) => {
      const response = await fetch(`${shared.gateway.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", "authorization": "Bearer client" },
        body: JSON.stringify({ model, query, documents: texts, top_n: 2 }),
      });
      const answer = await response.json();
      assert.equal(response.status, 200, JSON.stringify(answer));
      assert.deepEqual(answer.results, [
        { index: 2, relevance_score: 1 },
        { index: 1, relevance_score: 0.75 },
      ]);
      assertNoRefusals(shared);
    });
  }
}

function assertNoRefusals({ standIns }: TaskProviders): void {
  const refusals = Object.values(standIns).flatMap((standIn) => standIn.refusals);
  assert.deepEqual(refusals.map(({ body }) => body), []);
}
