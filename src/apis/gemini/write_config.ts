import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, OutputFormat, Reasoning, Sampling } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { budgetOf, effortOf, wantsReasoning } from "../reasoning.ts";
import { geminiSchema } from "../tool_schema/gemini_schema.ts";
import { isGemini3 } from "./wire.ts";

/** Writes `generationConfig`; undefined where nothing is set. */
export function writeConfig(chat: ChatRequest, losses: Losses): JsonObject | undefined {
  const config = defined({
    ...samplingOf(chat.sampling, losses),
    candidateCount: candidatesOf(chat, losses),
    maxOutputTokens: chat.maxOutputTokens,
    ...outputOf(chat.output, losses),
    thinkingConfig: thinkingOf(chat, losses),
  });
  return Object.keys(config).length === 0 ? undefined : config;
}

function samplingOf(sampling: Sampling, losses: Losses): JsonObject {
  const { stop, topLogprobs, logitBias, ...same } = sampling;
  if (logitBias !== undefined && Object.keys(logitBias).length > 0) losses.dropped("logitBias");
  return {
    ...same,
    stopSequences: stop === undefined || stop.length === 0 ? undefined : stop,
    responseLogprobs: topLogprobs === undefined ? undefined : true,
    logprobs: topLogprobs === 0 ? undefined : topLogprobs,
  };
}

/** A stream tells of one answer only, so that others would be paid for and not seen. */
function candidatesOf({ candidates, stream }: ChatRequest, losses: Losses): number | undefined {
  if (candidates === undefined || !stream) return candidates;
  if (candidates > 1) losses.dropped("candidates");
  return undefined;
}

function outputOf(output: OutputFormat | undefined, losses: Losses): JsonObject {
  switch (output?.type) {
    case "json":
      return { responseMimeType: "application/json" };
    case "json-schema":
      return {
        responseMimeType: "application/json",
        responseSchema: geminiSchema(output.schema, () => losses.changed("output")),
      };
    default:
      return {};
  }
}

/** The client's own words for Google go first. */
function thinkingOf(chat: ChatRequest, losses: Losses): Mapping | undefined {
  const native = chat.native.thinking_config ?? chat.native.thinkingConfig;
  if (isMapping(native)) return native;
  const { reasoning } = chat;
  if (reasoning === undefined) return undefined;
  const isWanted: boolean = wantsReasoning(reasoning);
  if (!isWanted) {
    const isRefused = reasoning.enabled === false || reasoning.effort === "none";
    if (isRefused) losses.dropped("reasoning");
    return !isRefused && reasoning.shown === true ? { includeThoughts: true } : undefined;
  }
  const includeThoughts = reasoning.shown === false ? undefined : true;
  const isUnmeasured = reasoning.effort === undefined && reasoning.budgetTokens === undefined;
  if (isUnmeasured) return defined({ includeThoughts });
  return isGemini3(chat.model)
    ? { thinkingLevel: levelOf(reasoning, losses), ...defined({ includeThoughts }) }
    : { thinkingBudget: budgetOf(reasoning), ...defined({ includeThoughts }) };
}

function levelOf(reasoning: Reasoning, losses: Losses): string {
  const effort = effortOf(reasoning);
  const level = LEVELS.find(([name]) => name === effort)?.[1] ?? "medium";
  if (reasoning.effort !== level) losses.changed("reasoning");
  return level;
}

/** The levels of the third generation (https://ai.google.dev/gemini-api/docs/thinking). */
const LEVELS: readonly (readonly [effort: string, level: string])[] = [
  ["minimal", "minimal"],
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "high"],
  ["max", "high"],
];
