import type { Variables } from "../../cel/expression.ts";

/** How a call to a target ended. */
export interface Outcome {
  /**
   * Undefined where the upstream gave no answer: a connection that failed, a deadline. An error
   * hidden in a stream that began with 200 counts as the status that it stands for.
   */
  readonly status: number | undefined;
  /** Of the answer; they may say when to come back. */
  readonly headers?: Headers | undefined;
  /** From the call to the end of its answer. */
  readonly durationMs: number;
  /**
   * Whether the call says nothing about the target: a client that left, a client's own credential
   * that was refused.
   */
  readonly neutral?: boolean | undefined;
  /** The wait of the route's retry policy, which may be the length of an eviction. */
  readonly retryBackoffMs?: number | undefined;
  /** What the unhealthy expression sees; `response` is missing where there was none. */
  readonly variables: () => Variables;
}
