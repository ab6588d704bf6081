import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { wholeNumber } from "./address.ts";
import { Duration, Text } from "./text.ts";

const STATUS_MAX = 599;
const ATTEMPTS_MAX = 255;

/** When a request that failed is sent again. */
export const Retry = closedObject({
  attempts: v.exactOptional(
    v.pipe(
      wholeNumber(0, ATTEMPTS_MAX),
      v.description("How often a request is sent again, beside the first time."),
    ),
    1,
  ),
  codes: v.pipe(
    v.array(wholeNumber(100, STATUS_MAX)),
    v.description("Statuses that are tried again; no answer at all always is. May be empty."),
  ),
  backoff: v.exactOptional(v.pipe(
    Duration,
    v.description("The wait before each further try."),
  )),
  retryAfterMax: v.exactOptional(
    v.pipe(
      Duration,
      v.description(
        "The longest wait that an upstream may ask for in retry-after; where it asks for more, " +
          "and there is no other target, its answer goes to the client.",
      ),
    ),
    "5s",
  ),
  precondition: v.exactOptional(v.pipe(
    Text,
    v.description("CEL: whether a request may be sent again at all."),
  )),
  condition: v.exactOptional(v.pipe(
    Text,
    v.description("CEL: further answers that are tried again, by `response`."),
  )),
}, later("RetryPolicy"));

/** The policy as it is written. */
export type RetryConfig = Immutable<v.InferOutput<typeof Retry>>;
