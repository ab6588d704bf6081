import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { compileContext } from "../../support/compile_context.ts";
import { subjectOf } from "../../support/subject.ts";
import { errorOf, outcomeOf, policyOf } from "./auth_policy.ts";

const KEY = "sk-gateway-0123456789";
const HASH = createHash("sha256").update(KEY).digest("hex");
const EXPIRED = "sk-expired-0123456789";
const KEYS = [
  { key: "sk-other", metadata: { user: "other" } },
  { keyHash: `sha256:${HASH}`, metadata: { user: "ada", team: { id: 7 } } },
  { key: EXPIRED, expiresAt: "2023-01-01T00:00:00Z" },
];

function subject(headers: Record<string, string>, target = "/v1/chat/completions") {
  return subjectOf(new Request(`http://gateway.test${target}`, { headers }));
}

const NONE = "401 missing_api_key: api key authentication failure: no API Key found";
const WRONG = "401 invalid_api_key: api key authentication failure: invalid credentials";
const LATE = "401 expired_api_key: api key authentication failure: the API key has expired";

/** What becomes of a request without, with a good, a wrong and an expired key. */
const MODES = {
  strict: [NONE, "passed", WRONG, LATE],
  optional: ["passed", "passed", WRONG, LATE],
  permissive: ["passed", "passed", "passed", "passed"],
};

const PLACES: Readonly<Record<string, { location?: unknown; carry: (key: string) => unknown[] }>> =
  {
    default: { carry: (key) => [{ authorization: `Bearer ${key}` }] },
    header: {
      location: { header: { name: "x-key" } },
      carry: (key) => [{ "x-key": key }],
    },
    prefixed: {
      location: { header: { name: "x-key", prefix: "Key " } },
      carry: (key) => [{ "x-key": `key ${key}` }],
    },
    query: {
      location: { queryParameter: { name: "k" } },
      carry: (key) => [{}, `/v1/models?a=1&k=${key}`],
    },
    cookie: {
      location: { cookie: { name: "k" } },
      carry: (key) => [{ cookie: `a=1; k=${key}` }],
    },
    expression: {
      location: { expression: 'request.headers["x-key"]' },
      carry: (key) => [{ "x-key": key }],
    },
  };

for (const [mode, expected] of Object.entries(MODES)) {
  for (const [place, { location, carry }] of Object.entries(PLACES)) {
    Deno.test(`apiKey() in mode ${mode} reads a key from: ${place}`, async () => {
      const settings = { keys: KEYS, mode, ...(location === undefined ? {} : { location }) };
      const policy = policyOf("apiKey", settings);
      const at = (key: string) => subjectFrom(carry(key));
      assert.deepEqual([
        await outcomeOf(policy, subject({})),
        await outcomeOf(policy, at(KEY)),
        await outcomeOf(policy, at("sk-wrong")),
        await outcomeOf(policy, at(EXPIRED)),
      ], expected);
    });
  }
}

function subjectFrom([headers, target]: readonly unknown[]) {
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]);
  return subject(Object.fromEntries(given), target === undefined ? undefined : String(target));
}

Deno.test("apiKey() without a mode is optional", async () => {
  const policy = policyOf("apiKey", { keys: KEYS });
  assert.equal(await outcomeOf(policy, subject({})), "passed");
  assert.equal(await outcomeOf(policy, subject({ authorization: "Bearer no" })), WRONG);
});

Deno.test("apiKey() says who the client is", async () => {
  const known = subject({ authorization: `Bearer ${KEY}` });
  await policyOf("apiKey", { keys: KEYS }).apply(known);
  assert.equal(known.identity.apiKey?.id, HASH.slice(0, 32));
  assert.deepEqual(known.identity.apiKey?.metadata, { user: "ada", team: { id: 7 } });
  const unknown = subject({ authorization: "Bearer no" });
  await policyOf("apiKey", { keys: KEYS, mode: "permissive" }).apply(unknown);
  assert.equal(unknown.identity.apiKey, undefined);
});

