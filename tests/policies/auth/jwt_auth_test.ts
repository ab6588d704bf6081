import assert from "node:assert/strict";
import { SignJWT } from "jose";
import { compileContext } from "../../support/compile_context.ts";
import { subjectOf } from "../../support/subject.ts";
import { errorOf, outcomeOf, policyOf } from "./auth_policy.ts";
import { ISSUER, keySetText, NOW_S, signingKey, token } from "./tokens.ts";

const KEY = await signingKey("k1");
const OTHER = await signingKey("k1");
const JWKS = keySetText(KEY);

function subject(headers: Record<string, string>, target = "/") {
  return subjectOf(new Request(`http://gateway.test${target}`, { headers }));
}

function bearer(text: string) {
  return subject({ authorization: `Bearer ${text}` });
}

const GOOD = await token(KEY);
const BAD = await token(OTHER);

const FAILURE = "authentication failure: ";
const INVALID = `401 invalid_token: ${FAILURE}the token is invalid or malformed: `;
const NONE = `401 missing_token: ${FAILURE}no bearer token found`;
const FORGED = `${INVALID}its signature does not fit`;

/** What becomes of a request without, with a good and with a forged token. */
const MODES = {
  strict: [NONE, "passed", FORGED],
  optional: ["passed", "passed", FORGED],
  permissive: ["passed", "passed", "passed"],
};

type Carry = (text: string) => ReturnType<typeof subject>;

const PLACES: Readonly<Record<string, { location?: unknown; carry: Carry }>> = {
  default: { carry: bearer },
  header: { location: { header: { name: "x-jwt" } }, carry: (text) => subject({ "x-jwt": text }) },
  query: {
    location: { queryParameter: { name: "jwt" } },
    carry: (text) => subject({}, `/?jwt=${text}`),
  },
  cookie: {
    location: { cookie: { name: "jwt" } },
    carry: (text) => subject({ cookie: `jwt=${text}` }),
  },
  expression: {
    location: { expression: 'request.headers["x-jwt"]' },
    carry: (text) => subject({ "x-jwt": text }),
  },
};

for (const [mode, expected] of Object.entries(MODES)) {
  for (const [place, { location, carry }] of Object.entries(PLACES)) {
    Deno.test(`jwtAuth() in mode ${mode} reads a token from: ${place}`, async () => {
      const settings = { issuer: ISSUER, jwks: JWKS, mode };
      const policy = policyOf(
        "jwtAuth",
        location === undefined ? settings : {
          ...settings,
          location,
        },
      );
      assert.deepEqual([
        await outcomeOf(policy, subject({})),
        await outcomeOf(policy, carry(GOOD)),
        await outcomeOf(policy, carry(BAD)),
      ], expected);
    });
  }
}

Deno.test("jwtAuth() without a mode is optional", async () => {
  const policy = policyOf("jwtAuth", { issuer: ISSUER, jwks: JWKS });
  assert.equal(await outcomeOf(policy, subject({})), "passed");
  assert.equal(await outcomeOf(policy, bearer(BAD)), FORGED);
});

Deno.test("jwtAuth() says who the client is, and takes the token out", async () => {
  const policy = policyOf("jwtAuth", { issuer: ISSUER, jwks: JWKS, mode: "strict" });
  const rich = await token(KEY, { roles: ["a", "b"], rawToken: "not this" });
  for (const _ of ["at first", "again"]) {
    const known = bearer(rich);
    await policy.apply(known);
    const { rawToken, ...claims } = known.identity.jwt ?? {};
    const exp = NOW_S + 3600;
    assert.deepEqual(claims, { iss: ISSUER, sub: "ada", exp, roles: ["a", "b"] });
    assert.equal(String(rawToken), "<redacted>");
    assert.deepEqual([...known.head.headers], []);
  }
});

Deno.test("jwtAuth() leaves a request that it lets in without knowing it", async () => {
  const unknown = bearer(BAD);
  await policyOf("jwtAuth", { issuer: ISSUER, jwks: JWKS, mode: "permissive" }).apply(unknown);
  assert.equal(unknown.identity.jwt, undefined);
  assert.equal(unknown.head.headers.get("authorization"), `Bearer ${BAD}`);
});

