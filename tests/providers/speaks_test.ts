import assert from "node:assert/strict";
import type { ApiName } from "../../src/apis/api.ts";
import { connected } from "./upstream_call.ts";

const AT_HOME = "responses completions embeddings rerank";
const ELSEWHERE = "completions responses embeddings rerank";
const CLAUDE = "messages messagesCount";
const GEMINI = "gemini embeddings geminiCount";
const VERTEX_GEMINI = "gemini geminiCount predict vertexRank";
const VERTEX_OTHER = "completions predict vertexRank";
const AZURE = { resourceName: "r", resourceType: "openAI" };
const FOUNDRY = { resourceName: "r", resourceType: "foundry" };

/** Type, settings, model, what it speaks at home, and elsewhere if that differs. */
const SPOKEN: readonly (readonly [string, object, string, string, string?])[] = [
  ["openAI", {}, "gpt-5", AT_HOME, ELSEWHERE],
  ["anthropic", {}, "claude-opus-4-1", CLAUDE],
  ["anthropic", {}, "anything", CLAUDE],
  ["gemini", {}, "gemini-2.5-pro", GEMINI],
  ["gemini", {}, "gemma-3", GEMINI],
  ["mock", {}, "m", "completions"],

  ["vertex", { projectId: "p" }, "claude-opus-4-1", CLAUDE],
  ["vertex", { projectId: "p" }, "anthropic/claude-opus-4-1", CLAUDE],
  ["vertex", { projectId: "p" }, "publishers/anthropic/models/claude-opus-4-1", CLAUDE],
  ["vertex", { projectId: "p" }, "gemini-2.5-pro", VERTEX_GEMINI],
  ["vertex", { projectId: "p" }, "gemini@001", VERTEX_GEMINI],
  ["vertex", { projectId: "p" }, "google/gemini-2.5-pro", VERTEX_GEMINI],
  ["vertex", { projectId: "p" }, "models/gemini-2.5-pro", VERTEX_GEMINI],
  ["vertex", { projectId: "p" }, "publishers/google/models/gemini-2.5-pro", VERTEX_GEMINI],
  ["vertex", { projectId: "p" }, "gemini-embedding-001", VERTEX_OTHER],
  ["vertex", { projectId: "p" }, "google/gemini-embedding-001", VERTEX_OTHER],
  ["vertex", { projectId: "p" }, "text-embedding-005", VERTEX_OTHER],
  ["vertex", { projectId: "p" }, "text-multilingual-embedding-002", VERTEX_OTHER],
  ["vertex", { projectId: "p" }, "textembedding-gecko", VERTEX_OTHER],
  ["vertex", { projectId: "p" }, "multimodalembedding@001", VERTEX_OTHER],
  ["vertex", { projectId: "p" }, "gemini-x/../y", VERTEX_OTHER],
  ["vertex", { projectId: "p" }, "gemini", VERTEX_OTHER],
  ["vertex", { projectId: "p" }, "meta/llama-4", VERTEX_OTHER],
  ["vertex", { projectId: "p" }, "semantic-ranker-default@latest", VERTEX_OTHER],
  ["vertex", { projectId: "p" }, "not-claude-3", VERTEX_OTHER],
  ["vertex", { projectId: "p" }, "claudette", VERTEX_OTHER],

  [
    "bedrock",
    { region: "us-east-1" },
    "us.anthropic.claude-opus-4-1-v1:0",
    "converse titanEmbeddings bedrockRerank bedrockCount",
  ],
  ["bedrock", { region: "us-east-1" }, "meta.llama3", "converse titanEmbeddings bedrockRerank"],
  [
    "bedrock",
    { region: "us-east-1" },
    "amazon.titan-embed-text-v2:0",
    "converse titanEmbeddings bedrockRerank",
  ],
  [
    "bedrock",
    { region: "us-east-1" },
    "cohere.embed-english-v3",
    "converse cohereEmbeddings bedrockRerank",
  ],
  [
    "bedrock",
    { region: "us-east-1" },
    "amazon.nova-2-multimodal-embeddings-v1:0",
    "converse novaEmbeddings bedrockRerank",
  ],

  ["azure", AZURE, "gpt-5", AT_HOME, ELSEWHERE],
  ["azure", AZURE, "claude-opus-4-1", AT_HOME, ELSEWHERE],
  ["azure", { ...AZURE, apiVersion: "preview" }, "gpt-5", AT_HOME, ELSEWHERE],
  ["azure", { ...AZURE, apiVersion: "2024-10-21" }, "gpt-5", ELSEWHERE],
  ["azure", FOUNDRY, "gpt-5", AT_HOME, ELSEWHERE],
  ["azure", FOUNDRY, "claude-opus-4-1", CLAUDE],
  ["azure", { ...FOUNDRY, resourceType: "aiServices" }, "claude-opus-4-1", CLAUDE],

  [
    "custom",
    {
      formats: [
        { type: "messages" },
        { type: "anthropicTokenCount" },
        { type: "responses" },
        { type: "completions" },
        { type: "embeddings" },
        { type: "rerank" },
      ],
    },
    "m",
    "messages messagesCount responses completions embeddings rerank",
  ],
  [
    "custom",
    { formats: [{ type: "generateContent" }, { type: "geminiCountTokens" }] },
    "m",
    "gemini geminiCount",
  ],
];

for (const [type, settings, model, home, elsewhere = home] of SPOKEN) {
  Deno.test(`speaks() of ${type} ${JSON.stringify(settings)}: ${model}`, () => {
    const provider = connected(type, settings);
    const spoken = (hostOverridden: boolean): readonly ApiName[] =>
      provider.speaks(model, { hostOverridden });
    assert.equal(spoken(false).join(" "), home);
    assert.equal(spoken(true).join(" "), elsewhere);
  });
}
