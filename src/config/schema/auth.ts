import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { isMapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf } from "./checks.ts";
import { decidedUnion } from "./decided_union.ts";
import { HeaderName } from "./headers.ts";
import { Secret } from "./secret.ts";
import { Text } from "./text.ts";

const PREFIX = "must be a string that is legal in an HTTP header";

const Location = v.pipe(
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

const PlacedSecret = closedObject({
  value: v.pipe(Secret, v.description("The secret: a string, or {file: path}.")),
  location: v.exactOptional(v.pipe(
    Location,
    v.description("Where the request carries it; by default as a bearer token."),
  )),
}, later("BackendAuth.key"));

const Key = decidedUnion(
  [Secret, PlacedSecret],
  (input) => {
    if (typeof input === "string") return Secret;
    if (!isMapping(input)) return undefined;
    if (Object.hasOwn(input, "value")) return PlacedSecret;
    return Object.hasOwn(input, "file") ? Secret : undefined;
  },
  "must be a string, {file: path} or {value: ...}",
);

/** How the gateway shows an upstream who it is. */
export const BackendAuth = v.pipe(
  closedObject({
    key: v.exactOptional(v.pipe(
      Key,
      v.description("A secret to send: a string, {file: path}, or {value: ..., location: ...}."),
    )),
    passthrough: v.exactOptional(v.pipe(
      closedObject({}, later("BackendAuth.passthrough")),
      v.description("Send the client's own credential on."),
    )),
  }, later("BackendAuthCompat")),
  exactlyOneOf(["key", "passthrough"]),
);
