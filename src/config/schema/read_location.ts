import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf } from "./checks.ts";
import { cookiePlace, headerPlace, queryPlace } from "./credential_places.ts";
import { Text } from "./text.ts";

/** Where a client's request carries its credential; unlike `AuthLocation` it is only read. */
export const ReadLocation = v.pipe(
  closedObject({
    header: v.exactOptional(headerPlace(
      "Read it from a header.",
      'What stands before the credential, such as "Bearer ", in any case.',
    )),
    queryParameter: v.exactOptional(queryPlace("Read it from the query.")),
    cookie: v.exactOptional(cookiePlace("Read it from a cookie.")),
    expression: v.exactOptional(v.pipe(
      Text,
      v.description("Read it by a CEL expression; what it reads stays in the request."),
    )),
  }, later("AuthorizationLocation")),
  exactlyOneOf(["header", "queryParameter", "cookie", "expression"]),
);

/** A place as it is written. */
export type ReadLocationConfig = Immutable<v.InferOutput<typeof ReadLocation>>;
