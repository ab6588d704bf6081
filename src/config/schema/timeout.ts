import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { LongDuration } from "./text.ts";

/** How long parts of an exchange may take. */
export const Timeout = closedObject({
  requestTimeout: v.exactOptional(v.pipe(
    LongDuration,
    v.description("The whole exchange, to the last byte of the answer."),
  )),
  backendRequestTimeout: v.exactOptional(v.pipe(
    LongDuration,
    v.description("One try, until the head of the upstream's answer."),
  )),
  firstTokenTimeout: v.exactOptional(v.pipe(
    LongDuration,
    v.description("One try, until the first content of a streamed answer."),
  )),
  streamIdleTimeout: v.exactOptional(v.pipe(
    LongDuration,
    v.description("The silence of an upstream within a streamed answer."),
  )),
}, later("TimeoutPolicy"));

/** The times as they are written. */
export type TimeoutConfig = Immutable<v.InferOutput<typeof Timeout>>;
