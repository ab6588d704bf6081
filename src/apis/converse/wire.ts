import type { Finish, FinishReason } from "../../chat/response.ts";
import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { countOf } from "../numbers.ts";

/** A member that is an object; an empty one where there is none. */
export function objectIn(value: unknown, name: string): Mapping {
  const found = isMapping(value) ? value[name] : undefined;
  return isMapping(found) ? found : {};
}

/** A member that is a text. */
export function textIn(value: unknown, name: string): string | undefined {
  const found = isMapping(value) ? value[name] : undefined;
  return typeof found === "string" ? found : undefined;
}

/** Tokens of an answer; the API's input does not include what was read from or put into caches. */
export function readUsage(value: unknown): Usage | undefined {
  if (!isMapping(value)) return undefined;
  const uncached = countOf(value.inputTokens), outputTokens = countOf(value.outputTokens);
  if (uncached === undefined && outputTokens === undefined) return undefined;
  const cacheReadTokens = countOf(value.cacheReadInputTokens);
  const cacheWriteTokens = countOf(value.cacheWriteInputTokens);
  const inputTokens = uncached === undefined
    ? undefined
    : uncached + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  return defined({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens });
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  stop_sequence: "stop-sequence",
  tool_use: "tool-calls",
  max_tokens: "length",
  model_context_window_exceeded: "context-window",
  content_filtered: "content-filter",
  guardrail_intervened: "content-filter",
  refusal: "refusal",
  pause_turn: "paused",
};

/** Why the model stopped, by a whole answer or the event of its end. */
export function readFinish(end: unknown, callsTool: boolean): Finish {
  const reason = FINISH_REASONS[textIn(end, "stopReason") ?? ""] ?? "other";
  const stopSequence = textIn(objectIn(end, "additionalModelResponseFields"), "stop_sequence");
  return {
    reason: reason === "stop" && callsTool ? "tool-calls" : reason,
    ...(reason === "stop-sequence" ? defined({ stopSequence }) : {}),
  };
}
