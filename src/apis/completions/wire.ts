import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";

/**
 * Reads the `usage` object of an answer or chunk.
 *
 * OpenAI counts cache reads inside `prompt_tokens` and reasoning inside `completion_tokens`
 * (https://platform.openai.com/docs/api-reference/chat/object); compatible providers name cache
 * numbers in Anthropic's way too.
 */
export function readUsage(value: unknown): Usage | undefined {
  if (!isMapping(value)) return undefined;
  const inputTokens = count(value.prompt_tokens), outputTokens = count(value.completion_tokens);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const prompt = isMapping(value.prompt_tokens_details) ? value.prompt_tokens_details : {};
  const completion = isMapping(value.completion_tokens_details)
    ? value.completion_tokens_details
    : {};
  return defined({
    inputTokens,
    outputTokens,
    cacheReadTokens: count(prompt.cached_tokens) ?? count(value.cache_read_input_tokens),
    cacheWriteTokens: count(prompt.cache_write_tokens) ?? count(value.cache_creation_input_tokens),
    reasoningTokens: count(completion.reasoning_tokens),
  });
}

/** Characters of text in a message or delta: content, refusal, reasoning and tool calls. */
export function textLength(message: unknown): number {
  if (!isMapping(message)) return 0;
  let length = contentLength(message.content) + contentLength(message.refusal) +
    contentLength(message.reasoning_content ?? message.reasoning);
  if (Array.isArray(message.tool_calls)) {
    for (const call of message.tool_calls) {
      if (!isMapping(call) || !isMapping(call.function)) continue;
      length += contentLength(call.function.name) + contentLength(call.function.arguments);
    }
  }
  return length;
}

function contentLength(content: unknown): number {
  if (typeof content === "string") return content.length;
  if (!Array.isArray(content)) return 0;
  let length = 0;
  for (const part of content) {
    if (isMapping(part) && typeof part.text === "string") length += part.text.length;
  }
  return length;
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
