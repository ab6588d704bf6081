import assert from "node:assert/strict";
import { complaints } from "../checked.ts";
import { compiled } from "../compiled.ts";

/** Policies of `llm`, from the fourth line on, and what is said of them. */
const CASES: readonly { readonly yaml: string; readonly told: readonly string[] }[] = [
  {
    yaml: `
    oidc:
      issuer: login.example.com
      clientId: ""
      clientSecret: 7
      redirectURI: /callback
      tokenEndpointAuth: clientSecretJwt
      scopes: ["a b"]
      cookieName: x`,
    told: [
      "5:15: llm.policies.oidc.issuer: must be an http or https URL without a user, a password " +
      "or a fragment",
      "6:17: llm.policies.oidc.clientId: must not be empty",
      "7:21: llm.policies.oidc.clientSecret: must be a string or {file: path} (put it in quotes)",
      "8:20: llm.policies.oidc.redirectURI: must be an http or https URL without a user, a " +
      "password or a fragment",
      '9:26: llm.policies.oidc.tokenEndpointAuth: expected "clientSecretBasic" or ' +
      '"clientSecretPost", found "clientSecretJwt" (did you mean "clientSecretPost"?)',
      "10:16: llm.policies.oidc.scopes[0]: must be a scope: no spaces",
      '11:7: llm.policies.oidc.cookieName: unknown key "cookieName"',
    ],
  },
  {
    yaml: `
    oidc:
      issuer: https://login.example.com/?a=1
      clientId: a
      clientSecret: { file: "" }
      redirectURI: https://u:p@gateway.example.com/callback
      discovery: {}
      jwks: { url: x }`,
    told: [
      "5:15: llm.policies.oidc.issuer: must not hold a query",
      "7:29: llm.policies.oidc.clientSecret.file: must not be empty",
      "8:20: llm.policies.oidc.redirectURI: must be an http or https URL without a user, a " +
      "password or a fragment",
      "9:18: llm.policies.oidc.discovery: must have exactly one of file, url",
      "10:20: llm.policies.oidc.jwks.url: must be an http or https URL without a user, a " +
      "password or a fragment",
    ],
  },
  {
    yaml: `
    oidc:
      issuer: https://login.example.com/
      clientId: a
      clientSecret: b
      redirectURI: https://gateway.example.com/callback
      authorizationEndpoint: http://login.example.com/authorize`,
    told: [
      "5:7: llm.policies.oidc.jwks: required key is missing: without discovery, " +
      "authorizationEndpoint, tokenEndpoint and jwks are all needed",
      "5:7: llm.policies.oidc.tokenEndpoint: required key is missing: without discovery, " +
      "authorizationEndpoint, tokenEndpoint and jwks are all needed",
      "9:7: llm.policies.oidc.authorizationEndpoint: must be https, as the issuer is",
    ],
  },
  {
    yaml: `
    oidc:
      issuer: https://login.example.com/
      clientId: a
      clientSecret: b
      redirectURI: https://gateway.example.com/callback
      discovery: { url: "https://login.example.com/d" }
      tokenEndpoint: https://login.example.com/token`,
    told: [
      "10:7: llm.policies.oidc.tokenEndpoint: cannot be set together with discovery, which " +
      "names it",
    ],
  },
];

Deno.test("the configuration refuses bad settings of oidc, with their places", () => {
  for (const { yaml, told } of CASES) {
    assert.deepEqual(complaints(`llm:\n  models: []\n  policies:${yaml}`), told);
  }
});

Deno.test("the configuration refuses a bad key for sessions, and does not show it", () => {
  const told = (session: string) =>
    complaints(`config:\n  session: ${session}\nllm:\n  models: []`);
  assert.deepEqual(told("{ key: 7 }"), [
    "2:19: config.session.key: must be a string or {file: path} (put it in quotes)",
  ]);
  assert.deepEqual(told("{ keys: a }"), [
    "2:12: config.session.key: required key is missing",
    '2:14: config.session.keys: unknown key "keys" (did you mean key?)',
  ]);
});

const OIDC = {
  issuer: "https://login.test",
  clientId: "a",
  clientSecret: "s3cret",
  redirectURI: "https://gateway.test/callback",
};
const DOCUMENT = {
  issuer: "https://login.test",
  authorization_endpoint: "https://login.test/authorize",
  token_endpoint: "https://login.test/token",
  jwks_uri: "https://login.test/jwks",
};
const WITHOUT_TLS = { ...DOCUMENT, token_endpoint: "http://login.test/token" };

/** What only compiling tells. */
const COMPILED: Readonly<Record<string, readonly [object, ...string[]]>> = {
  "a discovery document that is none": [
    { oidc: { ...OIDC, discovery: "x" } },
    "oidc.discovery: must be the JSON of a discovery document",
  ],
  "a discovery document of somebody else": [
    {
      oidc: { ...OIDC, discovery: JSON.stringify({ ...DOCUMENT, issuer: "https://login.test/" }) },
    },
    'oidc.discovery: must be of the issuer "https://login.test": its member issuer is another one',
  ],
  "a discovery document that leads away from TLS": [
    { oidc: { ...OIDC, discovery: { file: "d.json" } } },
    "oidc.discovery.file: must have an https URL as its member token_endpoint",
  ],
  "a key set that is none": [
    { oidc: { ...OIDC, discovery: JSON.stringify(DOCUMENT), jwks: "x" } },
    "oidc.jwks: must be the JSON of a key set, such as " + '{"keys": [{"kty": "EC", ...}]}',
  ],
  "a file that is not there": [
    { oidc: { ...OIDC, clientSecret: { file: "none" } } },
    "oidc.clientSecret.file: cannot read the file: none is not there",
  ],
};

for (const [claim, [policies, ...told]] of Object.entries(COMPILED)) {
  Deno.test(`compile() says where there is ${claim}`, () => {
    const files = { "d.json": JSON.stringify(WITHOUT_TLS) };
    const { problems } = compiled({ llm: { models: [], policies } }, files);
    assert.deepEqual(problems, told.map((text) => `llm.policies.${text}`));
  });
}

Deno.test("compile() refuses a key for sessions that is none, and does not show it", () => {
  const { problems } = compiled({
    config: { session: { key: "s3cret" } },
    llm: { models: [], policies: { oidc: OIDC } },
  });
  assert.deepEqual(problems, [
    "config.session.key: must be 64 hexadecimal digits, as `openssl rand -hex 32` makes them",
  ]);
});
