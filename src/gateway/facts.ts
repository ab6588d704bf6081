import type { ApiName, Operation, RequestParameters } from "../apis/api.ts";
import type { Loss } from "../chat/losses.ts";
import type { Usage, UsageSource } from "../chat/usage.ts";

import type { Cost } from "../cost/price_of.ts";
import type { Reason } from "../errors.ts";

/**
 * What is known of one request, filled on its way and read once, when its last byte has gone.
 *
 * Instants are milliseconds of the monotonic clock unless they say otherwise.
 */
export interface Facts {
  readonly startedAtEpochMs: number;
  readonly startedMs: number;
  endedMs: number;

  /** Where it arrived: `bind/4000`, `default/default`, `llm`, `internal/llm:request`. */
  readonly bind: string;
  readonly gateway: string;
  listener?: string;
  route?: string;
  routeRule?: string;

  readonly peer: string;
  readonly method: string;
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  readonly httpVersion: string;

  /** The status the client saw; 499 when it left before the end. */
  status: number;
  reason: Reason;
  error?: string;
  ending: Ending;
  responseBytes: number;

  protocol: "http" | "llm";
  /** The backend's name in the config. */
  backend?: string;
  /** The upstream's `host:port`. */
  endpoint?: string;
  upstreamSentMs?: number;
  upstreamHeadersMs?: number;
  responseReadyMs?: number;

  /** The tries that were made, where there was more than one, in their order. */
  attempts?: readonly AttemptFacts[];

  llm?: LlmFacts;
}

/** One try to have a request answered. */
export interface AttemptFacts {
  /** The target's name in the config. */
  readonly backend: string;
  readonly endpoint?: string | undefined;
  /** The upstream's status; none where it gave no answer. */
  readonly status?: number | undefined;
  /** Why it failed, if it did. */
  readonly error?: string | undefined;
  readonly durationMs: number;
}

/** How a request came to its end. */
export type Ending = "finished" | "refused" | "client-gone" | "upstream-cut";

/** What is known of a request to a model. */
export interface LlmFacts {
  readonly operation: Operation;
  /** The API that the client speaks; `detect` where it was not asked. */
  readonly clientApi: ApiName | "detect";
  /** The API that the provider is spoken to in; none where the gateway answers itself. */
  upstreamApi?: ApiName;
  readonly provider: string;
  readonly requestModel: string;
  readonly parameters: RequestParameters;
  readonly streaming: boolean;
  /** Tokens of the prompt, where they were counted before the call. */
  promptTokens?: number | undefined;
  /** Set when the upstream answered with success; until then nothing was consumed. */
  answered: boolean;
  responseModel?: string;
  usage?: Usage;
  usageSource?: UsageSource;
  firstTokenMs?: number;
  /** What it cost, in USD, where the catalog has a price. */
  cost?: Cost;
  /** What the translation could not carry; it may still grow while an answer is read. */
  losses: readonly Loss[];
}

/** Is told of every request exactly once, at its end, whatever the end was. */
export interface FactsObserver {
  settled(facts: Facts): void;
}
