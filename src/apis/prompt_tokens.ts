import { countTokens } from "../lib/tokenizer.ts";
import type { Api, JsonObject, PromptTexts } from "./api.ts";

/**
 * Counts the tokens of a request as its model's tokenizer would, which for models other than
 * OpenAI's is near the truth; pictures, sounds and files do not count.
 */
export async function countPromptTokens(
  api: Api,
  request: JsonObject,
  model: string,
): Promise<number> {
  const prompt = api.promptTexts?.(request);
  return prompt === undefined ? 0 : await countPromptTexts(prompt, model);
}

/** The same, of what has been found already. */
export async function countPromptTexts(
  { texts, tokensBeside }: PromptTexts,
  model: string,
): Promise<number> {
  return await countTokens(texts, model) + tokensBeside;
}

/** Tokens around the content of a message, its role among them. */
const TOKENS_PER_MESSAGE = 4;

/** Tokens with which the answer begins. */
const TOKENS_OF_ANSWER = 3;

/** Tokens around so many messages, by the rule of OpenAI's chats. */
export function chatTokensBeside(messages: number): number {
  return messages * TOKENS_PER_MESSAGE + TOKENS_OF_ANSWER;
}
