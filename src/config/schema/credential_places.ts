import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { later } from "../reference_keys.ts";
import { HeaderName } from "./headers.ts";
import { Text } from "./text.ts";

const PREFIX = "must be a string that is legal in an HTTP header";

/** A header that carries a credential; the descriptions are of the place and of its prefix. */
export const headerPlace = (description: string, prefix: string) =>
  v.pipe(
    closedObject({
      name: v.pipe(HeaderName, v.description("Name of the header.")),
      prefix: v.exactOptional(v.pipe(
        v.string(PREFIX),
        v.check((text) => /^[\x20-\x7e]*$/.test(text), PREFIX),
        v.description(prefix),
      )),
    }, later("AuthorizationLocation.header")),
    v.description(description),
  );

/** A query parameter that carries a credential. */
export const queryPlace = (description: string) =>
  v.pipe(
    closedObject({
      name: v.pipe(Text, v.description("Name of the query parameter.")),
    }, later("AuthorizationLocation.queryParameter")),
    v.description(description),
  );

/** A cookie that carries a credential. */
export const cookiePlace = (description: string) =>
  v.pipe(
    closedObject({
      name: v.pipe(HeaderName, v.description("Name of the cookie.")),
    }, later("AuthorizationLocation.cookie")),
    v.description(description),
  );
