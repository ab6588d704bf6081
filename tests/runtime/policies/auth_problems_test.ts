/** Bad settings of the policies that find out who a client is, and where they are said to be bad. */
import assert from "node:assert/strict";
import { type AuthPolicyName, problemsOf, warningsOf } from "../../policies/auth/auth_policy.ts";
import { ISSUER, keySetText, signingKey } from "../../policies/auth/tokens.ts";

const HASH = `sha256:${"0a".repeat(32)}`;
const JWKS = keySetText(await signingKey("k"));
const BCRYPT = "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";

/** Settings with what is wrong with them, below the key of the policy. */
type Cases = readonly (readonly [unknown, ...string[]])[];

const MISSING_FILE = "no such file or directory";

const LOCATIONS: Cases = [
  [{}, ".location: must have exactly one of header, queryParameter, cookie, expression"],
  [
    { header: { name: "a" }, cookie: { name: "b" } },
    ".location: must have exactly one of header, queryParameter, cookie, expression",
  ],
  [
    { header: { name: "a b" } },
    ".location.header.name: must be a header name: letters, digits and -",
  ],
  [
    { header: { name: "a", prefix: "a\n" } },
    ".location.header.prefix: must be a string that is legal in an HTTP header",
  ],
  [{ header: { name: "a", value: "b" } }, '.location.header.value: unknown key "value"'],
  [{ queryParameter: { name: "" } }, ".location.queryParameter.name: must not be empty"],
  [
    { cookie: { name: "a;" } },
    ".location.cookie.name: must be a header name: letters, digits and -",
  ],
  [{ expression: "" }, ".location.expression: must not be empty"],
];

const HASH_FORM = 'must be "sha256:" followed by 64 hexadecimal digits';
const INSTANT = 'must be a date and time with a zone, such as "2030-01-31T12:00:00Z"';
const PATTERN = "must be a name, `prefix*`, `*suffix` or `*`";
const SECRET = "must be a string or {file: path}";

const API_KEYS: Cases = [
  [{ keys: [] }],
  [{ keys: [{ key: "a" }, { keyHash: HASH }], mode: "strict" }],
  [{ keys: [{ key: "a", allowedModels: [], metadata: { any: [1] } }] }],
  [{ keys: [{ key: "a", allowedModels: null, metadata: null }] }],
  [{ keys: [{ key: "a" }, {}] }, ".keys[1]: must have exactly one of key, keyHash"],
  [{ keys: [{ key: "a", keyHash: HASH }] }, ".keys[0]: must have exactly one of key, keyHash"],
  [{ keys: [{ key: "" }] }, ".keys[0].key: must not be empty"],
  [{ keys: [{ key: 7 }] }, `.keys[0].key: ${SECRET}`],
  [{ keys: [{ key: "käse" }] }, ".keys[0].key: must be printable ASCII to fit in a header"],
  [{ keys: [{ key: { file: "/no/file" } }] }, `.keys[0].key: ${MISSING_FILE}`],
  [{ keys: [{ keyHash: "0a".repeat(32) }] }, `.keys[0].keyHash: ${HASH_FORM}`],
  [{ keys: [{ keyHash: `${HASH}0` }] }, `.keys[0].keyHash: ${HASH_FORM}`],
  [{ keys: [{ keyHash: "md5:00" }] }, `.keys[0].keyHash: ${HASH_FORM}`],
  [
    { keys: [{ key: "a" }, { key: "b" }, { key: "a" }] },
    ".keys[2].key: must be another key than that of keys[0]",
  ],
  [
    { keys: [{ keyHash: HASH }, { keyHash: HASH.toUpperCase().replace("SHA", "sha") }] },
    ".keys[1].keyHash: must be another key than that of keys[0]",
  ],
  [
    { keys: [{ key: "a", metadata: { key: 1 } }] },
    ".keys[0].metadata.key: must have another name: `apiKey.key` is the key itself",
  ],
  [{ keys: [{ key: "a", metadata: "ada" }] }, ".keys[0].metadata: expected a mapping"],
  [{ keys: [{ key: "a", allowedModels: [""] }] }, ".keys[0].allowedModels[0]: must not be empty"],
  [{ keys: [{ key: "a", allowedModels: ["m", "a*b"] }] }, `.keys[0].allowedModels[1]: ${PATTERN}`],
  [{ keys: [{ key: "a", allowedModels: ["*a*"] }] }, `.keys[0].allowedModels[0]: ${PATTERN}`],
  [
    { keys: [{ key: "a", allowedModels: ["m", "*"] }] },
    ".keys[0].allowedModels[1]: `*` allows every model, and must stand alone",
  ],
  [{ keys: [{ key: "a", expiresAt: "2030-01-31" }] }, `.keys[0].expiresAt: ${INSTANT}`],
  [{ keys: [{ key: "a", expiresAt: "2030-02-31T00:00:00Z" }] }, `.keys[0].expiresAt: ${INSTANT}`],
  [{ keys: [{ key: "a", expiresAt: "2030-01-31T25:00:00Z" }] }, `.keys[0].expiresAt: ${INSTANT}`],
  [{ keys: [{ key: "a", expiresAt: 1 }] }, `.keys[0].expiresAt: ${INSTANT}`],
  [{ keys: [{ key: "a", expiresAt: "2030-01-31T12:00+01:00" }] }],
  [{ keys: [{ key: "a", user: "x" }] }, '.keys[0].user: unknown key "user"'],
  [
    { keys: [{ key: "a" }], mode: "strikt" },
    '.mode: expected "strict", "optional" or "permissive"',
  ],
  ...LOCATIONS.map(([location, problem]) =>
    [{ keys: [], location }, ...(problem === undefined ? [] : [problem])] as const
  ),
  [{ keys: [], location: { expression: "a +" } }, ".location.expression: CEL"],
];

