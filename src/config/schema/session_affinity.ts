import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { Text } from "./text.ts";

/** What keeps the requests of one session at one target. */
export const SessionAffinity = v.pipe(
  closedObject({
    source: v.pipe(
      Text,
      v.description(
        'CEL: the text by which requests belong together, such as `request.headers["x-session"]`.',
      ),
    ),
  }, later("SessionAffinityPolicy")),
  v.description("Keeps requests that belong together at the same provider of a group."),
);

/** A session affinity as it is written. */
export type SessionAffinityConfig = Immutable<v.InferOutput<typeof SessionAffinity>>;