Deno.test("apiKey() takes a known key out of the request, and leaves any other", async () => {
  const policy = policyOf("apiKey", { keys: KEYS, mode: "permissive" });
  const known = subject({ authorization: `Bearer ${KEY}`, "x-more": "1" }, `/m?key=${KEY}&a=1`);
  await policy.apply(known);
  assert.deepEqual([...known.head.headers], [["x-more", "1"]]);
  assert.equal(known.head.query, "?a=1");
  const unknown = subject({ authorization: "Bearer no" });
  await policy.apply(unknown);
  assert.equal(unknown.head.headers.get("authorization"), "Bearer no");
});

/** How SDKs send their keys. */
const SDKS: readonly (readonly [string, Record<string, string>, string?])[] = [
  ["OpenAI", { authorization: `Bearer ${KEY}` }],
  ["Anthropic", { "x-api-key": KEY }],
  ["Azure", { "api-key": KEY }],
  ["Gemini", { "x-goog-api-key": KEY }],
  ["Gemini in the query", {}, `/v1beta/models/m:generateContent?key=${KEY}&alt=sse`],
  ["another scheme beside it", { authorization: "Basic YTpi", "x-api-key": KEY }],
];

Deno.test("apiKey() without a location finds the key where SDKs put it", async () => {
  const policy = policyOf("apiKey", { keys: KEYS, mode: "strict" });
  for (const [sdk, headers, target] of SDKS) {
    const from = subject(headers, target);
    assert.equal(await outcomeOf(policy, from), "passed", sdk);
    assert.ok(!JSON.stringify([...from.head.headers, from.head.query]).includes(KEY), sdk);
  }
});

Deno.test("apiKey() with a location looks nowhere else", async () => {
  const policy = policyOf("apiKey", {
    keys: KEYS,
    mode: "strict",
    location: { header: { name: "authorization", prefix: "Bearer " } },
  });
  for (const [sdk, headers, target] of SDKS.slice(1)) {
    assert.equal(await outcomeOf(policy, subject(headers, target)), NONE, sdk);
  }
});

Deno.test("apiKey() refuses a key from the instant at which it expires", async () => {
  const context = compileContext();
  const expiresAt = new Date(context.environment.epochMs() + 1000).toISOString();
  const keys = [{ key: KEY, expiresAt }];
  const policy = policyOf("apiKey", { keys, mode: "strict" }, context);
  const from = () => subject({ authorization: `Bearer ${KEY}` });
  context.nowMs = 999;
  assert.equal(await outcomeOf(policy, from()), "passed");
  context.nowMs = 1000;
  assert.equal(await outcomeOf(policy, from()), LATE);
});

Deno.test("apiKey() takes a key from a file, without the space around it", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, `${KEY}\n`);
  const policy = policyOf("apiKey", { keys: [{ key: { file } }], mode: "strict" });
  await Deno.remove(file);
  assert.equal(await outcomeOf(policy, subject({ "x-api-key": KEY })), "passed");
});

Deno.test("apiKey() knows after a reload only the keys that are listed then", async () => {
  const before = policyOf("apiKey", { keys: KEYS, mode: "strict" });
  const after = policyOf("apiKey", { keys: KEYS.slice(0, 1), mode: "strict" });
  assert.equal(await outcomeOf(before, subject({ "x-api-key": KEY })), "passed");
  assert.equal(await outcomeOf(after, subject({ "x-api-key": KEY })), WRONG);
});

Deno.test("apiKey() shows no key in its errors nor in any text of itself", async () => {
  const policy = policyOf("apiKey", { keys: KEYS, mode: "strict" });
  const error = await errorOf(policy, subject({ authorization: "Bearer sk-presented" }));
  const known = subject({ authorization: `Bearer ${KEY}` });
  await policy.apply(known);
  const texts = [error, policy, known.identity.apiKey]
    .map((it) => JSON.stringify(it) + Deno.inspect(it));
  for (const secret of ["sk-presented", KEY, HASH, "sk-other"]) {
    assert.ok(!texts.join(String(error?.stack)).includes(secret), secret);
  }
});