const LATE = `401 expired_token: ${FAILURE}the token is invalid or malformed: it has expired`;
const claim = (name: string) => `${INVALID}its claim "${name}" is not as it must be`;
const missing = (name: string) => `${INVALID}its claim "${name}" is missing`;

/** Claims of a token, settings, and how it ends. */
const CLAIMS: readonly (readonly [object, object, string])[] = [
  [{}, {}, "passed"],
  [{ exp: NOW_S - 59 }, {}, "passed"],
  [{ exp: NOW_S - 60 }, {}, LATE],
  [{ exp: undefined }, {}, missing("exp")],
  [{ exp: "soon" }, {}, claim("exp")],
  [{ nbf: NOW_S + 60 }, {}, "passed"],
  [{ nbf: NOW_S + 61 }, {}, `${INVALID}it is not valid yet`],
  [{ iss: "https://other.test/" }, {}, `${INVALID}its issuer is not trusted`],
  [{ iss: undefined }, {}, `${INVALID}its issuer is not trusted`],
  [{}, { audiences: [] }, "passed"],
  [{ aud: "x" }, {}, "passed"],
  [{ aud: "a" }, { audiences: ["a", "b"] }, "passed"],
  [{ aud: ["x", "b"] }, { audiences: ["a", "b"] }, "passed"],
  [{ aud: "x" }, { audiences: ["a"] }, claim("aud")],
  [{}, { audiences: ["a"] }, missing("aud")],
  [{ exp: undefined }, { jwtValidationOptions: { requiredClaims: [] } }, "passed"],
  [{ exp: NOW_S - 60 }, { jwtValidationOptions: { requiredClaims: [] } }, LATE],
  [{}, { jwtValidationOptions: { requiredClaims: ["nbf"] } }, missing("nbf")],
  [{}, { jwtValidationOptions: { requiredClaims: ["team"] } }, missing("team")],
  [{ team: "t" }, { jwtValidationOptions: { requiredClaims: ["team"] } }, "passed"],
];

Deno.test("jwtAuth() checks claims", async () => {
  for (const [claims, settings, expected] of CLAIMS) {
    const policy = policyOf("jwtAuth", { issuer: ISSUER, jwks: JWKS, mode: "strict", ...settings });
    const outcome = await outcomeOf(policy, bearer(await token(KEY, { ...claims })));
    assert.equal(outcome, expected, JSON.stringify([claims, settings]));
  }
});

