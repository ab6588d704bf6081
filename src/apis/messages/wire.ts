import type { Finish, FinishReason } from "../../chat/response.ts";
import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { countOf } from "../numbers.ts";

/**
 * Reads the `usage` object of a message or of an event.
 *
 * Anthropic counts cache reads and writes beside `input_tokens`, not inside
 * (https://platform.claude.com/docs/en/build-with-claude/prompt-caching).
 */
export function readUsage(value: unknown): Usage | undefined {
  if (!isMapping(value)) return undefined;
  const input = countOf(value.input_tokens), outputTokens = countOf(value.output_tokens);
  const cacheReadTokens = countOf(value.cache_read_input_tokens);
  const cacheWriteTokens = countOf(value.cache_creation_input_tokens);
  const parts = [input, cacheReadTokens, cacheWriteTokens].filter((part) => part !== undefined);
  if (parts.length === 0 && outputTokens === undefined) return undefined;
  const details = isMapping(value.output_tokens_details) ? value.output_tokens_details : {};
  return defined({
    inputTokens: parts.length === 0 ? undefined : parts.reduce((sum, part) => sum + part, 0),
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    reasoningTokens: countOf(details.thinking_tokens),
  });
}

/**
 * What is known of usage when a later event tells more: its numbers replace the earlier ones, but
 * never by less. Input is taken as a whole, since providers that correct it move tokens between
 * its parts.
 */
export function mergeUsage(before: Usage | undefined, after: Usage | undefined): Usage | undefined {
  if (before === undefined || after === undefined) return after ?? before;
  const replaces = (after.inputTokens ?? -1) >= (before.inputTokens ?? 0);
  const input = replaces ? { ...inputOf(before), ...inputOf(after) } : inputOf(before);
  return {
    ...input,
    ...defined({
      outputTokens: larger(before.outputTokens, after.outputTokens),
      reasoningTokens: larger(before.reasoningTokens, after.reasoningTokens),
    }),
  };
}

/** The `usage` of a message, with every member that the API promises. */
export function writeUsage(usage: Usage = {}, serviceTier?: string): JsonObject {
  return {
    ...writeDeltaUsage(usage),
    cache_creation: null,
    inference_geo: null,
    service_tier: serviceTier === "default" ? "standard" : serviceTier ?? null,
    speed: null,
  };
}

/** The `usage` of a `message_delta` event. */
export function writeDeltaUsage(usage: Usage = {}): JsonObject {
  const { inputTokens = 0, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  return {
    input_tokens: Math.max(0, inputTokens - (cacheReadTokens ?? 0) - (cacheWriteTokens ?? 0)),
    output_tokens: usage.outputTokens ?? 0,
    cache_creation_input_tokens: cacheWriteTokens ?? null,
    cache_read_input_tokens: cacheReadTokens ?? null,
    output_tokens_details: reasoningTokens === undefined
      ? null
      : { thinking_tokens: reasoningTokens },
    server_tool_use: null,
  };
}

/** Why a message ended; `calledTools` tells of calls that an unusual provider does not mention. */
export function readFinish(message: JsonObject, calledTools: boolean): Finish {
  const { stop_reason, stop_sequence } = message;
  const reason = READ_REASONS.get(stop_reason) ?? "other";
  if (reason === "stop" && calledTools) return { reason: "tool-calls" };
  if (reason === "stop-sequence" && typeof stop_sequence === "string") {
    return { reason, stopSequence: stop_sequence };
  }
  return { reason };
}

const READ_REASONS: ReadonlyMap<unknown, FinishReason> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop-sequence"],
  ["pause_turn", "paused"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "context-window"],
  ["tool_use", "tool-calls"],
  ["refusal", "refusal"],
]);

/** The members of a message that say why it ended. */
export function writeFinish({ reason, stopSequence }: Finish): JsonObject {
  return {
    stop_reason: WRITTEN_REASONS[reason],
    stop_sequence: reason === "stop-sequence" ? stopSequence ?? null : null,
    stop_details: null,
  };
}

const WRITTEN_REASONS: Readonly<Record<FinishReason, string>> = {
  "stop": "end_turn",
  "stop-sequence": "stop_sequence",
  "length": "max_tokens",
  "context-window": "model_context_window_exceeded",
  "tool-calls": "tool_use",
  "refusal": "refusal",
  "content-filter": "refusal",
  "paused": "pause_turn",
  "other": "end_turn",
};

function inputOf({ inputTokens, cacheReadTokens, cacheWriteTokens }: Usage): Usage {
  return defined({ inputTokens, cacheReadTokens, cacheWriteTokens });
}

function larger(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? one ?? other : Math.max(one, other);
}
