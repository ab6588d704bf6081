import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { KeyBudget } from "./budgets.ts";
import { bucketEntries, fillWithinMax } from "./local_rate_limit.ts";

const KeyRateLimit = v.pipe(
  closedObject(bucketEntries, later("RateLimitSpec")),
  fillWithinMax(),
);

/** What one API key may use, to be spread into each entry of `apiKey.keys`. */
export const keyLimitEntries = {
  rateLimits: v.exactOptional(v.pipe(
    v.array(KeyRateLimit),
    v.description("Limits of the key's rate of requests or tokens; all hold at once."),
  )),
  budgets: v.exactOptional(v.pipe(
    v.array(KeyBudget),
    v.description("What the key may spend in a period; all hold at once."),
  )),
};

/** The limits of one API key, with where they are written. */
export interface KeyLimitsConfig {
  readonly rateLimits?: readonly Immutable<v.InferOutput<typeof KeyRateLimit>>[];
  readonly budgets?: readonly Immutable<v.InferOutput<typeof KeyBudget>>[];
}
