import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf, keyCheck, type KeyIssue } from "./checks.ts";
import { unionByShape } from "./decided_union.ts";
import { ReadLocation } from "./read_location.ts";
import { Text } from "./text.ts";

const URL_FORM = "must be an http or https URL without a user, a password or a fragment";

const JwksUrl = v.pipe(v.string(URL_FORM), v.check(isJwksUrl, URL_FORM));

const JWKS = "must be the JSON text of a key set, {file: path} or {url: address}";

/** The public keys of an issuer. */
export const Jwks = unionByShape(
  [
    v.pipe(v.string(), v.nonEmpty("must not be empty")),
    v.pipe(
      closedObject({
        file: v.exactOptional(v.pipe(
          Text,
          v.description("Path of a file that holds the key set."),
        )),
        url: v.exactOptional(v.pipe(
          JwksUrl,
          v.description("Where the key set is fetched from, and fetched anew from time to time."),
        )),
      }, later("FileInlineOrRemote")),
      exactlyOneOf(["file", "url"]),
    ),
  ],
  JWKS,
);

const issuerEntries = {
  audiences: v.exactOptional(v.pipe(
    v.array(Text),
    v.description("For whom tokens may be; without the list, or with an empty one, for anyone."),
  )),
  jwtValidationOptions: v.exactOptional(v.pipe(
    closedObject({
      requiredClaims: v.exactOptional(v.pipe(
        v.array(Text),
        v.description("Claims that a token must have; by default [exp]."),
      )),
    }, later("JWTValidationOptions")),
    v.description("What is wanted of tokens beside a good signature."),
  )),
};

const issuer = v.pipe(Text, v.description("Who makes the tokens: their claim `iss`."));
const jwks = v.pipe(
  Jwks,
  v.description("The issuer's public keys: JSON text, {file: path} or {url: address}."),
);

const Issuer = closedObject({ issuer, jwks, ...issuerEntries }, later("ProviderConfig"));

/** Who the client is, by a signed token of an issuer that is trusted. */
export const JwtAuthPolicy = v.pipe(
  closedObject({
    issuer: v.exactOptional(issuer),
    jwks: v.exactOptional(jwks),
    ...issuerEntries,
    providers: v.exactOptional(v.pipe(
      v.array(Issuer),
      v.nonEmpty("must not be empty"),
      v.description("Several issuers, in place of one."),
    )),
    mode: v.exactOptional(v.pipe(
      closedWords(["strict", "optional", "permissive"]),
      v.description(
        "strict wants a good token; optional (default) also lets in requests without any; " +
          "permissive refuses none.",
      ),
    )),
    location: v.exactOptional(v.pipe(
      ReadLocation,
      v.description("Where the token stands; by default a bearer token."),
    )),
  }, later("LocalJwtConfig")),
  keyCheck((value) => {
    const own = SINGLE_KEYS.filter((key) => Object.hasOwn(value, key));
    if (Object.hasOwn(value, "providers")) return own.map(beside);
    const missing = ["issuer", "jwks"].filter((key) => !Object.hasOwn(value, key));
    return missing.map((key): KeyIssue => ({ path: [key], message: MISSING }));
  }),
);

/** The policy as it is written. */
export type JwtAuthConfig = Immutable<v.InferOutput<typeof JwtAuthPolicy>>;

/** One issuer as it is written. */
export type JwtIssuerConfig = Immutable<v.InferOutput<typeof Issuer>>;

function isJwksUrl(text: string): boolean {
  if (!URL.canParse(text) || text.includes("#")) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}

const SINGLE_KEYS = ["issuer", "jwks", "audiences", "jwtValidationOptions"];
const MISSING = "required key is missing; several issuers stand under providers";

function beside(key: string): KeyIssue {
  return {
    path: [key],
    message: "cannot be set together with providers: set it in an entry of providers",
  };
}
