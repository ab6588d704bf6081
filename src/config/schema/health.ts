import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { wholeNumber } from "./address.ts";
import { LongDuration } from "./text.ts";

const FRACTION = "expected a number from 0 to 1";

const Fraction = v.pipe(
  v.number(FRACTION),
  v.minValue(0, FRACTION),
  v.maxValue(1, FRACTION),
);

const Eviction = closedObject({
  duration: v.exactOptional(v.pipe(
    LongDuration,
    v.description(
      "How long it is left out the first time; without it as long as the provider's rate limit " +
        "says, else as long as the route's retry waits, else 3s. The next time it is twice as " +
        "long, then three times, until a call succeeds.",
    ),
  )),
  restoreHealth: v.exactOptional(v.pipe(
    Fraction,
    v.description("The health it comes back with; by default the one it left with."),
  )),
  consecutiveFailures: v.exactOptional(v.pipe(
    wholeNumber(1),
    v.description("Leave it out when so many calls in a row have failed."),
  )),
  healthThreshold: v.exactOptional(v.pipe(
    Fraction,
    v.description("Leave it out when a call fails and the health before it was below this."),
  )),
}, later("LocalEviction"));

/** When a target counts as unhealthy, and how long it is left out then. */
export const HealthPolicy = v.pipe(
  closedObject({
    unhealthyExpression: v.exactOptional(v.pipe(
      v.string(),
      v.description(
        "CEL: whether a call has failed, by `response` and `llm`; in place of the default, which " +
          "is no answer, or a status of 500 or more.",
      ),
    )),
    eviction: v.exactOptional(v.pipe(
      Eviction,
      v.description("When failures leave it out; without any number below, at each of them."),
    )),
  }, later("LocalHealthPolicy")),
  v.description("When it counts as unhealthy, and how long it is left out then."),
);

/** A health policy as it is written. */
export type HealthConfig = Immutable<v.InferOutput<typeof HealthPolicy>>;
