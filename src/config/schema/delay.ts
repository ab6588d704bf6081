import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { Text } from "./text.ts";

/** Lets requests wait before they go on. */
export const Delay = closedObject({
  duration: v.pipe(
    Text,
    v.description(
      'How long: a duration such as "250ms", or a CEL expression for a duration or for a number ' +
        "of milliseconds.",
    ),
  ),
}, later("DelayPolicy"));

/** A delay as it is written. */
export type DelayConfig = Immutable<v.InferOutput<typeof Delay>>;