const FORM = "must be the JSON text of a key set, {file: path} or {url: address}";
const URL_FORM = "must be an http or https URL without a user, a password or a fragment";
const NO_SET = 'must be the JSON of a key set, such as {"keys": [{"kty": "EC", ...}]}';
const MISSING = "required key is missing; several issuers stand under providers";
const BESIDE = "cannot be set together with providers: set it in an entry of providers";
const PROVIDER = { issuer: ISSUER, jwks: JWKS };

const JWTS: Cases = [
  [PROVIDER],
  [{ providers: [PROVIDER], mode: "strict" }],
  [{ issuer: ISSUER, jwks: { url: "https://issuer.test/keys?p=1" }, audiences: null }],
  [{}, `.issuer: ${MISSING}`, `.jwks: ${MISSING}`],
  [{ issuer: ISSUER }, `.jwks: ${MISSING}`],
  [{ ...PROVIDER, providers: [PROVIDER] }, `.issuer: ${BESIDE}`, `.jwks: ${BESIDE}`],
  [{ providers: [PROVIDER], audiences: ["a"] }, `.audiences: ${BESIDE}`],
  [{ providers: [] }, ".providers: must not be empty"],
  [{ providers: [{ ...PROVIDER, jwks: "x" }] }, `.providers[0].jwks: ${NO_SET}`],
  [{ ...PROVIDER, issuer: "" }, ".issuer: must not be empty"],
  [{ ...PROVIDER, jwks: 7 }, `.jwks: ${FORM}`],
  [{ ...PROVIDER, jwks: "" }, ".jwks: must not be empty"],
  [{ ...PROVIDER, jwks: {} }, ".jwks: must have exactly one of file, url"],
  [{ ...PROVIDER, jwks: '{"keys": []}' }, ".jwks: must have a key for signatures"],
  [{ ...PROVIDER, jwks: { file: "/no/file" } }, `.jwks.file: ${MISSING_FILE}`],
  [{ ...PROVIDER, jwks: { url: "issuer.test" } }, `.jwks.url: ${URL_FORM}`],
  [{ ...PROVIDER, jwks: { url: "ftp://issuer.test/" } }, `.jwks.url: ${URL_FORM}`],
  [{ ...PROVIDER, jwks: { url: "https://a@issuer.test/" } }, `.jwks.url: ${URL_FORM}`],
  [{ ...PROVIDER, jwks: { url: "https://:b@issuer.test/" } }, `.jwks.url: ${URL_FORM}`],
  [{ ...PROVIDER, jwks: { url: "https://issuer.test/#a" } }, `.jwks.url: ${URL_FORM}`],
  [{ ...PROVIDER, audiences: "a" }, ".audiences: expected a list"],
  [{ ...PROVIDER, audiences: [""] }, ".audiences[0]: must not be empty"],
  [
    { ...PROVIDER, jwtValidationOptions: { requiredClaims: [""] } },
    ".jwtValidationOptions.requiredClaims[0]: must not be empty",
  ],
  [{ ...PROVIDER, jwtValidationOptions: { x: 1 } }, '.jwtValidationOptions.x: unknown key "x"'],
  [{ ...PROVIDER, mode: "on" }, '.mode: expected "strict", "optional" or "permissive"'],
  [{ ...PROVIDER, location: {} }, LOCATIONS[0]?.[1] ?? ""],
  [{ ...PROVIDER, location: { expression: "a +" } }, ".location.expression: CEL"],
];

const BASICS: Cases = [
  [{ htpasswd: `ada:${BCRYPT}`, realm: null, mode: "strict" }],
  [{}, ".htpasswd: required"],
  [{ htpasswd: 7 }, `.htpasswd: ${SECRET}`],
  [{ htpasswd: { file: "/no/file" } }, `.htpasswd: ${MISSING_FILE}`],
  [
    { htpasswd: "ada:secret\nbob" },
    ".htpasswd: line 1 must not hold a plain password, nor one of crypt: " +
    "use bcrypt (htpasswd -B), {SHA} or $apr1$",
    ".htpasswd: line 2 must be user:hash",
  ],
  [{ htpasswd: `ada:${BCRYPT}`, realm: "ä" }, ".realm: must be a string of printable ASCII"],
  [{ htpasswd: `ada:${BCRYPT}`, realm: "" }, ".realm: must be a string of printable ASCII"],
  [{ htpasswd: `ada:${BCRYPT}`, mode: "permissive" }, '.mode: expected "strict" or "optional"'],
  [{ htpasswd: `ada:${BCRYPT}`, location: {} }, '.location: unknown key "location"'],
  [
    { htpasswd: `ada:${BCRYPT}`, authorizationLocation: {} },
    LOCATIONS[0]?.[1]?.replace("location", "authorizationLocation") ?? "",
  ],
];

