import assert from "node:assert/strict";
import { complaints } from "../checked.ts";
import { compiled } from "../compiled.ts";

/** Policies of `llm`, from the fourth line on, and what is said of them. */
const CASES: readonly { readonly yaml: string; readonly told: readonly string[] }[] = [
  {
    yaml: `
    apiKey:
      mode: strikt
      location: {}
      keys:
        - key: ""
        - keyHash: sha256:12
        - { key: a, keyHash: b, name: c }
        - key: a
          metadata: ada
          allowedModels: [m, ""]
          expiresAt: tomorrow`,
    told: [
      '5:13: llm.policies.apiKey.mode: expected "strict", "optional" or "permissive", ' +
      'found "strikt" (did you mean "strict"?)',
      "6:17: llm.policies.apiKey.location: must have exactly one of header, queryParameter, " +
      "cookie, expression",
      "8:16: llm.policies.apiKey.keys[0].key: must not be empty",
      '9:20: llm.policies.apiKey.keys[1].keyHash: must be "sha256:" followed by 64 hexadecimal ' +
      "digits",
      "10:11: llm.policies.apiKey.keys[2]: must have exactly one of key, keyHash",
      '10:30: llm.policies.apiKey.keys[2].keyHash: must be "sha256:" followed by 64 hexadecimal ' +
      "digits",
      '10:33: llm.policies.apiKey.keys[2].name: unknown key "name"',
      "12:21: llm.policies.apiKey.keys[3].metadata: expected a mapping, found a string",
      "13:30: llm.policies.apiKey.keys[3].allowedModels[1]: must not be empty",
      "14:22: llm.policies.apiKey.keys[3].expiresAt: must be a date and time with a zone, such as " +
      '"2030-01-31T12:00:00Z"',
    ],
  },
  {
    yaml: `
    jwtAuth:
      issuer: https://a.test/
      providers:
        - issuer: https://b.test/
          jwks: { url: b.test }
        - jwks: {}
          audiences: b
          jwtValidationOptions:
            requiredClaim: [exp]`,
    told: [
      "5:7: llm.policies.jwtAuth.issuer: cannot be set together with providers: set it in an " +
      "entry of providers",
      "8:24: llm.policies.jwtAuth.providers[0].jwks.url: must be an http or https URL without a " +
      "user, a password or a fragment",
      "9:11: llm.policies.jwtAuth.providers[1].issuer: required key is missing",
      "9:17: llm.policies.jwtAuth.providers[1].jwks: must have exactly one of file, url",
      "10:22: llm.policies.jwtAuth.providers[1].audiences: expected a list, found a string",
      "12:13: llm.policies.jwtAuth.providers[1].jwtValidationOptions.requiredClaim: unknown key " +
      '"requiredClaim" (did you mean requiredClaims?)',
    ],
  },
  {
    yaml: `
    basicAuth:
      realm: ""
      mode: permissive
      location: {}`,
    told: [
      "5:7: llm.policies.basicAuth.htpasswd: required key is missing",
      "5:14: llm.policies.basicAuth.realm: must be a string of printable ASCII",
      '6:13: llm.policies.basicAuth.mode: expected "strict" or "optional", found "permissive"',
      '7:7: llm.policies.basicAuth.location: unknown key "location"',
    ],
  },
  {
    yaml: `
    authorization:
      rules:
        - 7
        - { deny: "true", allow: "true" }
        - { alow: "true" }`,
    told: [
      "6:11: llm.policies.authorization.rules[0]: must be a CEL expression, or one under allow, " +
      "deny or require",
      "7:11: llm.policies.authorization.rules[1]: must have exactly one of allow, deny, require",
      '8:13: llm.policies.authorization.rules[2].alow: unknown key "alow" (did you mean allow?)',
    ],
  },
];

Deno.test("the configuration refuses bad settings of who may do what, with their places", () => {
  for (const { yaml, told } of CASES) {
    const text = `llm:\n  models: []\n  policies:${yaml}`;
    assert.deepEqual(complaints(text), told);
  }
});

const KEY = { key: "sk-1" };

/** What only compiling tells. */
const COMPILED: Readonly<Record<string, readonly [object, string]>> = {
  "a second key that is the same": [
    { apiKey: { keys: [KEY, KEY] } },
    "llm.policies.apiKey.keys[1].key: must be another key than that of keys[0]",
  ],
  "a pattern with two stars": [
    { apiKey: { keys: [{ ...KEY, allowedModels: ["*a*"] }] } },
    "llm.policies.apiKey.keys[0].allowedModels[0]: must be a name, `prefix*`, `*suffix` or `*`",
  ],
  "a key set that is none": [
    { jwtAuth: { issuer: "i", jwks: "x" } },
    "llm.policies.jwtAuth.jwks: must be the JSON of a key set, such as " +
    '{"keys": [{"kty": "EC", ...}]}',
  ],
  "a plain password": [
    { basicAuth: { htpasswd: "ada:secret" } },
    "llm.policies.basicAuth.htpasswd: line 1 must not hold a plain password, nor one of crypt: " +
    "use bcrypt (htpasswd -B), {SHA} or $apr1$",
  ],
};

for (const [claim, [policies, told]] of Object.entries(COMPILED)) {
  Deno.test(`compile() says where there is ${claim}`, () => {
    const { problems } = compiled({ llm: { models: [], policies } });
    assert.deepEqual(problems, [told]);
  });
}

Deno.test("compile() says where a rule is no CEL, at each level", () => {
  const authorization = { rules: [{ deny: "a +" }] };
  const model = { name: "m", provider: "mock", authorization };
  const { problems } = compiled({ llm: { models: [model], policies: { authorization } } });
  assert.deepEqual(problems.map((problem) => problem.replace(/: .*/s, "")).sort(), [
    "llm.models[0].authorization.rules[0].deny",
    "llm.policies.authorization.rules[0].deny",
  ]);
});
