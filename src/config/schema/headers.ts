import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { mapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";

const NAME = "must be a header name: letters, digits and -";

/** The name of an HTTP header. */
export const HeaderName = v.pipe(
  v.string(NAME),
  v.check((text) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text), NAME),
);

const VALUE = "must be a string that is legal in an HTTP header";

/** Values to send, by header name; they may be credentials, so that no message quotes them. */
export const HeaderValues = mapping(
  HeaderName,
  v.pipe(
    v.string(VALUE),
    v.check((text) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text), VALUE),
  ),
);

/** Changes to the headers of a message. */
export const HeaderModifier = closedObject({
  add: v.exactOptional(v.pipe(
    HeaderValues,
    v.description("Headers to add beside those that are there."),
  )),
  set: v.exactOptional(v.pipe(
    HeaderValues,
    v.description("Headers to set in place of those of the same name."),
  )),
  remove: v.exactOptional(v.pipe(
    v.array(HeaderName),
    v.description("Names of headers to drop."),
  )),
}, later("HeaderModifier"));
