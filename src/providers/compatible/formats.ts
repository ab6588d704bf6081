import type { ApiName } from "../../apis/api.ts";

/** The words of the config for what an upstream can speak. */
export const FORMAT_WORDS = [
  "completions",
  "messages",
  "responses",
  "embeddings",
  "anthropicTokenCount",
  "generateContent",
  "geminiCountTokens",
  "rerank",
] as const;

/** One of those words. */
export type FormatWord = typeof FORMAT_WORDS[number];

/** A format that an upstream speaks, and its whole path if that is a special one. */
export interface Format {
  readonly type: FormatWord;
  readonly path?: string;
}

/** The API that a word means. */
export const API_OF_FORMAT: Readonly<Record<FormatWord, ApiName>> = {
  completions: "completions",
  messages: "messages",
  responses: "responses",
  embeddings: "embeddings",
  anthropicTokenCount: "messagesCount",
  generateContent: "gemini",
  geminiCountTokens: "geminiCount",
  rerank: "rerank",
};
