import * as v from "valibot";
import type { Immutable } from "../../lib/immutable.ts";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import type { Mapping } from "../../lib/mapping.ts";
import { later } from "../reference_keys.ts";
import { exactlyOneOf, keyCheck, type KeyIssue } from "./checks.ts";
import { unionByShape } from "./decided_union.ts";
import { Jwks } from "./jwt_auth.ts";
import { Secret } from "./secret.ts";
import { Text } from "./text.ts";

const URL_FORM = "must be an http or https URL without a user, a password or a fragment";

const WebUrl = v.pipe(
  v.string(URL_FORM),
  v.check((text) => {
    if (!URL.canParse(text) || text.includes("#")) return false;
    const { protocol, username, password } = new URL(text);
    return /^https?:$/.test(protocol) && username === "" && password === "";
  }, URL_FORM),
);

const Issuer = v.pipe(WebUrl, v.check((text) => !text.includes("?"), "must not hold a query"));

const Discovery = unionByShape(
  [
    v.pipe(v.string(), v.nonEmpty("must not be empty")),
    v.pipe(
      closedObject({
        file: v.exactOptional(v.pipe(
          Text,
          v.description("Path of a file that holds the document."),
        )),
        url: v.exactOptional(v.pipe(
          WebUrl,
          v.description("Where the document is fetched from, and fetched anew from time to time."),
        )),
      }, later("FileInlineOrRemote")),
      exactlyOneOf(["file", "url"]),
    ),
  ],
  "must be the JSON text of a discovery document, {file: path} or {url: address}",
);

/** What the gateway has to be told where it is not to ask the provider. */
const EXPLICIT_KEYS = ["authorizationEndpoint", "tokenEndpoint"];

/** Who the client is, by a login in the browser at a provider of OpenID Connect. */
export const OidcPolicy = v.pipe(
  closedObject({
    issuer: v.pipe(Issuer, v.description("The provider: the claim `iss` of its ID tokens.")),
    clientId: v.pipe(Text, v.description("As whom the gateway is registered there.")),
    clientSecret: v.pipe(Secret, v.description("The secret that goes with it.")),
    redirectURI: v.pipe(
      WebUrl,
      v.check((text) => !text.includes("?"), "must not hold a query"),
      v.description(
        "Where browsers come back to after a login: an absolute URL, whose path the gateway " +
          "answers itself.",
      ),
    ),
    discovery: v.exactOptional(v.pipe(
      Discovery,
      v.description(
        "The provider's description of itself: JSON text, {file: path} or {url: address}; by " +
          "default issuer with /.well-known/openid-configuration.",
      ),
    )),
    authorizationEndpoint: v.exactOptional(v.pipe(
      WebUrl,
      v.description("Where browsers log in; with tokenEndpoint and jwks in place of discovery."),
    )),
    tokenEndpoint: v.exactOptional(v.pipe(
      WebUrl,
      v.description("Where the gateway gets tokens."),
    )),
    tokenEndpointAuth: v.exactOptional(v.pipe(
      closedWords(["clientSecretBasic", "clientSecretPost"]),
      v.description(
        "How the gateway shows its secret there; by default what the discovery document names, " +
          "or clientSecretBasic.",
      ),
    )),
    jwks: v.exactOptional(v.pipe(
      Jwks,
      v.description(
        "The provider's public keys: JSON text, {file: path} or {url: address}; by default those " +
          "that the discovery document names.",
      ),
    )),
    scopes: v.exactOptional(
      v.pipe(
        v.array(v.pipe(Text, v.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "must be a scope: no spaces"))),
        v.description("What is asked for beside `openid`."),
      ),
      [],
    ),
  }, later("LocalOidcConfig")),
  keyCheck((value) => {
    const given = EXPLICIT_KEYS.filter((key) => (value[key] ?? null) !== null);
    if (given.length === 0) return [];
    if ((value.discovery ?? null) !== null) {
      return given.map((key): KeyIssue => ({ path: [key], message: BESIDE_DISCOVERY }));
    }
    const missing = [...EXPLICIT_KEYS, "jwks"].filter((key) => (value[key] ?? null) === null);
    return [
      ...missing.map((key): KeyIssue => ({ path: [key], message: EXPLICIT })),
      ...insecureEndpoints(value),
    ];
  }),
);

/** What an issuer says over TLS is not to be undone by an endpoint without. */
function insecureEndpoints(value: Mapping): readonly KeyIssue[] {
  const { issuer } = value;
  if (typeof issuer !== "string" || !/^https:/i.test(issuer)) return [];
  return EXPLICIT_KEYS.filter((key) => /^http:/i.test(String(value[key])))
    .map((key) => ({ path: [key], message: "must be https, as the issuer is" }));
}

const BESIDE_DISCOVERY = "cannot be set together with discovery, which names it";
const EXPLICIT = "required key is missing: without discovery, authorizationEndpoint, " +
  "tokenEndpoint and jwks are all needed";

/** The policy as it is written; its defaults are filled in. */
export type OidcConfig = Immutable<v.InferOutput<typeof OidcPolicy>>;

/** `config.session`: what the sessions of browsers are kept with. */
export const Session = closedObject({
  key: v.pipe(
    Secret,
    v.description(
      "The key that sessions are encrypted with: 64 hexadecimal digits, as from `openssl rand " +
        "-hex 32`; the same for all gateways that share sessions.",
    ),
  ),
});

/** The settings of sessions as they are written. */
export type SessionConfig = Immutable<v.InferOutput<typeof Session>>;
