import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, Reasoning } from "../../chat/request.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { budgetOf, effortOf, wantsReasoning } from "../reasoning.ts";
import type { ModelTraits } from "./model_traits.ts";

/** How a request asks the model to think. */
export interface WrittenReasoning {
  /** For `additionalModelRequestFields`. */
  readonly fields: JsonObject;
  /** Whether other parameters are restricted, as Claude's and high efforts of Nova's do. */
  readonly unset: readonly InferenceParameter[];
  /** The limit of output tokens, which has to leave room for thoughts. */
  readonly maxTokens: number;
}

/** What a model may refuse while it thinks. */
export type InferenceParameter = "maxTokens" | "temperature" | "topP" | "topK";

/** What else of a request bears on thinking. */
export interface ThinkingSituation {
  readonly model: ModelTraits;
  /** Whether a tool must be called. */
  readonly forcesTool: boolean;
  /** Whether the last turn of the model called a tool without the thoughts that led to it. */
  readonly lacksThoughts: boolean;
}

const MAX_TOKENS_DEFAULT = 4096;
const BUDGET_MIN = 1024;

/** Writes the wish for reasoning in the way of the model that is asked. */
export function writeReasoning(
  chat: ChatRequest,
  situation: ThinkingSituation,
  losses: Losses,
): WrittenReasoning {
  const { model } = situation;
  const reasoning = askedReasoning(chat);
  const plain = { fields: {}, unset: [], maxTokens: chat.maxOutputTokens ?? MAX_TOKENS_DEFAULT };
  if (reasoning === undefined) return plain;
  const isRefused = reasoning.enabled === false || reasoning.effort === "none";
  if (isRefused) return { ...plain, fields: writeOff(model, losses) };
  if (!wantsReasoning(reasoning)) return plain;
  if (needsThinkingOff(reasoning, situation)) {
    losses.changed("reasoning");
    return plain;
  }
  switch (model.thinking) {
    case "budget":
      return withBudget(reasoning, chat.maxOutputTokens, losses);
    case "either":
      return reasoning.budgetTokens === undefined
        ? { ...plain, ...withEffort(reasoning, model, losses) }
        : withBudget(reasoning, chat.maxOutputTokens, losses);
    case "adaptive":
      return { ...plain, ...withEffort(reasoning, model, losses) };
    case "config":
      return { ...plain, ...withConfig(reasoning, model, losses) };
    case "flat-effort":
      return { ...plain, fields: { reasoning_effort: effortFor(reasoning, model, losses) } };
    case "nested-effort":
      return { ...plain, fields: { reasoning: { effort: effortFor(reasoning, model, losses) } } };
    case "none":
    case "unknown":
      losses.dropped("reasoning");
      return plain;
  }
}

/** The client's wish; a budget among the vendor extensions of the responses API comes first. */
function askedReasoning({ reasoning, native }: ChatRequest): Reasoning | undefined {
  const extensions = native.vendor_extensions;
  const budgetTokens = isMapping(extensions) ? extensions.thinking_budget_tokens : undefined;
  return typeof budgetTokens === "number"
    ? { ...reasoning, enabled: true, budgetTokens }
    : reasoning;
}

/** Thinking gives way to what would be refused beside it. */
function needsThinkingOff(reasoning: Reasoning, situation: ThinkingSituation): boolean {
  const { model, forcesTool, lacksThoughts } = situation;
  if (forcesTool && model.forcesTools === "without-thinking") return true;
  const byBudget = model.thinking === "budget" ||
    (model.thinking === "either" && reasoning.budgetTokens !== undefined);
  return byBudget && lacksThoughts;
}

function writeOff(model: ModelTraits, losses: Losses): JsonObject {
  if (model.thinking === "nested-effort") return { reasoning: { effort: "none" } };
  if (model.thinking === "unknown") {
    losses.dropped("reasoning");
    return {};
  }
  switch (model.thinkingOff) {
    case "absent":
      return {};
    case "disabled":
    case "between_tools":
      return { thinking: { type: model.thinkingOff } };
    case "never":
      losses.changed("reasoning");
      return model.thinking === "flat-effort"
        ? { reasoning_effort: "low" }
        : { output_config: { effort: "low" } };
  }
}

const CLAUDE_UNSET = ["temperature", "topP", "topK"] as const;

function withBudget(
  reasoning: Reasoning,
  maxOutputTokens: number | undefined,
  losses: Losses,
): WrittenReasoning {
  const isGuess = reasoning.budgetTokens === undefined && reasoning.effort === undefined;
  const asked = budgetOf(reasoning);
  const wanted = Math.max(asked, BUDGET_MIN);
  const maxTokens = maxOutputTokens ?? wanted + MAX_TOKENS_DEFAULT;
  const budget = Math.min(wanted, maxTokens - 1);
  if (budget < BUDGET_MIN) {
    losses.dropped("reasoning");
    return { fields: {}, unset: [], maxTokens };
  }
  if (isGuess || budget !== asked || reasoning.shown === false) losses.changed("reasoning");
  const thinking = { type: "enabled", budget_tokens: budget };
  return { fields: { thinking }, unset: CLAUDE_UNSET, maxTokens };
}

function withEffort(
  reasoning: Reasoning,
  model: ModelTraits,
  losses: Losses,
): Pick<WrittenReasoning, "fields" | "unset"> {
  const { shown, effort, budgetTokens } = reasoning;
  const display = shown === undefined ? {} : { display: shown ? "summarized" : "omitted" };
  const isOpen = effort === undefined && budgetTokens === undefined;
  return {
    fields: {
      thinking: { type: "adaptive", ...display },
      ...(isOpen ? {} : { output_config: { effort: effortFor(reasoning, model, losses) } }),
    },
    unset: CLAUDE_UNSET,
  };
}

/** At high effort, "temperature, topP and maxTokens must be unset". */
function withConfig(
  reasoning: Reasoning,
  model: ModelTraits,
  losses: Losses,
): Pick<WrittenReasoning, "fields" | "unset"> {
  const isOpen = reasoning.effort === undefined && reasoning.budgetTokens === undefined;
  const effort = isOpen ? "medium" : effortFor(reasoning, model, losses);
  return {
    fields: { reasoningConfig: { type: "enabled", maxReasoningEffort: effort } },
    unset: effort === "high" ? ["maxTokens", "temperature", "topP"] : [],
  };
}

const EFFORTS = ["minimal", "low", "medium", "high", "xhigh", "max"];

/** The model's word that comes nearest without going beyond; words of no known meaning stay. */
function effortFor(reasoning: Reasoning, model: ModelTraits, losses: Losses): string {
  const asked = effortOf(reasoning);
  const rank = EFFORTS.indexOf(asked);
  const [least = asked] = model.efforts;
  const effort = rank < 0
    ? asked
    : model.efforts.findLast((word) => EFFORTS.indexOf(word) <= rank) ?? least;
  if (effort !== asked || reasoning.effort === undefined) losses.changed("reasoning");
  return effort;
}
