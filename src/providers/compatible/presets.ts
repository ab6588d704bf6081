import type { Format } from "./formats.ts";

/** A well-known upstream: where it is, and what it speaks. */
export interface Preset {
  readonly baseUrl: string;
  readonly formats: readonly Format[];
}

const COMPLETIONS: Format = { type: "completions" };
const MESSAGES: Format = { type: "messages" };
const RESPONSES: Format = { type: "responses" };
const EMBEDDINGS: Format = { type: "embeddings" };
const RERANK: Format = { type: "rerank" };

/** Named upstreams; the name is also the provider name in telemetry. */
export const PRESETS: Readonly<Record<string, Preset>> = {
  cohere: {
    baseUrl: "https://api.cohere.ai",
    formats: [
      { type: "completions", path: "/compatibility/v1/chat/completions" },
      { type: "embeddings", path: "/compatibility/v1/embeddings" },
      { type: "rerank", path: "/v2/rerank" },
    ],
  },
  ollama: {
    baseUrl: "http://localhost:11434/v1",
    formats: [COMPLETIONS, RESPONSES, EMBEDDINGS],
  },
  baseten: {
    baseUrl: "https://inference.baseten.co/v1",
    formats: [COMPLETIONS, MESSAGES],
  },
  cerebras: { baseUrl: "https://api.cerebras.ai/v1", formats: [COMPLETIONS] },
  deepinfra: {
    baseUrl: "https://api.deepinfra.com/v1/openai",
    formats: [COMPLETIONS, { type: "messages", path: "/anthropic/v1/messages" }, EMBEDDINGS],
  },
  deepseek: {
    baseUrl: "https://api.deepseek.com/v1",
    formats: [COMPLETIONS, { type: "messages", path: "/anthropic/v1/messages" }, RESPONSES],
  },
  groq: { baseUrl: "https://api.groq.com/openai/v1", formats: [COMPLETIONS, RESPONSES] },
  huggingface: {
    baseUrl: "https://router.huggingface.co/v1",
    formats: [COMPLETIONS, RESPONSES],
  },
  mistral: { baseUrl: "https://api.mistral.ai/v1", formats: [COMPLETIONS, EMBEDDINGS] },
  openrouter: {
    baseUrl: "https://openrouter.ai/api/v1",
    formats: [COMPLETIONS, MESSAGES, RESPONSES, EMBEDDINGS, RERANK],
  },
  togetherai: {
    baseUrl: "https://api.together.xyz/v1",
    formats: [COMPLETIONS, EMBEDDINGS, RERANK],
  },
  xai: { baseUrl: "https://api.x.ai/v1", formats: [COMPLETIONS, RESPONSES] },
  fireworks: {
    baseUrl: "https://api.fireworks.ai/inference/v1",
    formats: [COMPLETIONS, MESSAGES, RESPONSES, EMBEDDINGS, RERANK],
  },
};
