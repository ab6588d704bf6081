import type { Usage } from "../chat/usage.ts";
import { defined } from "../lib/defined.ts";
import { isMapping, type Mapping } from "../lib/mapping.ts";
import { countOf } from "./numbers.ts";

/** What an answer of an unknown API says of itself. */
export interface AnyAnswer {
  readonly model?: string;
  readonly usage?: Usage;
}

/**
 * Reads model and usage of an answer, or of one event of a stream, whichever API it is in: each of
 * them has its own place and its own words for tokens.
 */
export function readAnyAnswer(answer: unknown): AnyAnswer {
  if (!isMapping(answer)) return {};
  const holder = HOLDERS.map((name) => answer[name]).find(isMapping) ?? {};
  const model = [answer.model, holder.model, answer.modelVersion]
    .find((value) => typeof value === "string" && value !== "");
  const found = [answer.usage, holder.usage, answer.usageMetadata].find(isMapping);
  const usage = found === undefined ? undefined : readUsage(found);
  return defined({ model: typeof model === "string" ? model : undefined, usage });
}

/** Members in which events of streams keep what whole answers have at the top. */
const HOLDERS = ["response", "message", "metadata"];

function readUsage(usage: Mapping): Usage | undefined {
  if (usage.promptTokenCount !== undefined) return readGoogle(usage);
  if (usage.inputTokens !== undefined) return readBedrock(usage);
  if (usage.prompt_tokens !== undefined) return readCompletions(usage);
  return readInputTokens(usage);
}

function readGoogle(usage: Mapping): Usage {
  const thoughts = countOf(usage.thoughtsTokenCount);
  return defined({
    inputTokens: countOf(usage.promptTokenCount),
    outputTokens: sum(countOf(usage.candidatesTokenCount), thoughts),
    cacheReadTokens: countOf(usage.cachedContentTokenCount),
    reasoningTokens: thoughts,
  });
}

function readBedrock(usage: Mapping): Usage {
  const read = countOf(usage.cacheReadInputTokens), written = countOf(usage.cacheWriteInputTokens);
  return defined({
    inputTokens: sum(countOf(usage.inputTokens), read, written),
    outputTokens: countOf(usage.outputTokens),
    cacheReadTokens: read,
    cacheWriteTokens: written,
  });
}

function readCompletions(usage: Mapping): Usage {
  const prompt = isMapping(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const completion = isMapping(usage.completion_tokens_details)
    ? usage.completion_tokens_details
    : {};
  return defined({
    inputTokens: countOf(usage.prompt_tokens),
    outputTokens: countOf(usage.completion_tokens) ?? 0,
    cacheReadTokens: countOf(prompt.cached_tokens),
    reasoningTokens: countOf(completion.reasoning_tokens),
  });
}

/** Messages count cache tokens beside `input_tokens`, Responses and Images within them. */
function readInputTokens(usage: Mapping): Usage | undefined {
  const input = countOf(usage.input_tokens), output = countOf(usage.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  const read = countOf(usage.cache_read_input_tokens);
  const written = countOf(usage.cache_creation_input_tokens);
  const details = isMapping(usage.input_tokens_details) ? usage.input_tokens_details : {};
  const outputDetails = isMapping(usage.output_tokens_details) ? usage.output_tokens_details : {};
  return defined({
    inputTokens: input === undefined ? undefined : sum(input, read, written),
    outputTokens: output,
    cacheReadTokens: read ?? countOf(details.cached_tokens),
    cacheWriteTokens: written,
    reasoningTokens: countOf(outputDetails.reasoning_tokens),
  });
}

function sum(...counts: readonly (number | undefined)[]): number {
  return counts.reduce((total: number, value) => total + (value ?? 0), 0);
}
