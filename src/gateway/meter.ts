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
  request: JsonObject,
  summary: AnswerSummary,
  complete: boolean,
): void {
  if (summary.model !== undefined) llm.responseModel = summary.model;
  if (!api.metered) return;
  const { usage } = summary;
  if (complete && usage?.inputTokens !== undefined && usage.outputTokens !== undefined) {
    llm.usage = usage;
    llm.usageSource = "provider";
    return;
  }
  // What is ranked is billed by the search; without a count there are no tokens to tell of.
  if (api.operation === "rerank" && usage === undefined) return;
  llm.usage = withEstimates(summary, () => api.view.promptLength(request));
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
