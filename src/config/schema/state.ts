import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { Text } from "./text.ts";

/** What the gateway remembers over a restart. */
export const State = closedObject({
  file: v.exactOptional(v.pipe(
    Text,
    v.description(
      "Where the sums of budgets are kept; by default agentgateway-state.jsonl, in the service " +
        "manager's STATE_DIRECTORY or else in the working directory.",
    ),
  )),
}, []);

/** The settings as they are written. */
export type StateConfig = Immutable<v.InferOutput<typeof State>>;
