import type { Block } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, Reasoning, ToolChoice, Turn } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { budgetOf, effortOf, wantsReasoning } from "../reasoning.ts";
import type { ModelTraits } from "./claude_model.ts";
import { readThinking } from "./serve_reasoning.ts";

/** How a request asks a model to think, and what of the request gives way to it. */
export interface ThinkingPlan {
  /** Whether the model is asked to think. */
  readonly thinks: boolean;
  readonly thinking?: JsonObject;
  readonly effort?: string;
  readonly toolChoice?: ToolChoice;
}

/**
 * Decides how to ask for thoughts.
 *
 * A model that is forced to call a tool cannot think before
 * (https://platform.claude.com/docs/en/build-with-claude/extended-thinking); clients rely on the
 * call, so that it is the thoughts that give way, as long as the model can be kept from thinking.
 */
export function planThinking(
  chat: ChatRequest,
  traits: ModelTraits,
  losses: Losses,
): ThinkingPlan {
  const toolChoice = allowedChoice(chat, traits, losses);
  const choice = defined({ toolChoice });
  const reasoning = chat.reasoning ?? thinkingOfOthers(chat);
  if (isForbidden(reasoning)) return { ...choice, ...withoutThinking(traits, losses) };
  if (!wantsReasoning(reasoning)) return { ...choice, thinks: traits.thinksByDefault };
  if (isForced(toolChoice)) {
    losses.dropped("reasoning");
    return { ...choice, ...withoutThinking(traits, losses) };
  }
  return traits.thinksAdaptively
    ? { ...choice, ...adaptive(reasoning, traits, losses) }
    : { ...choice, ...withBudget(reasoning, chat, losses) };
}

/**
 * What a client of another API says in this API's own member, as Anthropic's adapter for OpenAI's
 * clients allows (https://platform.claude.com/docs/en/api/openai-sdk).
 */
export function thinkingOfOthers({ native, reasoning }: ChatRequest): Reasoning | undefined {
  if (reasoning !== undefined || !isMapping(native.thinking)) return undefined;
  return readThinking(native.thinking, () => {});
}

function isForbidden(reasoning: Reasoning | undefined): boolean {
  return reasoning?.enabled === false || reasoning?.effort === "none";
}

function allowedChoice(
  { tools, toolChoice }: ChatRequest,
  traits: ModelTraits,
  losses: Losses,
): ToolChoice | undefined {
  if (tools.length === 0) {
    if (isForced(toolChoice)) losses.dropped("toolChoice");
    return undefined;
  }
  if (!isForced(toolChoice) || !traits.refusesForcedTools) return toolChoice;
  losses.changed("toolChoice");
  return "auto";
}

function isForced(choice: ToolChoice | undefined): boolean {
  return choice === "required" || typeof choice === "object";
}

function withoutThinking(traits: ModelTraits, losses: Losses): ThinkingPlan {
  if (traits.thinksAlways) {
    losses.changed("reasoning");
    return { thinks: true, effort: "low" };
  }
  return { thinks: false, ...(traits.thinksByDefault ? { thinking: { type: "disabled" } } : {}) };
}

function adaptive(reasoning: Reasoning, traits: ModelTraits, losses: Losses): ThinkingPlan {
  const display = displayOf(reasoning, traits);
  const thinking = { type: "adaptive", ...defined({ display }) };
  if (reasoning.effort === undefined && reasoning.budgetTokens === undefined) {
    return { thinks: true, thinking };
  }
  const asked = effortOf(reasoning);
  const effort = knownEffort(asked, traits);
  if (effort !== asked || reasoning.effort === undefined) losses.changed("reasoning");
  return { thinks: true, thinking, effort };
}

function knownEffort(asked: string, { knowsXhigh }: ModelTraits): string {
  if (asked === "minimal") return "low";
  if (asked === "xhigh" && !knowsXhigh) return "max";
  return EFFORTS.has(asked) ? asked : "medium";
}

const EFFORTS: ReadonlySet<string> = new Set(["low", "medium", "high", "xhigh", "max"]);

function displayOf({ shown }: Reasoning, { hidesThinking }: ModelTraits): string | undefined {
  if (shown === false) return "omitted";
  return shown === true || hidesThinking ? "summarized" : undefined;
}

function withBudget(
  reasoning: Reasoning,
  { turns, maxOutputTokens = Infinity }: ChatRequest,
  losses: Losses,
): ThinkingPlan {
  if (!mayThinkOn(turns)) {
    losses.changed("reasoning");
    return { thinks: false };
  }
  const { budgetTokens, shown } = reasoning;
  const asked = budgetTokens ?? budgetOf({ effort: effortOf(reasoning) });
  const budget = Math.min(asked, maxOutputTokens - 1);
  if (budget < BUDGET_TOKENS_MIN) {
    losses.dropped("reasoning");
    return { thinks: false };
  }
  if (budget !== asked) losses.changed("reasoning");
  const display = shown === undefined ? undefined : shown ? "summarized" : "omitted";
  const thinking = { type: "enabled", budget_tokens: budget, ...defined({ display }) };
  return { thinks: true, thinking };
}

const BUDGET_TOKENS_MIN = 1024;

/** A model with a budget that is in the midst of an answer must get back how it began. */
function mayThinkOn(turns: readonly Turn[]): boolean {
  const begun = turns.slice(answerStart(turns)).filter(({ role }) => role === "assistant");
  return begun.length === 0 || begun.some(({ blocks }) => isReplayable(blocks[0]));
}

/**
 * Where the answer begins that the model is in the midst of: it called tools, whose results have
 * come, or it shall continue its own words.
 */
export function answerStart(turns: readonly Turn[]): number {
  return turns.findLastIndex(({ role, blocks }) =>
    role === "user" && !blocks.some(({ type }) => type === "tool-result")
  ) + 1;
}

/** Whether a block holds thoughts that this API has sealed. */
export function isReplayable(block: Block | undefined): boolean {
  return block?.type === "reasoning" && block.seal?.api === "messages";
}
