import type { JsonObject, PromptTexts } from "../api.ts";

/** The texts to embed, and the tokens that a client has made itself. */
export function promptTexts({ input }: JsonObject): PromptTexts {
  const parts = Array.isArray(input) ? input.flat() : [input];
  return {
    texts: parts.filter((part) => typeof part === "string"),
    tokensBeside: parts.filter((part) => typeof part === "number").length,
  };
}
