import type { Reasoning } from "../chat/request.ts";

/** Thinking tokens that an effort stands for, where a provider wants a number. */
const BUDGETS: readonly (readonly [effort: string, tokens: number])[] = [
  ["minimal", 1024],
  ["low", 1024],
  ["medium", 2048],
  ["high", 4096],
  ["xhigh", 8192],
  ["max", 16384],
];

/** Whether the model is asked to think. */
export function wantsReasoning(reasoning: Reasoning | undefined): reasoning is Reasoning {
  if (reasoning === undefined || reasoning.enabled === false) return false;
  return reasoning.enabled === true || reasoning.budgetTokens !== undefined ||
    (reasoning.effort !== undefined && reasoning.effort !== "none");
}

/** The thinking tokens that are asked for; an effort of no known name counts as `medium`. */
export function budgetOf({ budgetTokens, effort }: Reasoning): number {
  if (budgetTokens !== undefined) return budgetTokens;
  return BUDGETS.find(([name]) => name === effort)?.[1] ?? 2048;
}

/** The least effort whose budget covers what is asked for; `high` where nothing is said. */
export function effortOf({ effort, budgetTokens }: Reasoning): string {
  if (effort !== undefined) return effort;
  if (budgetTokens === undefined) return "high";
  const covering = BUDGETS.find(([name, tokens]) => name !== "minimal" && tokens >= budgetTokens);
  return covering?.[0] ?? "max";
}
