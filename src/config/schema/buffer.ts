import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { wholeNumber } from "./address.ts";

const BufferBody = closedObject({
  maxBytes: v.exactOptional(v.pipe(
    wholeNumber(0),
    v.description(
      "The largest body, in bytes; by default frontendPolicies.http.maxBufferSize, which is also " +
        "the most.",
    ),
  )),
  failureMode: v.exactOptional(
    v.pipe(
      closedWords(["failClosed", "failOpen"]),
      v.description("Whether a larger body is refused, or goes on without having been gathered."),
    ),
    "failClosed",
  ),
}, later("BufferBody"));

/** Gathers bodies whole before they go on. */
export const Buffer = closedObject({
  request: v.exactOptional(v.pipe(
    BufferBody,
    v.description("Gather the body of a request before it is forwarded."),
  )),
  response: v.exactOptional(v.pipe(
    BufferBody,
    v.description("Gather the body of a response before the client gets it; streams too."),
  )),
}, later("Buffer"));

/** A buffer as it is written. */
export type BufferConfig = Immutable<v.InferOutput<typeof Buffer>>;
