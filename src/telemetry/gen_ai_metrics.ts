import type { FactsObserver, LlmFacts } from "../gateway/facts.ts";
import { ANSWER_SECONDS, FIRST_TOKEN_SECONDS, TOKEN_SECONDS, TOKENS } from "./buckets.ts";
import { type Families, type Labels, observe } from "./families.ts";
import type { LabelCap } from "./label_cap.ts";
import { ROUTE_LABELS, routeLabelValues } from "./route_labels.ts";
import { createSeriesTable } from "./series_table.ts";
import { secondsPerOutputToken, secondsToFirstToken } from "./token_times.ts";

/**
 * Meters requests that a model's provider answered.
 *
 * Every success gives one value for input, output and cache reads each, in every ending, so that
 * the counts of these series are the number of answers; an error of the provider gives its time.
 */
export function genAiMetrics(families: Families, cap: LabelCap): FactsObserver {
  const answers = answerTable(families);
  return {
    settled(facts) {
      const { llm, upstreamHeadersMs, startedMs, endedMs } = facts;
      if (llm === undefined) return;
      if (!llm.answered && upstreamHeadersMs === undefined) return;

      const requestModel = cap.fold("gen_ai_request_model", llm.requestModel, llm.answered);
      const responseModel = cap.fold("gen_ai_response_model", llm.responseModel, llm.answered);
      const answer = answers([
        "chat",
        llm.provider,
        requestModel,
        responseModel,
        ...routeLabelValues(facts),
      ]);
      observe(answer.seconds, (endedMs - startedMs) / 1000);
      if (!llm.answered) return;

      observeTokens(answer, llm);
      const firstTokenSeconds = secondsToFirstToken(facts);
      if (firstTokenSeconds !== undefined) observe(answer.firstTokenSeconds, firstTokenSeconds);
      const tokenSeconds = secondsPerOutputToken(facts);
      if (tokenSeconds !== undefined) observe(answer.tokenSeconds, tokenSeconds);
    },
  };
}

type Answer = ReturnType<ReturnType<typeof answerTable>>;

function observeTokens(answer: Answer, { usage }: LlmFacts): void {
  observe(answer.input, usage?.inputTokens ?? 0);
  observe(answer.output, usage?.outputTokens ?? 0);
  observe(answer.cacheRead, usage?.cacheReadTokens ?? 0);
  if (usage?.cacheWriteTokens !== undefined) observe(answer.cacheWrite, usage.cacheWriteTokens);
}

function answerTable(families: Families) {
  const labelNames = [
    "gen_ai_operation_name",
    "gen_ai_system",
    "gen_ai_request_model",
    "gen_ai_response_model",
    ...ROUTE_LABELS,
  ];
  const tokens = families.histogram({
    name: "agentgateway_gen_ai_client_token_usage",
    help: "Number of tokens used per request.",
    labelNames: ["gen_ai_token_type", ...labelNames],
    buckets: TOKENS,
  });
  const seconds = families.histogram({
    name: "agentgateway_gen_ai_server_request_duration",
    help: "Seconds from a request's arrival to the last byte of its answer.",
    labelNames,
    buckets: ANSWER_SECONDS,
  });
  const tokenSeconds = families.histogram({
    name: "agentgateway_gen_ai_server_time_per_output_token",
    help: "Seconds per token after the first, in streamed answers.",
    labelNames,
    buckets: TOKEN_SECONDS,
  });
  const firstTokenSeconds = families.histogram({
    name: "agentgateway_gen_ai_server_time_to_first_token",
    help: "Seconds from a request's arrival to the first token of its streamed answer.",
    labelNames,
    buckets: FIRST_TOKEN_SECONDS,
  });
  const tokensOf = (type: string, labels: Labels) =>
    tokens.series({ gen_ai_token_type: type, ...labels });
  return createSeriesTable(labelNames, (labels) => ({
    seconds: seconds.series(labels),
    tokenSeconds: tokenSeconds.series(labels),
    firstTokenSeconds: firstTokenSeconds.series(labels),
    input: tokensOf("input", labels),
    output: tokensOf("output", labels),
    cacheRead: tokensOf("input_cache_read", labels),
    cacheWrite: tokensOf("input_cache_write", labels),
  }));
}
