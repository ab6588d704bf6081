import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { AnswerSummary, JsonObject, View } from "../api.ts";
import { checkModel } from "../envelope.ts";
import { noStream } from "../no_stream.ts";
import { countOf } from "../numbers.ts";

/** What the gateway may see of rerank. */
export const view: View = {
  ...noStream,
  /** Only the model is checked: what else must be there is for the provider to say. */
  check: checkModel,
  promptLength,
  readAnswer,
};

function promptLength({ query, documents }: JsonObject): number {
  const texts = [query, ...(Array.isArray(documents) ? documents : [])];
  return texts.reduce((sum: number, text) => sum + lengthOf(text), 0);
}

function lengthOf(text: unknown): number {
  if (typeof text === "string") return text.length;
  return isMapping(text) && typeof text.text === "string" ? text.text.length : 0;
}

function readAnswer(answer: JsonObject): AnswerSummary {
  const model = typeof answer.model === "string" ? answer.model : undefined;
  return { textLength: 0, ...defined({ model, usage: readUsage(answer) }) };
}

/**
 * Tokens where the provider reports any. Cohere's own answers count searches alone, and an answer
 * in another provider's format has no count at all: then there is nothing to report.
 */
function readUsage({ meta, usage }: JsonObject): Usage | undefined {
  const { billed_units, tokens } = isMapping(meta) ? meta : {};
  for (const counts of [billed_units, tokens, usage]) {
    if (!isMapping(counts)) continue;
    const inputTokens = inputIn(counts);
    if (inputTokens === undefined) continue;
    const outputTokens = countOf(counts.output_tokens) ?? countOf(counts.completion_tokens) ?? 0;
    return { inputTokens, outputTokens };
  }
  return undefined;
}

function inputIn(counts: Mapping): number | undefined {
  return countOf(counts.input_tokens) ?? countOf(counts.prompt_tokens) ??
    countOf(counts.total_tokens);
}
