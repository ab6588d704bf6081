import * as v from "valibot";
import { mapping } from "../../lib/mapping.ts";
import { HeaderName } from "./headers.ts";
import { Text } from "./text.ts";

/** Headers that say how a message is framed; one that contradicts the framing is an attack. */
const FRAMING = [
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

const OWN = "the gateway writes this header itself";

/** The name of a header that an expression may give a value; `host` only where it is allowed. */
export function settableHeader(pseudoHeaders: readonly string[]) {
  const also = pseudoHeaders.length === 0 ? "" : `, or ${pseudoHeaders.join(", ")}`;
  const message = `must be a header name: letters, digits and -${also}`;
  const isPseudo = (text: string) => pseudoHeaders.includes(text);
  return v.pipe(
    v.string(message),
    v.check((text) => isPseudo(text) || v.is(HeaderName, text), message),
    v.check((text) => !FRAMING.includes(text.toLowerCase()), OWN),
    v.check(
      (text) => text.toLowerCase() !== "host",
      pseudoHeaders.includes(":authority") ? "set :authority in its place" : OWN,
    ),
  );
}

/** CEL expressions for the values of headers, by name. */
export function headerExpressions(pseudoHeaders: readonly string[] = []) {
  return mapping(settableHeader(pseudoHeaders), Text);
}
