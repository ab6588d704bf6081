import assert from "node:assert/strict";
import type { JsonObject } from "../../src/apis/api.ts";
import { adapted, connected, refusals } from "./upstream_call.ts";

const bedrock = connected("bedrock", { region: "eu-west-1" });
const CLAUDE = "eu.anthropic.claude-opus-4-1-v1:0";

function converse(headers: HeadersInit, request: JsonObject = {}, model = CLAUDE): JsonObject {
  return adapted(bedrock, request, { api: "converse", headers: new Headers(headers), model });
}

Deno.test("adapt() puts every chat through a configured guardrail", () => {
  const guarded = connected("bedrock", {
    region: "eu-west-1",
    guardrailIdentifier: "g",
    guardrailVersion: "DRAFT",
  });
  assert.deepEqual(adapted(guarded, { messages: [] }, { api: "converse" }), {
    messages: [],
    guardrailConfig: {
      guardrailIdentifier: "g",
      guardrailVersion: "DRAFT",
      trace: "enabled",
    },
  });
  assert.deepEqual(adapted(guarded, {}, { api: "titanEmbeddings" }), {});
});

const METADATA: readonly [string, JsonObject | undefined][] = [
  ['{"team":"a","n":1,"on":true}', { team: "a", n: "1", on: "true" }],
  ['{"team":"a","nested":{"x":1},"list":[1],"none":null}', { team: "a" }],
  ["{}", undefined],
  ['{"nested":{}}', undefined],
  ["not json", undefined],
  ['["a"]', undefined],
  ['"a"', undefined],
  ["", undefined],
];

for (const [header, requestMetadata] of METADATA) {
  Deno.test(`adapt() labels a chat with ${header}`, () => {
    const expected = requestMetadata === undefined ? {} : { requestMetadata };
    assert.deepEqual(converse({ "x-bedrock-metadata": header }), expected);
  });
}

Deno.test("adapt() lays labels of the header over those of the request", () => {
  const sent = { requestMetadata: { team: "b", other: "o" } };
  assert.deepEqual(converse({ "x-bedrock-metadata": '{"team":"a"}' }, sent), {
    requestMetadata: { team: "a", other: "o" },
  });
});

const ALLOWED = "computer-use-2025-01-24";
const OTHER = "context-1m-2025-08-07";

const BETAS: readonly [string, string, readonly string[] | undefined][] = [
  [ALLOWED, CLAUDE, [ALLOWED]],
  [`${ALLOWED}, ${OTHER},unknown-2020-01-01`, CLAUDE, [ALLOWED, OTHER]],
  [`${ALLOWED},${ALLOWED}`, CLAUDE, [ALLOWED]],
  ["unknown-2020-01-01", CLAUDE, undefined],
  ["", CLAUDE, undefined],
  [ALLOWED, "arn:aws:bedrock:eu-west-1:1:application-inference-profile/x", [ALLOWED]],
  [ALLOWED, "amazon.nova-pro-v1:0", undefined],
  [ALLOWED, "meta.llama3-70b", undefined],
];

for (const [header, model, betas] of BETAS) {
  Deno.test(`adapt() asks ${model} for the betas ${header || "of no header"}`, () => {
    const expected = betas === undefined
      ? {}
      : { additionalModelRequestFields: { anthropic_beta: betas } };
    assert.deepEqual(converse({ "anthropic-beta": header }, {}, model), expected);
  });
}

Deno.test("adapt() reads betas of several headers, and keeps other fields of the model", () => {
  const headers: [string, string][] = [["anthropic-beta", ALLOWED], ["anthropic-beta", OTHER]];
  const sent = { additionalModelRequestFields: { thinking: { type: "enabled" } } };
  assert.deepEqual(converse(headers, sent), {
    additionalModelRequestFields: {
      thinking: { type: "enabled" },
      anthropic_beta: [ALLOWED, OTHER],
    },
  });
});

Deno.test("adapt() leaves a chat alone where there is nothing to add", () => {
  assert.equal(
    bedrock.adapt?.({
      api: "converse",
      request: {},
      model: CLAUDE,
      streaming: true,
      headers: new Headers(),
      place: { hostOverridden: false },
      forwarded: false,
    }),
    undefined,
  );
});

const ARNS: readonly [string, string][] = [
  ["cohere.rerank-v3-5:0", "arn:aws:bedrock:eu-west-1::foundation-model/cohere.rerank-v3-5:0"],
  [
    "arn:aws:bedrock:us-east-1::foundation-model/x",
    "arn:aws:bedrock:us-east-1::foundation-model/x",
  ],
];

for (const [model, modelArn] of ARNS) {
  Deno.test(`adapt() asks for a ranking by ${modelArn}`, () => {
    const request = {
      queries: [],
      rerankingConfiguration: {
        type: "BEDROCK_RERANKING_MODEL",
        bedrockRerankingConfiguration: {
          numberOfResults: 2,
          modelConfiguration: { modelArn: model, additionalModelRequestFields: { a: 1 } },
        },
      },
    };
    assert.deepEqual(adapted(bedrock, request, { api: "bedrockRerank", model }), {
      queries: [],
      rerankingConfiguration: {
        type: "BEDROCK_RERANKING_MODEL",
        bedrockRerankingConfiguration: {
          numberOfResults: 2,
          modelConfiguration: { modelArn, additionalModelRequestFields: { a: 1 } },
        },
      },
    });
  });
}

const REFUSED: readonly [unknown, readonly string[]][] = [
  [{ region: "us-east-1", guardrailIdentifier: "g" }, ["needs guardrailVersion beside it"]],
  [{ region: "us-east-1", guardrailVersion: "1" }, ["needs guardrailIdentifier beside it"]],
  [{ region: "evil.test/" }, ["must be an AWS region such as us-east-1"]],
  [{ region: "us-east-1", guardrailId: "g" }, ['unknown key "guardrailId"']],
  [{ region: "us-east-1", guardrailIdentifier: "g", guardrailVersion: "1" }, []],
];

for (const [settings, messages] of REFUSED) {
  Deno.test(`settings of bedrock: ${JSON.stringify(settings)}`, () => {
    assert.deepEqual(refusals("bedrock", settings), messages);
  });
}
