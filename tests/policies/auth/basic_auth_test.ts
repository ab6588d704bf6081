import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { subjectOf } from "../../support/subject.ts";
import { errorOf, outcomeOf, policyOf } from "./auth_policy.ts";

/** Hashes of "secret": by libcrypt, by Digest::SHA, by openssl. */
const BCRYPT = "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";
const SHA = "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=";
const APR1 = "$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/";
const HTPASSWD = `# users\n\nada:${BCRYPT}\r\nbob:${SHA}\n  eve:${APR1}  \n`;

const NONE = "missing_credentials: basic authentication failure: " +
  "no basic authentication credentials found";
const WRONG = "invalid_credentials: basic authentication failure: invalid credentials";

function credential(user: string): string {
  return new TextEncoder().encode(user).toBase64();
}

function subject(headers: Record<string, string>, target = "/") {
  return subjectOf(new Request(`http://gateway.test${target}`, { headers }));
}

function basic(user: string) {
  return subject({ authorization: `Basic ${credential(user)}` });
}

/** What becomes of a request without, with a right and with a wrong password. */
const MODES = {
  strict: [`401 ${NONE}`, "passed", `401 ${WRONG}`],
  optional: ["passed", "passed", `401 ${WRONG}`],
};

type Carry = (text: string) => ReturnType<typeof subject>;

const PLACES: Readonly<Record<string, { location?: unknown; carry: Carry }>> = {
  default: { carry: (text) => subject({ authorization: `Basic ${text}` }) },
  header: {
    location: { header: { name: "x-basic" } },
    carry: (text) => subject({ "x-basic": text }),
  },
  query: {
    location: { queryParameter: { name: "auth" } },
    carry: (text) => subject({}, `/?auth=${encodeURIComponent(text)}`),
  },
  cookie: {
    location: { cookie: { name: "auth" } },
    carry: (text) => subject({ cookie: `auth=${text}` }),
  },
  expression: {
    location: { expression: 'request.headers["x-basic"]' },
    carry: (text) => subject({ "x-basic": text }),
  },
};

for (const [mode, expected] of Object.entries(MODES)) {
  for (const [place, { location, carry }] of Object.entries(PLACES)) {
    Deno.test(`basicAuth() in mode ${mode} reads a password from: ${place}`, async () => {
      const policy = policyOf("basicAuth", {
        htpasswd: HTPASSWD,
        mode,
        ...(location === undefined ? {} : { authorizationLocation: location }),
      });
      assert.deepEqual([
        await outcomeOf(policy, subject({})),
        await outcomeOf(policy, carry(credential("bob:secret"))),
        await outcomeOf(policy, carry(credential("bob:wrong"))),
      ], expected);
    });
  }
}

Deno.test("basicAuth() without a mode is optional", async () => {
  const policy = policyOf("basicAuth", { htpasswd: HTPASSWD });
  assert.equal(await outcomeOf(policy, subject({})), "passed");
  assert.equal(await outcomeOf(policy, basic("bob:wrong")), `401 ${WRONG}`);
});

Deno.test("basicAuth() checks passwords with each kind of hash", async () => {
  const policy = policyOf("basicAuth", { htpasswd: HTPASSWD, mode: "strict" });
  for (const name of ["ada", "bob", "eve"]) {
    for (const _ of ["at first", "again"]) {
      assert.equal(await outcomeOf(policy, basic(`${name}:secret`)), "passed", name);
      assert.equal(await outcomeOf(policy, basic(`${name}:Secret`)), `401 ${WRONG}`, name);
      assert.equal(await outcomeOf(policy, basic(`${name}:`)), `401 ${WRONG}`, name);
    }
  }
});

const LONG = "x".repeat(2000);
const ANN = `ann:{SHA}${createHash("sha1").update(LONG).digest("base64")}`;

/** What is no user's name and password. */
const MALFORMED = [
  "Basic ???",
  `Basic ${credential("ada")}`,
  `Basic ${new Uint8Array([0xff, 0x3a, 0x61]).toBase64()}`,
  `Basic ${credential("nobody:secret")}`,
  `Basic ${credential(":secret")}`,
  `Basic ${credential(`ann:${LONG}`)}`,
];

Deno.test("basicAuth() refuses what is no user's name and password", async () => {
  const policy = policyOf("basicAuth", { htpasswd: HTPASSWD + ANN, mode: "optional" });
  for (const authorization of MALFORMED) {
    assert.equal(await outcomeOf(policy, subject({ authorization })), `401 ${WRONG}`);
  }
});

Deno.test("basicAuth() splits at the first colon, and takes UTF-8", async () => {
  // openssl passwd -apr1 -salt s ä:ö
  const policy = policyOf("basicAuth", {
    htpasswd: "jürgen:$apr1$s$0m1UYJ1SmI0jTW7oEczq11",
    mode: "strict",
  });
  assert.equal(await outcomeOf(policy, basic("jürgen:ä:ö")), "passed");
});

Deno.test("basicAuth() says who the client is and takes the password out", async () => {
  const policy = policyOf("basicAuth", { htpasswd: HTPASSWD, mode: "strict" });
  for (const user of ["ada:secret", "ada:secret"]) {
    const known = basic(user);
    await policy.apply(known);
    assert.deepEqual(known.identity.basicAuth, { username: "ada" });
    assert.deepEqual([...known.head.headers], []);
  }
});

Deno.test("basicAuth() tells the client how to show itself", async () => {
  const challenge = async (settings: object, from = subject({})) => {
    const policy = policyOf("basicAuth", { htpasswd: HTPASSWD, mode: "strict", ...settings });
    const error = await errorOf(policy, from);
    return [error?.status, error?.reason, error?.headers];
  };
  const realm = (text: string) => ({ "www-authenticate": `Basic realm="${text}"` });
  assert.deepEqual(await challenge({}), [401, "BasicAuth", realm("Restricted")]);
  assert.deepEqual(await challenge({}, basic("a:b")), [401, "BasicAuth", realm("Restricted")]);
  const quoted = await challenge({ realm: 'the "lab"\\' });
  assert.deepEqual(quoted, [401, "BasicAuth", realm('the \\"lab\\"\\\\')]);
  const location = { header: { name: "Proxy-Authorization", prefix: "Basic " } };
  assert.deepEqual(await challenge({ authorizationLocation: location }), [407, "BasicAuth", {
    "proxy-authenticate": 'Basic realm="Restricted"',
  }]);
});

Deno.test("basicAuth() shows no password in its errors nor in any text of itself", async () => {
  const policy = policyOf("basicAuth", { htpasswd: HTPASSWD, mode: "strict" });
  const error = await errorOf(policy, basic("ada:presented"));
  const known = basic("bob:secret");
  await policy.apply(known);
  const texts = [error, policy, known.identity].map((it) => JSON.stringify(it) + Deno.inspect(it));
  const secrets = ["presented", credential("ada:presented"), "secret", BCRYPT.slice(7)];
  for (const secret of secrets) assert.ok(!texts.join(error?.stack).includes(secret), secret);
});
