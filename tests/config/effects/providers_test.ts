/** Every way to name a provider leads to it, wherever one is named. */
import assert from "node:assert/strict";
import { presetNames, providerKinds } from "../../../src/providers/index.ts";
import type { Target } from "../../../src/routing/backend.ts";
import { compiled, targetOf } from "../compiled.ts";
import { bodyOf, tried } from "./tried.ts";

/** What a provider wants to be told beside its word, in `params` and in settings of its own. */
const PARAMS = {
  vertex: { vertexProject: "p" },
  bedrock: { awsRegion: "eu-west-1" },
  azure: { azureResourceName: "r", azureResourceType: "openAI" },
};

/** Every word, and who is called where. */
const WORDS = {
  openAI: "openai api.openai.com:443",
  openai: "openai api.openai.com:443",
  anthropic: "anthropic api.anthropic.com:443",
  gemini: "gcp.gemini generativelanguage.googleapis.com:443",
  vertex: "gcp.vertex_ai aiplatform.googleapis.com:443",
  bedrock: "aws.bedrock bedrock-runtime.eu-west-1.amazonaws.com:443",
  azure: "azure r.openai.azure.com:443",
  mock: "mock undefined",
  cohere: "cohere api.cohere.ai:443",
  ollama: "ollama localhost:11434",
  baseten: "baseten inference.baseten.co:443",
  cerebras: "cerebras api.cerebras.ai:443",
  deepinfra: "deepinfra api.deepinfra.com:443",
  deepseek: "deepseek api.deepseek.com:443",
  groq: "groq api.groq.com:443",
  huggingface: "huggingface router.huggingface.co:443",
  mistral: "mistral api.mistral.ai:443",
  openrouter: "openrouter openrouter.ai:443",
  togetherai: "togetherai api.together.xyz:443",
  xai: "xai api.x.ai:443",
  fireworks: "fireworks api.fireworks.ai:443",
};

/** Every kind with settings of its own. */
const KINDS = {
  openAI: { openAI: {} },
  anthropic: { anthropic: {} },
  gemini: { gemini: {} },
  vertex: { vertex: { projectId: "p" } },
  bedrock: { bedrock: { region: "eu-west-1" } },
  azure: { azure: { resourceName: "r", resourceType: "openAI" } },
  mock: { mock: {} },
};

const shown = ({ provider, endpoint }: Target) => `${provider.name} ${endpoint}`;

const paramsOf = (word: string) =>
  Object.entries(PARAMS).filter(([name]) => name === word).map(([, params]) => params)[0] ?? {};

for (const [word, expected] of Object.entries(WORDS)) {
  Deno.test(`the word ${word} leads to ${expected}, of a model and of a shared provider`, () => {
    const params = paramsOf(word);
    const own = compiled({ llm: { models: [{ name: "m", provider: word, params }] } });
    assert.deepEqual(own.problems, []);
    assert.equal(shown(targetOf(own.snapshot, "m")), expected);
    const shared = compiled({
      llm: {
        providers: [{ name: "p", provider: word, params }],
        models: [{ name: "m", provider: { reference: "p" } }],
      },
    });
    assert.equal(shown(targetOf(shared.snapshot, "m")), expected);
  });
}

const routed = (provider: unknown) =>
  compiled({
    gateways: { default: { port: 1 } },
    routes: [{ backends: [{ ai: { name: "p", provider } }] }],
  });

/** The words that need no settings, for backends have no `params` beside them. */
const BARE = ["openAI", "openai", "anthropic", "gemini", "mock"] as const;

for (const word of BARE) {
  Deno.test(`the word ${word} leads to its provider, in a backend`, () => {
    const { problems, snapshot } = routed(word);
    assert.deepEqual(problems, []);
    assert.equal(shown(targetOf(snapshot)), WORDS[word]);
  });
}

for (const [kind, provider] of Object.entries(KINDS)) {
  Deno.test(`settings under ${kind} lead to its provider, wherever one is named`, () => {
    const expected = Object.entries(WORDS).find(([word]) => word === kind)?.[1];
    const own = compiled({ llm: { models: [{ name: "m", provider }] } });
    const shared = compiled({
      llm: {
        providers: [{ name: "p", provider }],
        models: [{ name: "m", provider: { reference: "p" } }],
      },
    });
    assert.equal(shown(targetOf(own.snapshot, "m")), expected);
    assert.equal(shown(targetOf(shared.snapshot, "m")), expected);
    assert.equal(shown(targetOf(routed(provider).snapshot)), expected);
  });
}

Deno.test("there is a case for every word of a provider", () => {
  const words = [...providerKinds.flatMap(({ shortNames }) => shortNames), ...presetNames];
  assert.deepEqual(words.sort(), Object.keys(WORDS).sort());
});

const MODEL_OF_ITS_OWN = [
  { vertex: { projectId: "p", model: "gemini-own" } },
  { azure: { resourceName: "r", resourceType: "foundry", model: "own" } },
];

for (const provider of MODEL_OF_ITS_OWN) {
  Deno.test(`the model of ${Object.keys(provider)[0]}'s settings is what is sent`, () => {
    const { model } = targetOf(routed(provider).snapshot);
    assert.equal(model, Object.values(provider)[0]?.model);
  });
}

const AZURE = {
  "/openai/deployments/m/chat/completions?api-version=2024-10-21": {
    azureResourceType: "openAI",
    azureApiVersion: "2024-10-21",
  },
  "/api/projects/team/openai/v1/chat/completions": {
    azureResourceType: "foundry",
    azureProjectName: "team",
  },
  "/api/projects/r/openai/v1/chat/completions": { azureResourceType: "aiServices" },
};

for (const [target, params] of Object.entries(AZURE)) {
  Deno.test(`Azure is asked at ${target}`, async () => {
    const { sent: [first] } = await tried(({ upstream: hostOverride }) => ({
      llm: {
        models: [{
          name: "m",
          provider: "azure",
          params: { azureResourceName: "r", apiKey: "k", hostOverride, ...params },
        }],
      },
    }));
    assert.equal(first?.target, target);
  });
}

const CONTENT = { parts: [{ text: "Hello" }] };

/** What a compatible upstream speaks, by a request in that format. */
const FORMATS = {
  completions: { path: "/v1/chat/completions" },
  messages: { path: "/v1/messages", body: { model: "m", max_tokens: 9, messages: [] } },
  responses: { path: "/v1/responses", body: { model: "m", input: "Hello" } },
  embeddings: { path: "/v1/embeddings", body: { model: "m", input: "Hello" } },
  anthropicTokenCount: {
    path: "/v1/messages/count_tokens",
    body: { model: "m", messages: [{ role: "user", content: "Hello" }] },
  },
  generateContent: { path: "/v1beta/models/m:generateContent", body: { contents: [CONTENT] } },
  geminiCountTokens: { path: "/v1beta/models/m:countTokens", body: { contents: [CONTENT] } },
  rerank: { path: "/v1/rerank", body: { model: "m", query: "q", documents: ["d"] } },
};

for (const [type, ask] of Object.entries(FORMATS)) {
  Deno.test(`an upstream of the format ${type} is sent such a request as it came`, async () => {
    const { sent: [first], status, text } = await tried(({ upstream: hostOverride }) => ({
      llm: {
        models: [{
          name: "m",
          provider: { custom: { formats: [{ type, path: "/own" }] } },
          params: { hostOverride },
        }],
      },
    }), [ask]);
    assert.equal(first?.target, "/own", `${status} ${text}`);
    const { body } = { body: undefined, ...ask };
    if (body !== undefined) assert.deepEqual(JSON.parse(bodyOf(first)), body);
  });
}
