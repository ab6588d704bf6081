import type { Expression } from "../../cel/expression.ts";
import type { Outcome } from "./outcome.ts";
import { rateLimitHintMs } from "./rate_limit_hint.ts";
import type { HealthState } from "./state.ts";

/** A health policy, compiled. */
export interface HealthRules {
  /** Whether a call has failed. */
  readonly isFailure: (outcome: Outcome) => boolean;
  readonly eviction: EvictionRules;
}

/** When failures leave a target out, and for how long; without a threshold each of them does. */
export interface EvictionRules {
  readonly durationMs?: number | undefined;
  /** Where neither the policy, nor the provider, nor a retry policy gives a duration. */
  readonly fallbackMs?: number | undefined;
  /** An eviction is never longer. */
  readonly longestMs?: number | undefined;
  readonly restoreHealth?: number | undefined;
  readonly consecutiveFailures?: number | undefined;
  readonly healthThreshold?: number | undefined;
}

/** The duration of the reference where there is nothing to take one from. */
export const FALLBACK_MS = 3_000;

/** Failures in a row after which a target without a policy is left out. */
const DEFAULT_FAILURES = 3;

/** The longest that a target without a policy is left out. */
const DEFAULT_LONGEST_MS = 60_000;

/**
 * Statuses below 500 that say that a provider, or the account there, does not work. 404 and 409 are
 * not among them: the request itself may be what they are about.
 */
const ACCOUNT_STATUSES: ReadonlySet<number> = new Set([401, 402, 403, 408, 424, 429]);

/** The rules of targets that have others beside them, but no health policy. */
export const DEFAULT_RULES: HealthRules = {
  isFailure: (outcome) =>
    isServerFailure(outcome) ||
    (outcome.status !== undefined && ACCOUNT_STATUSES.has(outcome.status)),
  eviction: {
    consecutiveFailures: DEFAULT_FAILURES,
    fallbackMs: FALLBACK_MS,
    longestMs: DEFAULT_LONGEST_MS,
  },
};

/** What is a failure where no expression says it: no answer, a 5xx, a gRPC status. */
export function isServerFailure({ status, headers }: Outcome): boolean {
  if (status === undefined || status >= 500) return true;
  const grpcStatus = headers?.get("grpc-status") ?? "0";
  return grpcStatus !== "0";
}

/** What is a failure where an expression says it, which then also has to speak of no answer. */
export function failureBy(unhealthy: Expression): HealthRules["isFailure"] {
  return (outcome) => unhealthy.test(outcome.variables());
}

/** A failure that has been counted in the state, and what it was before. */
interface Failure {
  readonly outcome: Outcome;
  readonly state: HealthState;
  readonly healthBefore: number;
  readonly epochMs: number;
}

/** How long a failure leaves its target out; undefined if it does not. */
export function evictionMs(rules: EvictionRules, failure: Failure): number | undefined {
  const { outcome, state, epochMs } = failure;
  if (!isOverThreshold(rules, failure)) return undefined;
  const { status, headers } = outcome;
  const hintMs = () => {
    return status === 429 && headers !== undefined ? rateLimitHintMs(headers, epochMs) : undefined;
  };
  const baseMs = rules.durationMs ?? hintMs() ?? outcome.retryBackoffMs ?? rules.fallbackMs;
  if (baseMs === undefined) return undefined;
  return Math.min(baseMs * (state.timesEvicted + 1), rules.longestMs ?? Infinity);
}

function isOverThreshold(
  { consecutiveFailures, healthThreshold }: EvictionRules,
  { state, healthBefore }: Failure,
): boolean {
  if (consecutiveFailures === undefined && healthThreshold === undefined) return true;
  return state.failuresInARow >= (consecutiveFailures ?? Infinity) ||
    healthBefore < (healthThreshold ?? 0);
}
