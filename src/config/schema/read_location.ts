import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf } from "./checks.ts";
import { HeaderName } from "./headers.ts";
import { Text } from "./text.ts";

const PREFIX = "must be a string that is legal in an HTTP header";

/** Where a client's request carries its credential; unlike `AuthLocation` it is only read. */
export const ReadLocation = v.pipe(
  closedObject({
    header: v.exactOptional(v.pipe(
      closedObject({
        name: v.pipe(HeaderName, v.description("Name of the header.")),
        prefix: v.exactOptional(v.pipe(
          v.string(PREFIX),
          v.check((text) => /^[\x20-\x7e]*$/.test(text), PREFIX),
          v.description('What stands before the credential, such as "Bearer ", in any case.'),
        )),
      }, later("AuthorizationLocation.header")),
      v.description("Read it from a header."),
    )),
    queryParameter: v.exactOptional(v.pipe(
      closedObject({
        name: v.pipe(Text, v.description("Name of the query parameter.")),
      }, later("AuthorizationLocation.queryParameter")),
      v.description("Read it from the query."),
    )),
    cookie: v.exactOptional(v.pipe(
      closedObject({
        name: v.pipe(HeaderName, v.description("Name of the cookie.")),
      }, later("AuthorizationLocation.cookie")),
      v.description("Read it from a cookie."),
    )),
    expression: v.exactOptional(v.pipe(
      Text,
      v.description("Read it by a CEL expression; what it reads stays in the request."),
    )),
  }, later("AuthorizationLocation")),
  exactlyOneOf(["header", "queryParameter", "cookie", "expression"]),
);

/** A place as it is written. */
export type ReadLocationConfig = Immutable<v.InferOutput<typeof ReadLocation>>;
