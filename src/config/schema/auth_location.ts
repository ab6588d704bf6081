import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf } from "./checks.ts";
import { cookiePlace, headerPlace, queryPlace } from "./credential_places.ts";

/** Where a request carries a secret. */
export const AuthLocation = v.pipe(
  closedObject({
    header: v.exactOptional(headerPlace(
      "Send it in a header.",
      'What stands before the secret, such as "Bearer ".',
    )),
    queryParameter: v.exactOptional(queryPlace("Send it in the query.")),
    cookie: v.exactOptional(cookiePlace("Send it in a cookie.")),
  }, later("AuthorizationLocation")),
  exactlyOneOf(["header", "queryParameter", "cookie"]),
);
