import assert from "node:assert/strict";
import type { ApiName } from "../../src/apis/api.ts";
import type { ProviderCall } from "../../src/providers/provider.ts";
import { type Address, connected, urlOf } from "./upstream_call.ts";

type Row = readonly [ApiName, string, (Partial<ProviderCall> & Address)?];

interface Table {
  readonly type: string;
  readonly settings?: object;
  readonly rows: readonly Row[];
}

const STREAM = { streaming: true };
const ELSEWHERE = { host: "h:1", prefix: "/p" };

const CUSTOM = {
  formats: [
    { type: "completions" },
    { type: "messages" },
    { type: "responses" },
    { type: "embeddings", path: "/own/embed?x=1" },
    { type: "anthropicTokenCount" },
    { type: "rerank" },
  ],
};

const GOOGLE = "https://generativelanguage.googleapis.com/v1beta";
const VERTEX = "https://aiplatform.googleapis.com/v1/projects/p/locations/global";
const BEDROCK = "https://bedrock-runtime.us-east-1.amazonaws.com";
const PROFILE = "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova";
const OPENAI_AZURE = "https://r.openai.azure.com/openai";
const FOUNDRY = "https://r.services.ai.azure.com";

const TABLES: readonly Table[] = [
  {
    type: "openAI",
    rows: [
      ["completions", "https://api.openai.com/v1/chat/completions"],
      ["responses", "https://api.openai.com/v1/responses"],
      ["embeddings", "https://api.openai.com/v1/embeddings"],
      ["rerank", "https://api.openai.com/v1/rerank"],
      ["completions", "http://h:1/p/chat/completions", ELSEWHERE],
      ["responses", "http://h:1/v1/responses", { host: "h:1" }],
    ],
  },
  {
    type: "anthropic",
    rows: [
      ["messages", "https://api.anthropic.com/v1/messages"],
      ["messages", "https://api.anthropic.com/v1/messages", STREAM],
      ["messagesCount", "https://api.anthropic.com/v1/messages/count_tokens"],
      ["messages", "http://h:1/p/messages", ELSEWHERE],
    ],
  },
  {
    type: "gemini",
    rows: [
      ["gemini", `${GOOGLE}/models/gemini-2.5-pro:generateContent`, { model: "gemini-2.5-pro" }],
      [
        "gemini",
        `${GOOGLE}/models/gemini-2.5-pro:streamGenerateContent?alt=sse`,
        { model: "models/gemini-2.5-pro", streaming: true },
      ],
      ["gemini", `${GOOGLE}/tunedModels/mine:generateContent`, { model: "tunedModels/mine" }],
      ["gemini", `${GOOGLE}/models/a%2Fb%25c:generateContent`, { model: "a/b%c" }],
      ["gemini", `${GOOGLE}/models/a%3Fb%23c:generateContent`, { model: "a?b#c" }],
      ["gemini", `${GOOGLE}/models/models:generateContent`, { model: "models" }],
      ["geminiCount", `${GOOGLE}/models/m:countTokens`],
      ["completions", `${GOOGLE}/openai/chat/completions`],
      ["embeddings", `${GOOGLE}/openai/embeddings`],
      ["gemini", "http://h:1/p/v1beta/models/m:generateContent", ELSEWHERE],
      ["completions", "http://h:1/p/v1beta/openai/chat/completions", ELSEWHERE],
    ],
  },
  {
    type: "vertex",
    settings: { projectId: "p" },
    rows: [
      [
        "gemini",
        `${VERTEX}/publishers/google/models/gemini-2.5-pro:generateContent`,
        { model: "gemini-2.5-pro" },
      ],
      [
        "gemini",
        `${VERTEX}/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse`,
        { model: "google/gemini-2.5-pro", streaming: true },
      ],
      [
        "geminiCount",
        `${VERTEX}/publishers/google/models/gemini-2.5-pro:countTokens`,
        { model: "publishers/google/models/gemini-2.5-pro" },
      ],
      [
        "messages",
        `${VERTEX}/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict`,
        { model: "claude-sonnet-4-5-20250929" },
      ],
      [
        "messages",
        `${VERTEX}/publishers/anthropic/models/claude-opus-4-1:streamRawPredict`,
        { model: "publishers/anthropic/models/claude-opus-4-1", streaming: true },
      ],
      [
        "messages",
        `${VERTEX}/publishers/anthropic/models/claude-opus-4@20250514:rawPredict`,
        { model: "anthropic/claude-opus-4@20250514" },
      ],
      [
        "messagesCount",
        `${VERTEX}/publishers/anthropic/models/count-tokens:rawPredict`,
        { model: "claude-opus-4-1" },
      ],
      [
        "predict",
        `${VERTEX}/publishers/google/models/text-embedding-005:predict`,
        { model: "text-embedding-005" },
      ],
      [
        "vertexRank",
        "https://discoveryengine.googleapis.com/v1/projects/p/locations/global" +
        "/rankingConfigs/default_ranking_config:rank",
      ],
      [
        "completions",
        `${VERTEX}/endpoints/openapi/chat/completions`,
        { model: "meta/llama-4" },
      ],
      [
        "messages",
        "http://h:1/p/v1/projects/p/locations/global/publishers/anthropic/models/claude-x" +
        ":rawPredict",
        { ...ELSEWHERE, model: "claude-x" },
      ],
    ],
  },
  {
    type: "bedrock",
    settings: { region: "us-east-1" },
    rows: [
      ["converse", `${BEDROCK}/model/us.anthropic.claude-v1:0/converse`, {
        model: "us.anthropic.claude-v1:0",
      }],
      ["converse", `${BEDROCK}/model/m/converse-stream`, STREAM],
      [
        "converse",
        `${BEDROCK}/model/${PROFILE.replace("/", "%2F")}/converse`,
        { model: PROFILE },
      ],
      ["titanEmbeddings", `${BEDROCK}/model/m/invoke`],
      ["cohereEmbeddings", `${BEDROCK}/model/m/invoke`],
      ["novaEmbeddings", `${BEDROCK}/model/m/invoke`],
      ["bedrockCount", `${BEDROCK}/model/m/count-tokens`],
      ["bedrockRerank", "https://bedrock-agent-runtime.us-east-1.amazonaws.com/rerank"],
      ["converse", "http://h:1/p/model/m/converse", ELSEWHERE],
      ["bedrockRerank", "http://h:1/p/rerank", ELSEWHERE],
    ],
  },
  {
    type: "azure",
    settings: { resourceName: "r", resourceType: "openAI" },
    rows: [
      ["completions", `${OPENAI_AZURE}/v1/chat/completions`],
      ["responses", `${OPENAI_AZURE}/v1/responses`],
      ["embeddings", `${OPENAI_AZURE}/v1/embeddings`],
      ["completions", "http://h:1/p/openai/v1/chat/completions", ELSEWHERE],
    ],
  },
  {
    type: "azure",
    settings: { resourceName: "r", resourceType: "openAI", apiVersion: "preview" },
    rows: [
      ["completions", `${OPENAI_AZURE}/v1/chat/completions?api-version=preview`],
      ["responses", `${OPENAI_AZURE}/v1/responses?api-version=preview`],
      ["embeddings", `${OPENAI_AZURE}/v1/embeddings?api-version=preview`],
    ],
  },
  {
    type: "azure",
    settings: { resourceName: "r", resourceType: "openAI", apiVersion: "2024-10-21" },
    rows: [
      [
        "completions",
        `${OPENAI_AZURE}/deployments/my%20gpt/chat/completions?api-version=2024-10-21`,
        { model: "my gpt" },
      ],
      ["embeddings", `${OPENAI_AZURE}/deployments/m/embeddings?api-version=2024-10-21`],
      ["responses", `${OPENAI_AZURE}/responses?api-version=2024-10-21`],
    ],
  },
  {
    type: "azure",
    settings: { resourceName: "r", resourceType: "foundry" },
    rows: [
      ["completions", `${FOUNDRY}/api/projects/r/openai/v1/chat/completions`],
      ["responses", `${FOUNDRY}/api/projects/r/openai/v1/responses`],
      ["embeddings", `${FOUNDRY}/api/projects/r/openai/v1/embeddings`],
      ["messages", `${FOUNDRY}/anthropic/v1/messages`, { model: "claude-opus-4-1" }],
      ["messagesCount", `${FOUNDRY}/anthropic/v1/messages/count_tokens`],
      ["messages", "http://h:1/p/anthropic/v1/messages", ELSEWHERE],
    ],
  },
  {
    type: "azure",
    settings: { resourceName: "r", resourceType: "aiServices", projectName: "team" },
    rows: [["completions", `${FOUNDRY}/api/projects/team/openai/v1/chat/completions`]],
  },
  {
    type: "custom",
    settings: CUSTOM,
    rows: [
      ["completions", "http://h:1/v1/chat/completions", { host: "h:1" }],
      ["messages", "http://h:1/v1/messages", { host: "h:1" }],
      ["messagesCount", "http://h:1/v1/messages/count_tokens", { host: "h:1" }],
      ["responses", "http://h:1/p/responses", ELSEWHERE],
      ["rerank", "http://h:1/p/rerank", ELSEWHERE],
      ["embeddings", "http://h:1/own/embed?x=1", ELSEWHERE],
    ],
  },
  {
    type: "custom",
    settings: { formats: [{ type: "generateContent" }, { type: "geminiCountTokens" }] },
    rows: [
      ["gemini", "http://h:1/v1beta/models/m:generateContent", { host: "h:1" }],
      ["gemini", "http://h:1/p/v1beta/models/m:streamGenerateContent?alt=sse", {
        ...ELSEWHERE,
        streaming: true,
      }],
      ["geminiCount", "http://h:1/v1beta/models/m:countTokens", { host: "h:1" }],
    ],
  },
];

for (const { type, settings = {}, rows } of TABLES) {
  const provider = connected(type, settings);
  for (const [api, url, call] of rows) {
    Deno.test(`paths() of ${type} ${JSON.stringify(settings)} lead ${api} to ${url}`, () => {
      assert.equal(urlOf(provider, api, call), url);
      assert.equal(new URL(url).href, url, "a URL parser would change it");
    });
  }
}
