import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { ReadLocation } from "./read_location.ts";
import { Secret } from "./secret.ts";

const REALM = "must be a string of printable ASCII";

/** Who the client is, by a name and a password. */
export const BasicAuthPolicy = closedObject({
  htpasswd: v.pipe(
    Secret,
    v.description("Users in the format of htpasswd, with bcrypt: the text, or {file: path}."),
  ),
  realm: v.exactOptional(v.pipe(
    v.string(REALM),
    v.check((text) => /^[\x20-\x7e]+$/.test(text), REALM),
    v.description("What a browser is told that the password is for; by default Restricted."),
  )),
  mode: v.exactOptional(v.pipe(
    closedWords(["strict", "optional"]),
    v.description(
      "strict wants a user's password; optional (default) also lets in requests without any.",
    ),
  )),
  authorizationLocation: v.exactOptional(v.pipe(
    ReadLocation,
    v.description("Where the name and password stand; by default as HTTP's Basic."),
  )),
}, later("LocalBasicAuth"));

/** The policy as it is written. */
export type BasicAuthConfig = Immutable<v.InferOutput<typeof BasicAuthPolicy>>;
