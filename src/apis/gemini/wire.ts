import type { FinishReason } from "../../chat/response.ts";
import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { countOf } from "../numbers.ts";
import { member } from "./members.ts";

/**
 * Whether a model is of the third generation or later, which asks for other things in places; so
 * are those that are named for being the latest.
 */
export function isGemini3(model: string): boolean {
  return /gemini-(?:[3-9](?!\d)|[1-9]\d|[a-z-]+-latest)/i.test(model);
}

/** Addresses of files that Google holds, which no other provider can read. */
export function isGoogleFile(url: string): boolean {
  return /^(?:gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/[^/]+\/files\/)/.test(url);
}

/** The candidates of an answer or of a piece of it. */
export function candidatesIn({ candidates }: Mapping): readonly Mapping[] {
  return Array.isArray(candidates) ? candidates.filter(isMapping) : [];
}

/** The parts of a candidate. */
export function partsIn({ content }: Mapping): readonly Mapping[] {
  const parts = isMapping(content) ? content.parts : undefined;
  return Array.isArray(parts) ? parts.filter(isMapping) : [];
}

/** Whether an answer says that the prompt was blocked. */
export function isBlocked({ promptFeedback }: Mapping): boolean {
  return isMapping(promptFeedback) && typeof promptFeedback.blockReason === "string";
}

/** The object that an event of a stream holds; one error may come in a list. */
export function parseEvent(data: string): Mapping | undefined {
  try {
    const event: unknown = JSON.parse(data);
    const [first] = Array.isArray(event) ? event : [event];
    return isMapping(first) ? first : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads `usageMetadata`.
 *
 * Google counts cached tokens inside the prompt, but thoughts and the results of its own tools
 * beside the rest (https://ai.google.dev/api/generate-content#UsageMetadata).
 */
export function readUsage(value: unknown): Usage | undefined {
  if (!isMapping(value)) return undefined;
  const inputTokens = sum(value.promptTokenCount, value.toolUsePromptTokenCount);
  const usage = defined({
    inputTokens,
    outputTokens: sum(value.candidatesTokenCount, value.thoughtsTokenCount) ??
      rest(value.totalTokenCount, inputTokens),
    cacheReadTokens: countOf(value.cachedContentTokenCount),
    reasoningTokens: countOf(value.thoughtsTokenCount),
  });
  return usage.inputTokens === undefined && usage.outputTokens === undefined ? undefined : usage;
}

/** Merges the `usageMetadata` of a stream, each the whole so far; gives usage if there is any. */
export function usageMeter(): (metadata: unknown) => Usage | undefined {
  let merged: Mapping = {}, usage: Usage | undefined;
  return (metadata) => {
    if (!isMapping(metadata)) return undefined;
    merged = { ...merged, ...metadata };
    const counted = readUsage(merged);
    if (counted !== undefined) usage = mergeUsage(usage, counted);
    return usage;
  };
}

/** The newer count, with what only the older one says; no number becomes less. */
export function mergeUsage(older: Usage | undefined, newer: Usage): Usage {
  const most = (key: keyof Usage) => {
    const counts = [older?.[key], newer[key]].filter((value) => value !== undefined);
    return counts.length === 0 ? undefined : Math.max(...counts);
  };
  return defined({
    inputTokens: most("inputTokens"),
    outputTokens: most("outputTokens"),
    cacheReadTokens: most("cacheReadTokens"),
    cacheWriteTokens: most("cacheWriteTokens"),
    reasoningTokens: most("reasoningTokens"),
  });
}

/** Usage as Google words it; thoughts are not among the candidates' tokens. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens, outputTokens, cacheReadTokens, reasoningTokens } = usage;
  return defined({
    promptTokenCount: inputTokens,
    candidatesTokenCount: outputTokens === undefined
      ? undefined
      : Math.max(0, outputTokens - (reasoningTokens ?? 0)),
    thoughtsTokenCount: reasoningTokens,
    cachedContentTokenCount: cacheReadTokens,
    totalTokenCount: sum(inputTokens, outputTokens),
  });
}

/** Why a candidate ended (https://ai.google.dev/api/generate-content#FinishReason). */
export function readFinishReason(word: unknown, hasCalls: boolean): FinishReason {
  const reason = typeof word === "string" ? FINISH_REASONS.get(word) ?? "other" : "stop";
  return hasCalls && (reason === "stop" || reason === "other") ? "tool-calls" : reason;
}

const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ["STOP", "stop"],
  ["FINISH_REASON_UNSPECIFIED", "stop"],
  ["MAX_TOKENS", "length"],
  ["CONTINUATION", "length"],
  ["SAFETY", "content-filter"],
  ["RECITATION", "content-filter"],
  ["LANGUAGE", "content-filter"],
  ["BLOCKLIST", "content-filter"],
  ["PROHIBITED_CONTENT", "content-filter"],
  ["SPII", "content-filter"],
  ["UNEXPECTED_TOOL_CALL", "content-filter"],
  ["TOO_MANY_TOOL_CALLS", "content-filter"],
  ["IMAGE_SAFETY", "content-filter"],
  ["IMAGE_PROHIBITED_CONTENT", "content-filter"],
  ["IMAGE_RECITATION", "content-filter"],
]);

/** Why an answer ended, in Google's words. */
export const FINISH_WORDS: Readonly<Record<FinishReason, string>> = {
  stop: "STOP",
  "stop-sequence": "STOP",
  "tool-calls": "STOP",
  paused: "STOP",
  length: "MAX_TOKENS",
  "context-window": "MAX_TOKENS",
  refusal: "SAFETY",
  "content-filter": "SAFETY",
  other: "OTHER",
};

/** Characters of text in parts: text, thoughts and calls. */
export function partsLength(parts: readonly Mapping[]): number {
  let length = 0;
  for (const part of parts) {
    if (typeof part.text === "string") length += part.text.length;
    const call = member(part, "functionCall");
    if (!isMapping(call)) continue;
    if (typeof call.name === "string") length += call.name.length;
    length += JSON.stringify(call.args ?? {}).length;
  }
  return length;
}

function sum(one: unknown, other: unknown): number | undefined {
  const [left, right] = [countOf(one), countOf(other)];
  return left === undefined && right === undefined ? undefined : (left ?? 0) + (right ?? 0);
}

/** What a total has beyond a part of it: Google leaves counts out that are 0. */
function rest(total: unknown, part: number | undefined): number | undefined {
  const whole = countOf(total);
  return whole === undefined || part === undefined ? undefined : Math.max(0, whole - part);
}