const RULE = "must be a CEL expression, or one under allow, deny or require";

const RULES: Cases = [
  [{ rules: [] }],
  [{ rules: ["true", { allow: "true" }, { deny: "true" }, { require: "true" }] }],
  [{}, ".rules: required"],
  [{ rules: "true" }, ".rules: expected a list"],
  [{ rules: [7] }, `.rules[0]: ${RULE}`],
  [{ rules: [""] }, ".rules[0]: must not be empty"],
  [{ rules: [{}] }, ".rules[0]: must have exactly one of allow, deny, require"],
  [
    { rules: [{ allow: "true", deny: "true" }] },
    ".rules[0]: must have exactly one of allow, deny, require",
  ],
  [{ rules: [{ alow: "true" }] }, '.rules[0].alow: unknown key "alow" (did you mean allow?)'],
  [{ rules: ["true", "a +"] }, ".rules[1]: CEL"],
  [{ rules: [{ deny: "a +" }] }, ".rules[0].deny: CEL"],
];

const POLICIES: Readonly<Record<AuthPolicyName, Cases>> = {
  apiKey: API_KEYS,
  jwtAuth: JWTS,
  basicAuth: BASICS,
  authorization: RULES,
};

for (const name of ["apiKey", "jwtAuth", "basicAuth", "authorization"] as const) {
  Deno.test(`the settings of ${name} are refused with place and reason`, () => {
    for (const [settings, ...expected] of POLICIES[name]) {
      const shown = JSON.stringify(settings);
      assert.deepEqual(
        problemsOf(name, settings).map(bare),
        expected.map((it) => name + it),
        shown,
      );
    }
  });
}

/** Cut down where words come from a library, from the system or from a later step. */
function bare(problem: string): string {
  if (problem.includes(MISSING_FILE)) return problem.replace(/: .*/s, `: ${MISSING_FILE}`);
  if (/\.(expression|deny|rules\[1\]): [^m]/.test(problem)) {
    return problem.replace(/: .*/s, ": CEL");
  }
  return problem.replace(/: Invalid key: Expected.*/s, ": required")
    .replace(/: Invalid type: Expected Array.*/s, ": expected a list");
}

Deno.test("policies that let in requests without a credential say how to close them", () => {
  const open = (name: AuthPolicyName, settings: object) => warningsOf(name, settings);
  const keys = { keys: [{ key: "a" }] };
  const closed = "`mode: strict` refuses them";
  assert.deepEqual(open("apiKey", { ...keys, mode: "strict" }), []);
  assert.deepEqual(open("apiKey", keys), [
    `apiKey: the mode is optional by default: requests without an API key are let in; ${closed}`,
  ]);
  assert.deepEqual(open("apiKey", { ...keys, mode: "optional" }), [
    `apiKey.mode: the mode is optional: requests without an API key are let in; ${closed}`,
  ]);
  assert.deepEqual(open("apiKey", { ...keys, mode: "permissive" }), [
    "apiKey.mode: the mode is permissive: requests without an API key, or with a bad one, " +
    `are let in; ${closed}`,
  ]);
  assert.deepEqual(open("jwtAuth", PROVIDER), [
    `jwtAuth: the mode is optional by default: requests without a token are let in; ${closed}`,
  ]);
  assert.deepEqual(open("basicAuth", { htpasswd: `ada:${BCRYPT}` }), [
    `basicAuth: the mode is optional by default: requests without a password are let in; ${closed}`,
  ]);
});

Deno.test("a bcrypt cost that would hold up the gateway is a warning", () => {
  const htpasswd = `ada:${BCRYPT.replace("05", "13")}\nbob:${BCRYPT}`;
  assert.deepEqual(warningsOf("basicAuth", { htpasswd, mode: "strict" }), [
    "basicAuth.htpasswd: a bcrypt cost of 13 holds up all requests while a new password is " +
    "checked; at most 12 is advised",
  ]);
});

Deno.test("no problem and no warning quotes a secret", () => {
  const secrets = ["sk-secret-1", "p4ssw0rd"];
  const texts = [
    ...problemsOf("apiKey", { keys: [{ key: secrets[0] }, { key: secrets[0] }] }),
    ...problemsOf("apiKey", { keys: [{ keyHash: secrets[0] }] }),
    ...problemsOf("apiKey", { keys: [{ key: `ä${secrets[0]}` }] }),
    ...problemsOf("basicAuth", { htpasswd: `ada:${secrets[1]}\n${secrets[1]}` }),
  ];
  assert.equal(texts.length, 5);
  for (const secret of secrets) assert.ok(!texts.join().includes(secret), texts.join());
});
