import type { Expression } from "../cel/expression.ts";

/** When a request that failed is tried again. */
export interface RetryPlan {
  /** Tries in all; without it, one for each target. */
  readonly triesMax?: number | undefined;
  /** The statuses of answers, and of errors in place of answers, that another try may mend. */
  readonly codes: ReadonlySet<number>;
  /** Further answers that another try may mend. */
  readonly condition?: Expression | undefined;
  /** Requests that may be tried again at all. */
  readonly precondition?: Expression | undefined;
  /** The wait before another try of the same target, in milliseconds. */
  readonly backoffMs: number;
  /** The longest wait that an upstream may ask for; if it asks for more, its answer stands. */
  readonly retryAfterMsMax: number;
  /** How long one try may take until the head of its answer. */
  readonly headMsMax?: number | undefined;
  /** How long one try may take until the first content of a stream. */
  readonly firstContentMsMax?: number | undefined;
}

/** How long parts of an exchange may take, in milliseconds. */
export interface Timeouts {
  /** From the client's request to the last byte of the answer. */
  readonly requestMsMax?: number | undefined;
  /** One try, until the head of the upstream's answer. */
  readonly headMsMax?: number | undefined;
  /** One try, until the first content of a stream. */
  readonly firstContentMsMax?: number | undefined;
  /** The silence of an upstream within a stream. */
  readonly idleMsMax?: number | undefined;
}
