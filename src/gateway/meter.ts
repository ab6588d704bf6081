import type { AnswerSummary, Api, JsonObject } from "../apis/api.ts";
import type { Usage } from "../chat/usage.ts";
import type { LlmFacts } from "./facts.ts";

/** Characters of text that one token stands for, where nobody counts better. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Closes the account of one answer: the provider's numbers where they came, else what was seen.
 *
 * `complete` says whether the answer reached its end.
 */
export function closeAccount(
  llm: LlmFacts,
  api: Api,
  sent: JsonObject,
  summary: AnswerSummary,
  complete: boolean,
): void {
  if (summary.model !== undefined) llm.responseModel = summary.model;
  const { usage } = summary;
  if (complete && usage?.inputTokens !== undefined && usage.outputTokens !== undefined) {
    llm.usage = usage;
    llm.usageSource = "provider";
    return;
  }
  llm.usage = withEstimates(summary, () => api.view.promptLength(sent));
  llm.usageSource = complete ? "estimated" : "partial";
}

function withEstimates({ usage, textLength }: AnswerSummary, promptLength: () => number): Usage {
  return {
    inputTokens: tokens(promptLength()),
    outputTokens: tokens(textLength),
    ...usage,
  };
}

function tokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
