import type { Choice } from "./compose.ts";
import type { UsageSettings } from "./plan.ts";
import type { ChatRequest, Message } from "./request.ts";
import { countTokens } from "./tokens.ts";

/** The `usage` of an answer: what the settings say, the rest counted from the text. */
export function usageOf(
  request: ChatRequest,
  choices: readonly Choice[],
  settings: UsageSettings,
): object {
  const cached = settings.cacheReadTokens ?? 0;
  const reasoning = settings.reasoningTokens ?? 0;
  const prompt = settings.inputTokens ?? Math.max(promptTokens(request), cached);
  const completion = settings.outputTokens ??
    choices.reduce((total, { pieces }) => total + pieces.length, reasoning);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function promptTokens({ messages, tools }: ChatRequest): number {
  const definitions = tools.length > 0 ? countTokens(JSON.stringify(tools)) : 0;
  return messages.reduce((total, message) => total + messageTokens(message), definitions);
}

function messageTokens({ text, attachments, toolCalls }: Message): number {
  const calls = toolCalls.reduce((total, { input }) => total + 1 + countTokens(input), 0);
  return countTokens(text) + attachments * ATTACHMENT_TOKENS + calls;
}

/** What the real API counts for an image of low detail. */
const ATTACHMENT_TOKENS = 85;
