import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { wholeNumber } from "./address.ts";
import { keyCheck } from "./checks.ts";
import { LongDuration, Text } from "./text.ts";

/** The members of a bucket that many clients may share or a client has alone. */
export const bucketEntries = {
  maxTokens: v.exactOptional(
    v.pipe(wholeNumber(0), v.description("What the bucket holds, and begins with.")),
    0,
  ),
  tokensPerFill: v.exactOptional(
    v.pipe(
      wholeNumber(0),
      v.description("What is added at the end of every interval, up to maxTokens."),
    ),
    0,
  ),
  fillInterval: v.pipe(
    LongDuration,
    v.description('How often the bucket is refilled, in steps of whole intervals: "60s".'),
  ),
  type: v.exactOptional(
    v.pipe(
      closedWords(["requests", "tokens"]),
      v.description(
        "What is counted: each request as one, or the tokens that a model reads and writes.",
      ),
    ),
    "requests",
  ),
};

/** The members of one entry of `localRateLimit`, to be spread into an object. */
export const rateLimitEntries = {
  ...bucketEntries,
  key: v.exactOptional(v.pipe(
    Text,
    v.description(
      "CEL: gives every value of the expression a bucket of its own; requests for which it has " +
        "no value share one.",
    ),
  )),
};

/** Refuses a bucket that is filled with more than it holds. */
export function fillWithinMax<Input extends object>() {
  return keyCheck<Input>(({ maxTokens, tokensPerFill }) => {
    const most = maxTokens ?? 0;
    if (!isCount(most) || !isCount(tokensPerFill) || tokensPerFill <= most) return [];
    const message = `must not be more than maxTokens, which is ${most}`;
    return [{ path: ["tokensPerFill"], message }];
  });
}

/** What is no count has an issue of its own. */
function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** One limit. */
export const RateLimit = v.pipe(
  closedObject(rateLimitEntries, later("RateLimitSpec")),
  fillWithinMax(),
);

/** Limits that hold all at once. */
export const LocalRateLimit = v.array(RateLimit);

/** A limit as it is written; its defaults are filled in. */
export type RateLimitConfig = Immutable<v.InferOutput<typeof RateLimit>>;
