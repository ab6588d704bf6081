import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { wholeNumber } from "./address.ts";
import { keyCheck, notTogether } from "./checks.ts";
import { unionByShape } from "./decided_union.ts";
import { headerExpressions } from "./header_expressions.ts";
import { Text } from "./text.ts";

/** Statuses of answers that have no body. */
const BODILESS: readonly unknown[] = [204, 205, 304];

/** Answers requests without any backend. */
export const DirectResponse = v.pipe(
  closedObject({
    status: v.pipe(wholeNumber(200, 599), v.description("The status of the answer.")),
    body: v.exactOptional(v.pipe(
      unionByShape(
        [v.string(), v.array(wholeNumber(0, 255))],
        "expected a text or a list of bytes",
      ),
      v.description("The body, as a text or as a list of bytes."),
    )),
    bodyExpression: v.exactOptional(v.pipe(
      Text,
      v.description("A CEL expression for the body; what is no text is written as JSON."),
    )),
    headers: v.exactOptional(v.pipe(
      headerExpressions(),
      v.description("Headers of the answer: CEL by name."),
    )),
  }, later("DirectResponse")),
  notTogether("body", "bodyExpression", "an answer has one body"),
  keyCheck((value) =>
    ["body", "bodyExpression"]
      .filter((key) => BODILESS.includes(value.status) && Object.hasOwn(value, key))
      .map((key) => ({ path: [key], message: `an answer of status ${value.status} has no body` }))
  ),
);

/** A direct response as it is written. */
export type DirectResponseConfig = Immutable<v.InferOutput<typeof DirectResponse>>;
