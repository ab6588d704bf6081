/** A well-known upstream that speaks chat completions: where it is, and its path if special. */
export interface Preset {
  readonly baseUrl: string;
  readonly completionsPath?: string;
}

/** Named upstreams; the name is also the provider name in telemetry. */
export const PRESETS: Readonly<Record<string, Preset>> = {
  cohere: {
    baseUrl: "https://api.cohere.ai",
    completionsPath: "/compatibility/v1/chat/completions",
  },
  ollama: { baseUrl: "http://localhost:11434/v1" },
  baseten: { baseUrl: "https://inference.baseten.co/v1" },
  cerebras: { baseUrl: "https://api.cerebras.ai/v1" },
  deepinfra: { baseUrl: "https://api.deepinfra.com/v1/openai" },
  deepseek: { baseUrl: "https://api.deepseek.com/v1" },
  groq: { baseUrl: "https://api.groq.com/openai/v1" },
  huggingface: { baseUrl: "https://router.huggingface.co/v1" },
  mistral: { baseUrl: "https://api.mistral.ai/v1" },
  openrouter: { baseUrl: "https://openrouter.ai/api/v1" },
  togetherai: { baseUrl: "https://api.together.xyz/v1" },
  xai: { baseUrl: "https://api.x.ai/v1" },
  fireworks: { baseUrl: "https://api.fireworks.ai/inference/v1" },
};
