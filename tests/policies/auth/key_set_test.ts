import assert from "node:assert/strict";
import { exportJWK } from "jose";
import { parseKeySet } from "../../../src/policies/auth/key_set.ts";
import { signingKey } from "./tokens.ts";

const { jwk, privateKey } = await signingKey("k");
const privateJwk = { ...await exportJWK(privateKey), kid: "k" };

const NO_SET = 'must be the JSON of a key set, such as {"keys": [{"kty": "EC", ...}]}';
const NO_KEY = "key 2 of the set must be an RSA, EC or OKP key with all its members";

/** What stands beside a good key, and what is said of it. */
const REFUSED: readonly (readonly [unknown, string])[] = [
  ["text", NO_KEY],
  [null, NO_KEY],
  [{}, NO_KEY],
  [{ ...jwk, kty: "XY" }, NO_KEY],
  [{ ...jwk, kty: "constructor" }, NO_KEY],
  [{ ...jwk, x: undefined }, NO_KEY],
  [{ ...jwk, kid: undefined }, "key 2 of the set has no kid, by which tokens name their key"],
  [{ ...jwk, kid: "" }, "key 2 of the set has no kid, by which tokens name their key"],
  [privateJwk, "key 2 of the set is a private key: give its public members alone"],
  [
    { kty: "oct", k: "c2VjcmV0", kid: "s" },
    "key 2 of the set is a shared secret: only public keys can be trusted",
  ],
];

Deno.test("parseKeySet() says which keys are of no use, and keeps the others", () => {
  for (const [key, message] of REFUSED) {
    const { keys, problems } = parseKeySet(JSON.stringify({ keys: [jwk, key] }));
    assert.deepEqual(problems, [message]);
    assert.deepEqual([...keys?.kids ?? []], ["k"]);
  }
});

Deno.test("parseKeySet() passes over keys for encryption", () => {
  const set = { keys: [{ ...jwk, use: "enc", kid: "e" }, { ...jwk, use: "sig" }] };
  const { keys, problems } = parseKeySet(JSON.stringify(set));
  assert.deepEqual([problems, [...keys?.kids ?? []]], [[], ["k"]]);
});

Deno.test("parseKeySet() refuses what is no key set", () => {
  for (const text of ["", "x", "[]", "{}", '{"keys": {}}', "null", JSON.stringify(jwk)]) {
    assert.deepEqual(parseKeySet(text), { keys: undefined, problems: [NO_SET] }, text);
  }
  for (const keys of [[], [{ ...jwk, use: "enc" }]]) {
    const { problems } = parseKeySet(JSON.stringify({ keys }));
    assert.deepEqual(problems, ["must have a key for signatures"]);
  }
});

Deno.test("parseKeySet() quotes no key", () => {
  const { problems } = parseKeySet(JSON.stringify({ keys: [privateJwk] }));
  assert.ok(!problems.join().includes(privateJwk.d ?? "missing"));
});
