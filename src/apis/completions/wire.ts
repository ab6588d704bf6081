import type { FinishReason } from "../../chat/response.ts";
import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { countOf } from "../numbers.ts";

/**
 * Reads the `usage` object of an answer or chunk.
 *
 * OpenAI counts cache reads inside `prompt_tokens` and reasoning inside `completion_tokens`
 * (https://platform.openai.com/docs/api-reference/chat/object); compatible providers name cache
 * numbers in Anthropic's way too, and DeepSeek in its own
 * (https://api-docs.deepseek.com/guides/kv_cache).
 */
export function readUsage(value: unknown): Usage | undefined {
  if (!isMapping(value)) return undefined;
  const inputTokens = countOf(value.prompt_tokens);
  const outputTokens = outputOf(countOf(value.completion_tokens), inputTokens, value.total_tokens);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const prompt = isMapping(value.prompt_tokens_details) ? value.prompt_tokens_details : {};
  const completion = isMapping(value.completion_tokens_details)
    ? value.completion_tokens_details
    : {};
  return defined({
    inputTokens,
    outputTokens,
    cacheReadTokens: countOf(prompt.cached_tokens) ?? countOf(value.cache_read_input_tokens) ??
      countOf(value.prompt_cache_hit_tokens),
    cacheWriteTokens: countOf(prompt.cache_write_tokens) ??
      countOf(value.cache_creation_input_tokens),
    reasoningTokens: countOf(completion.reasoning_tokens),
    inputAudioTokens: countOf(prompt.audio_tokens) || undefined,
    outputAudioTokens: countOf(completion.audio_tokens) || undefined,
  });
}

/** A count of 0 beside a larger total is none. */
function outputOf(
  output: number | undefined,
  input: number | undefined,
  total: unknown,
): number | undefined {
  if (output !== 0) return output;
  return Math.max((countOf(total) ?? 0) - (input ?? 0), 0);
}

/** The `usage` object of an answer: OpenAI's members, and Anthropic's names for the cache. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens, cacheWriteTokens } = usage;
  const prompt = defined({ cached_tokens: cacheReadTokens, cache_write_tokens: cacheWriteTokens });
  const completion = defined({ reasoning_tokens: usage.reasoningTokens });
  return defined({
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: isEmpty(prompt) ? undefined : prompt,
    completion_tokens_details: isEmpty(completion) ? undefined : completion,
    cache_read_input_tokens: cacheReadTokens,
    cache_creation_input_tokens: cacheWriteTokens,
  });
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0;
}

/** The usage so far with a later count: what that does not say stays, and nothing shrinks. */
export function laterUsage(before: Usage, later: Usage): Usage {
  return defined({
    inputTokens: greater(before.inputTokens, later.inputTokens),
    outputTokens: greater(before.outputTokens, later.outputTokens),
    cacheReadTokens: greater(before.cacheReadTokens, later.cacheReadTokens),
    cacheWriteTokens: greater(before.cacheWriteTokens, later.cacheWriteTokens),
    reasoningTokens: greater(before.reasoningTokens, later.reasoningTokens),
    inputAudioTokens: greater(before.inputAudioTokens, later.inputAudioTokens),
    outputAudioTokens: greater(before.outputAudioTokens, later.outputAudioTokens),
  });
}

function greater(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? left ?? right : Math.max(left, right);
}

/** What this API says of why a model stopped. */
export const FINISH_WORDS = {
  "stop": "stop",
  "stop-sequence": "stop",
  "paused": "stop",
  "other": "stop",
  "length": "length",
  "context-window": "length",
  "tool-calls": "tool_calls",
  "refusal": "content_filter",
  "content-filter": "content_filter",
} as const satisfies Record<FinishReason, string>;

/** Why a model stopped; some providers say `stop`, or a word of their own, for tool calls too. */
export function readFinishReason(
  word: unknown,
  answer: { readonly calls: boolean; readonly refused: boolean },
): FinishReason {
  const reason = typeof word === "string" ? REASONS.get(word) ?? "other" : "stop";
  if (reason !== "stop" && reason !== "other") return reason;
  if (answer.refused) return "refusal";
  return answer.calls ? "tool-calls" : reason;
}

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ["stop", "stop"],
  ["length", "length"],
  ["tool_calls", "tool-calls"],
  ["function_call", "tool-calls"],
  ["content_filter", "content-filter"],
]);

/** Whether an answer or chunk says that the provider failed, beside or in place of choices. */
export function isFailure(answer: JsonObject): boolean {
  return isMapping(answer.error) || (typeof answer.error === "string" && answer.error !== "") ||
    answer.object === "error";
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
