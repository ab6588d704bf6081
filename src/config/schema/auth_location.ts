import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf } from "./checks.ts";
import { HeaderName } from "./headers.ts";
import { Text } from "./text.ts";

const PREFIX = "must be a string that is legal in an HTTP header";

/** Where a request carries a secret. */
export const AuthLocation = v.pipe(
  closedObject({
    header: v.exactOptional(v.pipe(
      closedObject({
        name: v.pipe(HeaderName, v.description("Name of the header.")),
        prefix: v.exactOptional(v.pipe(
          v.string(PREFIX),
          v.check((text) => /^[\x20-\x7e]*$/.test(text), PREFIX),
          v.description('What stands before the secret, such as "Bearer ".'),
        )),
      }, later("AuthorizationLocation.header")),
      v.description("Send it in a header."),
    )),
    queryParameter: v.exactOptional(v.pipe(
      closedObject({
        name: v.pipe(Text, v.description("Name of the query parameter.")),
      }, later("AuthorizationLocation.queryParameter")),
      v.description("Send it in the query."),
    )),
    cookie: v.exactOptional(v.pipe(
      closedObject({
        name: v.pipe(HeaderName, v.description("Name of the cookie.")),
      }, later("AuthorizationLocation.cookie")),
      v.description("Send it in a cookie."),
    )),
  }, later("AuthorizationLocation")),
  exactlyOneOf(["header", "queryParameter", "cookie"]),
);