function encoded(value: unknown): string {
  return new TextEncoder().encode(JSON.stringify(value))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

Deno.test("jwtAuth() refuses tokens without a signature of a public key", async () => {
  const policy = policyOf("jwtAuth", { issuer: ISSUER, jwks: JWKS, mode: "strict" });
  const shared = new TextEncoder().encode(JSON.stringify(KEY.jwk));
  const claims = { iss: ISSUER, sub: "root", exp: NOW_S + 3600 };
  const body = GOOD.split(".")[1];
  const unsigned = `${encoded({ alg: "none", kid: "k1" })}.${encoded(claims)}.`;
  const confused = await new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", kid: "k1" })
    .sign(shared);
  for (const text of [unsigned, confused]) {
    const expected = `${INVALID}its algorithm is not one of those with public keys`;
    assert.equal(await outcomeOf(policy, bearer(text)), expected);
  }
  const swapped = [encoded({ alg: "RS256", kid: "k1" }), body, GOOD.split(".")[2]].join(".");
  const unfit = `${INVALID}its algorithm does not fit its key`;
  assert.equal(await outcomeOf(policy, bearer(swapped)), unfit);
  const edited = [GOOD.split(".")[0], encoded(claims), GOOD.split(".")[2]].join(".");
  assert.equal(await outcomeOf(policy, bearer(edited)), FORGED);
});

Deno.test("jwtAuth() refuses what is no token, and one that names no known key", async () => {
  const policy = policyOf("jwtAuth", { issuer: ISSUER, jwks: JWKS, mode: "strict" });
  for (const text of ["x", "a.b", "a.b.c", `${encoded({})}.${encoded({})}.`, ".."]) {
    assert.match(await outcomeOf(policy, bearer(text)), /^401 invalid_token: /, text);
  }
  const nameless = await token(KEY, {}, { kid: undefined });
  const expected = `401 invalid_token: ${FAILURE}the token header does not specify a kid`;
  assert.equal(await outcomeOf(policy, bearer(nameless)), expected);
  const unknown = await token(KEY, {}, { kid: "k2" });
  assert.equal(
    await outcomeOf(policy, bearer(unknown)),
    `401 invalid_token: ${FAILURE}token uses the unknown key "k2"`,
  );
  const critical = encoded({ alg: "ES256", kid: "k1", crit: ["x"], x: 1 });
  const text = [critical, ...GOOD.split(".").slice(1)].join(".");
  assert.equal(await outcomeOf(policy, bearer(text)), `${INVALID}it cannot be verified`);
});

Deno.test("jwtAuth() verifies with every kind of public key", async () => {
  for (const alg of ["RS256", "PS384", "RS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]) {
    const key = await signingKey("k", alg);
    const settings = { issuer: ISSUER, jwks: keySetText(key), mode: "strict" };
    const policy = policyOf("jwtAuth", settings);
    assert.equal(await outcomeOf(policy, bearer(await token(key))), "passed", alg);
  }
});

Deno.test("jwtAuth() trusts several issuers, each with its own keys and audiences", async () => {
  const second = { iss: "https://second.test/" };
  const policy = policyOf("jwtAuth", {
    mode: "strict",
    providers: [
      { issuer: ISSUER, jwks: JWKS, audiences: ["a"] },
      { issuer: second.iss, jwks: keySetText(OTHER) },
      { issuer: ISSUER, jwks: JWKS, audiences: ["b"] },
    ],
  });
  const ends = async (text: Promise<string>) => await outcomeOf(policy, bearer(await text));
  assert.equal(await ends(token(KEY, { aud: "a" })), "passed");
  assert.equal(await ends(token(KEY, { aud: "b" })), "passed");
  assert.equal(await ends(token(KEY, { aud: "c" })), claim("aud"));
  assert.equal(await ends(token(OTHER, second)), "passed");
  assert.equal(await ends(token(KEY, second)), FORGED);
  assert.equal(await ends(token(OTHER, { aud: "a" })), FORGED);
});

Deno.test("jwtAuth() remembers a good token, but not beyond its end", async () => {
  const context = compileContext();
  const policy = policyOf("jwtAuth", { issuer: ISSUER, jwks: JWKS, mode: "strict" }, context);
  const text = await token(KEY, { exp: NOW_S + 10 });
  assert.ok(policy.apply(bearer(text)) instanceof Promise);
  await policy.apply(bearer(text));
  assert.equal(policy.apply(bearer(text)), undefined);
  context.nowMs = 69_999;
  assert.equal(policy.apply(bearer(text)), undefined);
  context.nowMs = 70_000;
  assert.equal(await outcomeOf(policy, bearer(text)), LATE);
});

Deno.test("jwtAuth() takes keys from a file", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, JWKS);
  const policy = policyOf("jwtAuth", { issuer: ISSUER, jwks: { file }, mode: "strict" });
  await Deno.remove(file);
  assert.equal(await outcomeOf(policy, bearer(GOOD)), "passed");
});

Deno.test("jwtAuth() challenges the client as RFC 6750 says", async () => {
  const policy = policyOf("jwtAuth", { issuer: ISSUER, jwks: JWKS, mode: "strict" });
  const none = await errorOf(policy, subject({}));
  assert.deepEqual([none?.reason, none?.headers], ["JwtAuth", { "www-authenticate": "Bearer" }]);
  const bad = await errorOf(policy, bearer(BAD));
  assert.deepEqual(bad?.headers, { "www-authenticate": 'Bearer error="invalid_token"' });
});

Deno.test("jwtAuth() shows no token in its errors nor in any text of itself", async () => {
  const policy = policyOf("jwtAuth", { issuer: ISSUER, jwks: JWKS, mode: "strict" });
  const known = bearer(GOOD);
  await policy.apply(known);
  const foreign = await token(KEY, { iss: "https://other.test/", sub: "eve" });
  const errors = [await errorOf(policy, bearer(BAD)), await errorOf(policy, bearer(foreign))];
  const texts = [...errors, policy, known.identity].map((it) =>
    JSON.stringify(it) + Deno.inspect(it) + (it instanceof Error ? it.stack : "")
  ).join("\n");
  const parts = [GOOD, BAD, foreign].flatMap((text) => text.split(".").slice(1));
  for (const secret of [...parts, "other.test", "eve"]) assert.ok(!texts.includes(secret), secret);
});
