import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { Server } from "./server.ts";

const FRACTION = "expected a number from 0 to 1";

/** Sends copies of requests to another server. */
export const RequestMirror = closedObject({
  backend: v.pipe(Server, v.description("The server that gets the copies.")),
  percentage: v.pipe(
    v.number(FRACTION),
    v.minValue(0, FRACTION),
    v.maxValue(1, FRACTION),
    v.description("The share of requests that are copied, from 0 to 1."),
  ),
}, later("RequestMirror"));

/** A mirror as it is written. */
export type RequestMirrorConfig = Immutable<v.InferOutput<typeof RequestMirror>>;
