import { lossesHeader } from "../chat/losses.ts";
import type { Facts, FactsObserver, LlmFacts } from "../gateway/facts.ts";
import type { LogFormat } from "./log.ts";
import type { LogLevels } from "./log_levels.ts";
import { jsonValue, type LogValue, quoted, textValue } from "./log_values.ts";
import { maskedPath } from "./masked_path.ts";
import { secondsPerOutputToken, secondsToFirstToken } from "./token_times.ts";
import { createTimestamps } from "./timestamp.ts";

/** The scope of access log lines; `request=off` in the log levels silences them. */
export const ACCESS_LOG_SCOPE = "request";

interface AccessLogOptions {
  readonly format: LogFormat;
  readonly levels: LogLevels;
  /** Takes one line without its end. */
  readonly write: (line: string) => void;
}

/** Writes one line per request, with the fields and the order of the reference. */
export function accessLog({ format, levels, write }: AccessLogOptions): FactsObserver {
  const layout = format === "json" ? JSON_LAYOUT : TEXT_LAYOUT;
  const timestamp = createTimestamps();
  return {
    settled(facts) {
      if (!levels.enabled("info", ACCESS_LOG_SCOPE)) return;
      const endedAtEpochMs = facts.startedAtEpochMs + (facts.endedMs - facts.startedMs);
      let line = layout.start(timestamp(endedAtEpochMs));
      for (const [key, valueOf] of FIELDS) {
        const value = valueOf(facts, facts.llm);
        if (value !== undefined) line += layout.field(key, value);
      }
      write(line + layout.end);
    },
  };
}

interface Layout {
  start(time: string): string;
  field(key: string, value: LogValue): string;
  readonly end: string;
}

const TEXT_LAYOUT: Layout = {
  start: (time) => `${time}\tinfo\t${ACCESS_LOG_SCOPE}`,
  field: (key, value) => ` ${key}=${key === "error" ? quoted(`${value}`) : textValue(value)}`,
  end: "",
};

const JSON_LAYOUT: Layout = {
  start: (time) => `{"level":"info","time":"${time}","scope":"${ACCESS_LOG_SCOPE}"`,
  field: (key, value) => `,"${key}":${jsonValue(value)}`,
  end: "}",
};

type ValueOf = (facts: Facts, llm: LlmFacts | undefined) => LogValue | undefined;

/** All fields in their order; what is undefined for a request is left out of its line. */
const FIELDS: readonly (readonly [key: string, valueOf: ValueOf])[] = [
  ["gateway", (facts) => facts.gateway],
  ["listener", (facts) => facts.listener],
  ["route_rule", (facts) => facts.routeRule],
  ["route", (facts) => facts.route],
  ["endpoint", (facts) => facts.endpoint],
  ["src.addr", (facts) => facts.peer],
  ["http.method", (facts) => facts.method],
  ["http.host", (facts) => facts.host],
  ["http.path", (facts) => maskedPath(facts.path)],
  ["http.version", (facts) => facts.httpVersion],
  ["http.status", (facts) => facts.status],
  ["protocol", (facts) => facts.protocol],
  ["gen_ai.operation.name", (_, llm) => llm?.operation],
  ["gen_ai.provider.name", (_, llm) => llm?.provider],
  ["gen_ai.request.model", (_, llm) => llm?.requestModel],
  ["gen_ai.response.model", (_, llm) => llm?.responseModel],
  ["gen_ai.usage.input_tokens", (_, llm) => llm?.usage?.inputTokens],
  ["gen_ai.usage.cache_creation.input_tokens", (_, llm) => llm?.usage?.cacheWriteTokens],
  ["gen_ai.usage.cache_read.input_tokens", (_, llm) => llm?.usage?.cacheReadTokens],
  ["gen_ai.usage.output_tokens", (_, llm) => llm?.usage?.outputTokens],
  ["gen_ai.usage.reasoning_tokens", (_, llm) => llm?.usage?.reasoningTokens],
  ["usage_source", (_, llm) => llm?.usageSource],
  ["translation", (_, llm) => shownLosses(llm)],
  ["agw.ai.time_to_first_token", (facts) => roundedSeconds(secondsToFirstToken(facts))],
  ["agw.ai.time_per_output_token", (facts) => roundedSeconds(secondsPerOutputToken(facts))],
  ["gen_ai.request.temperature", (_, llm) => llm?.parameters.temperature],
  ["gen_ai.request.top_p", (_, llm) => llm?.parameters.topP],
  ["gen_ai.request.max_tokens", (_, llm) => llm?.parameters.maxTokens],
  ["gen_ai.request.frequency_penalty", (_, llm) => llm?.parameters.frequencyPenalty],
  ["gen_ai.request.presence_penalty", (_, llm) => llm?.parameters.presencePenalty],
  ["gen_ai.request.seed", (_, llm) => llm?.parameters.seed],
  ["error", (facts) => facts.error],
  ["reason", (facts) => facts.reason === "Upstream" ? undefined : facts.reason],
  ["attempts", (facts) => shownAttempts(facts)],
  ["duration", (facts) => `${Math.trunc(facts.endedMs - facts.startedMs)}ms`],
];

function shownLosses(llm: LlmFacts | undefined): string | undefined {
  return llm === undefined || llm.losses.length === 0 ? undefined : lossesHeader(llm.losses);
}

/** Who was asked and with what status each answered, `-` where there was no answer. */
function shownAttempts({ attempts }: Facts): string | undefined {
  return attempts?.map(({ backend, status = "-" }) => `${backend}:${status}`).join(",");
}

/** To the microsecond, which is as fine as the clock. */
function roundedSeconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1e6) / 1e6;
}
