import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf } from "./checks.ts";
import { unionByShape } from "./decided_union.ts";
import { Text } from "./text.ts";

const Rule = unionByShape(
  [
    Text,
    v.pipe(
      closedObject({
        allow: v.exactOptional(v.pipe(
          Text,
          v.description("CEL; where rules of this kind exist, one of them must be true."),
        )),
        deny: v.exactOptional(v.pipe(
          Text,
          v.description("CEL; refuses where it is true. One that fails refuses nothing."),
        )),
        require: v.exactOptional(v.pipe(Text, v.description("CEL; refuses where it is not true."))),
      }),
      exactlyOneOf(["allow", "deny", "require"]),
    ),
  ],
  "must be a CEL expression, or one under allow, deny or require",
);

/** Who may do what, by rules in CEL. */
export const AuthorizationPolicy = closedObject({
  rules: v.pipe(
    v.array(Rule),
    v.description("The rules, in no order; a plain text is one that allows."),
  ),
}, later("RuleSet"));

/** The policy as it is written. */
export type AuthorizationConfig = Immutable<v.InferOutput<typeof AuthorizationPolicy>>;
