import { exponentialBuckets } from "prom-client";

/** Upper bounds of a histogram's buckets, ascending; the infinite one goes without saying. */
export type Buckets = readonly number[];

/** Tokens of one kind in one request: 1 to 67,108,864. */
export const TOKENS: Buckets = exponentialBuckets(1, 4, 14);

/** Seconds that a model takes for an answer: 0.01 to 81.92. */
export const ANSWER_SECONDS: Buckets = exponentialBuckets(0.01, 2, 14);

// deno-fmt-ignore
/** Seconds between two tokens. */
export const TOKEN_SECONDS: Buckets = [
  0.001, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5,
];

// deno-fmt-ignore
/** Seconds to the first token. */
export const FIRST_TOKEN_SECONDS: Buckets = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

// deno-fmt-ignore
/** Seconds of an HTTP exchange. */
export const HTTP_SECONDS: Buckets = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 80,
];

// deno-fmt-ignore
/** Seconds of the gateway's own work. */
export const PROCESSING_SECONDS: Buckets = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25,
];
