import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { mapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { headerExpressions } from "./header_expressions.ts";
import { HeaderName } from "./headers.ts";
import { Text } from "./text.ts";

const REQUEST_PSEUDO_HEADERS = [":method", ":path", ":authority", ":scheme"];
const RESPONSE_PSEUDO_HEADERS = [":status"];

const RequestTransform = transform(REQUEST_PSEUDO_HEADERS);
const ResponseTransform = transform(RESPONSE_PSEUDO_HEADERS);

/** Changes of requests and responses whose values are CEL expressions. */
export const Transformations = closedObject({
  request: v.exactOptional(v.pipe(
    RequestTransform,
    v.description("Changes of requests, before they are routed on."),
  )),
  response: v.exactOptional(v.pipe(
    ResponseTransform,
    v.description("Changes of responses, before the client gets them."),
  )),
}, later("LocalTransformationConfig"));

/** A transformation as it is written. */
export type TransformationsConfig = Immutable<v.InferOutput<typeof Transformations>>;

/** One side of it as it is written. */
export type TransformConfig = Immutable<v.InferOutput<typeof RequestTransform>>;

function transform(pseudoHeaders: readonly string[]) {
  const names = pseudoHeaders.map((name) => `\`${name}\``).join(", ");
  return closedObject({
    metadata: v.exactOptional(v.pipe(
      mapping(v.string(), Text),
      v.description("Values for later expressions to see as `metadata.<name>`: CEL by name."),
    )),
    replace: v.exactOptional(v.pipe(
      Text,
      v.description(
        "A CEL expression for a map of all headers, which take the place of those there are; a " +
          "list is a repeated header.",
      ),
    )),
    add: v.exactOptional(v.pipe(
      headerExpressions(pseudoHeaders),
      v.description("Headers to add beside those that are there: CEL by name."),
    )),
    set: v.exactOptional(v.pipe(
      headerExpressions(pseudoHeaders),
      v.description(`Headers to set in place of those of the name: CEL by name; also ${names}.`),
    )),
    remove: v.exactOptional(v.pipe(
      v.array(HeaderName),
      v.description("Names of headers to drop."),
    )),
    body: v.exactOptional(v.pipe(
      Text,
      v.description("A CEL expression for the body; what is no text is written as JSON."),
    )),
  }, later("LocalTransform"));
}
