import assert from "node:assert/strict";
import type { Policy } from "../../../src/policies/policy.ts";
import { compileContext } from "../../support/compile_context.ts";
import { type Exchange, SocketHttpServer } from "../../support/http_server.ts";
import { subjectOf } from "../../support/subject.ts";
import { until } from "../../support/until.ts";
import { outcomeOf, policyOf } from "./auth_policy.ts";
import { ISSUER, keySetText, NOW_S, type SigningKey, signingKey, token } from "./tokens.ts";

const OLD = await signingKey("old");
const NEW = await signingKey("new");
const WITH_OLD = await tokenOf(OLD);
const WITH_NEW = await tokenOf(NEW);

const UNKNOWN = '401 invalid_token: authentication failure: token uses the unknown key "new"';
const AWAY = "503 keys_unavailable: the token cannot be verified: " +
  "the keys of its issuer cannot be fetched";

function tokenOf(key: SigningKey): Promise<string> {
  return token(key, { exp: NOW_S + 1_000_000 });
}

function bearer(text: string) {
  const headers = { authorization: `Bearer ${text}` };
  return subjectOf(new Request("http://gateway.test/", { headers }));
}

/** A server of keys that counts, with a policy that trusts it and a clock. */
class KeyServer implements AsyncDisposable {
  fetches = 0;
  answer: (exchange: Exchange) => void = serve(OLD);
  readonly context = compileContext((request) => {
    const { path, ...rest } = request;
    return fetch(`http://127.0.0.1:${this.#server.port}${path}`, { ...rest, redirect: "manual" });
  });
  readonly #server: SocketHttpServer;

  private constructor(server: SocketHttpServer) {
    this.#server = server;
  }

  static async start(): Promise<KeyServer> {
    const server = await SocketHttpServer.listen((exchange) => {
      const { method, target } = exchange.request;
      if (method !== "GET" || target !== "/keys?v=1") return exchange.respond(404, {}, "");
      made.fetches++;
      return made.answer(exchange);
    });
    const made = new KeyServer(server);
    return made;
  }

  policy(mode = "strict"): Policy {
    const url = `http://127.0.0.1:${this.#server.port}/keys?v=1`;
    return policyOf("jwtAuth", { issuer: ISSUER, jwks: { url }, mode }, this.context);
  }

  async [Symbol.asyncDispose]() {
    await this.#server[Symbol.asyncDispose]();
  }
}

function serve(...keys: readonly SigningKey[]) {
  return (exchange: Exchange) => {
    exchange.respond(200, { "content-type": "application/json" }, keySetText(...keys));
  };
}

function fail(exchange: Exchange) {
  exchange.respond(500, {}, "sorry");
}

Deno.test("remoteKeys() fetches when the first token comes, and then no more", async () => {
  await using server = await KeyServer.start();
  const policy = server.policy();
  assert.equal(server.fetches, 0);
  const first = Array.from({ length: 50 }, () => outcomeOf(policy, bearer(WITH_OLD)));
  assert.deepEqual(new Set(await Promise.all(first)), new Set(["passed"]));
  const second = await tokenOf(OLD);
  assert.equal(await outcomeOf(policy, bearer(second)), "passed");
  assert.equal(server.fetches, 1);
});

Deno.test("remoteKeys() fetches nothing for a token that cannot be good", async () => {
  await using server = await KeyServer.start();
  const policy = server.policy();
  const foreign = await token(OLD, { iss: "https://other.test/" });
  const nameless = await token(OLD, {}, { kid: undefined });
  for (const text of ["x", foreign, nameless]) {
    assert.match(await outcomeOf(policy, bearer(text)), /^401 /);
  }
  assert.equal(server.fetches, 0);
});

Deno.test("remoteKeys() fetches anew for a key that it does not know", async () => {
  await using server = await KeyServer.start();
  const policy = server.policy();
  assert.equal(await outcomeOf(policy, bearer(WITH_OLD)), "passed");
  server.answer = serve(OLD, NEW);
  server.context.nowMs += 10_000;
  assert.equal(await outcomeOf(policy, bearer(WITH_NEW)), "passed");
  assert.equal(await outcomeOf(policy, bearer(WITH_OLD)), "passed");
  assert.equal(server.fetches, 2);
});

Deno.test("remoteKeys() is not hammered by tokens with unknown keys", async () => {
  await using server = await KeyServer.start();
  const policy = server.policy();
  const storm = async () => {
    const ends = Array.from({ length: 200 }, () => outcomeOf(policy, bearer(WITH_NEW)));
    assert.deepEqual(new Set(await Promise.all(ends)), new Set([UNKNOWN]));
  };
  await storm();
  assert.equal(server.fetches, 1);
  server.context.nowMs += 9_999;
  await storm();
  assert.equal(server.fetches, 1);
  server.context.nowMs += 1;
  await storm();
  assert.equal(server.fetches, 2);
});

Deno.test("remoteKeys() says 503 while it has no keys, and tries again", async () => {
  await using server = await KeyServer.start();
  server.answer = fail;
  const policy = server.policy();
  assert.equal(await outcomeOf(policy, bearer(WITH_OLD)), AWAY);
  assert.equal(await outcomeOf(policy, bearer(WITH_OLD)), AWAY);
  assert.equal(server.fetches, 1);
  const lenient = server.policy("permissive");
  assert.equal(await outcomeOf(lenient, bearer(WITH_OLD)), "passed");
  server.answer = serve(OLD);
  assert.equal(await outcomeOf(policy, bearer(WITH_OLD)), AWAY);
  server.context.nowMs += 1_000;
  assert.equal(await outcomeOf(policy, bearer(WITH_OLD)), "passed");
});

Deno.test("remoteKeys() renews in the background, and withdrawn keys take tokens along", async () => {
  await using server = await KeyServer.start();
  const policy = server.policy();
  await policy.apply(bearer(WITH_OLD));
  server.answer = serve(NEW);
  server.context.nowMs += 299_999;
  assert.equal(policy.apply(bearer(WITH_OLD)), undefined);
  assert.equal(server.fetches, 1);
  server.context.nowMs += 1;
  assert.equal(policy.apply(bearer(WITH_OLD)), undefined, "the old keys serve meanwhile");
  await until("it has asked again", () => server.fetches === 2);
  await until("the new keys are there", async () => {
    return await outcomeOf(policy, bearer(WITH_NEW)) === "passed";
  });
  assert.match(await outcomeOf(policy, bearer(WITH_OLD)), /token uses the unknown key "old"/);
  assert.equal(server.fetches, 2);
});

Deno.test("remoteKeys() keeps remembered tokens where the keys stay the same", async () => {
  await using server = await KeyServer.start();
  const policy = server.policy();
  await policy.apply(bearer(WITH_OLD));
  server.context.nowMs += 300_000;
  assert.equal(policy.apply(bearer(WITH_OLD)), undefined);
  // Of an unknown key, which waits for the fetch that runs.
  assert.equal(await outcomeOf(policy, bearer(WITH_NEW)), UNKNOWN);
  assert.equal(server.fetches, 2);
  assert.equal(policy.apply(bearer(WITH_OLD)), undefined);
});

Deno.test("remoteKeys() keeps the last good keys while the server is away, and says so", async () => {
  await using server = await KeyServer.start();
  const policy = server.policy();
  await policy.apply(bearer(WITH_OLD));
  server.answer = fail;
  for (let minutes = 5; minutes <= 24 * 60; minutes += 5) {
    server.context.nowMs += 300_000;
    assert.equal(policy.apply(bearer(WITH_OLD)), undefined, "nobody waits");
    assert.equal(await outcomeOf(policy, bearer(WITH_NEW)), UNKNOWN);
  }
  assert.equal(server.fetches, 1 + 24 * 12);
  assert.equal(server.context.warned.length, 24 * 12);
  assert.match(
    server.context.warned[0] ?? "",
    /^jwtAuth: cannot fetch keys from http:\/\/127.0.0.1:\d+\/keys: the server answers 500$/,
  );
});

Deno.test("remoteKeys() lets nobody with a known key wait for a server that stalls", async () => {
  await using server = await KeyServer.start();
  const policy = server.policy();
  await policy.apply(bearer(WITH_OLD));
  server.answer = (exchange) => exchange.begin(200, {});
  server.context.nowMs += 300_000;
  assert.equal(policy.apply(bearer(WITH_OLD)), undefined);
  const waiting = bearer(WITH_NEW);
  const ended = outcomeOf(policy, waiting).catch((reason) => reason);
  waiting.abort("gone");
  assert.equal(await ended, "gone");
  assert.equal(policy.apply(bearer(WITH_OLD)), undefined);
});

Deno.test("remoteKeys() after an hour of rest waits for the keys of now, if there are any", async () => {
  await using server = await KeyServer.start();
  const policy = server.policy();
  await policy.apply(bearer(WITH_OLD));
  server.answer = serve(NEW);
  server.context.nowMs += 3_600_000;
  assert.match(await outcomeOf(policy, bearer(WITH_OLD)), /token uses the unknown key "old"/);
  server.answer = fail;
  server.context.nowMs += 3_600_000;
  assert.equal(await outcomeOf(policy, bearer(WITH_NEW)), "passed");
});

Deno.test("remoteKeys() are kept over a reload", async () => {
  await using server = await KeyServer.start();
  await server.policy().apply(bearer(WITH_OLD));
  server.answer = fail;
  assert.equal(await outcomeOf(server.policy(), bearer(await tokenOf(OLD))), "passed");
  assert.equal(server.fetches, 1);
});

const USELESS: Readonly<Record<string, (exchange: Exchange) => void>> = {
  "the server answers 302": (exchange) =>
    exchange.respond(302, { location: "http://127.0.0.1:1/" }, ""),
  "its answer is of no use: must be the JSON of a key set": (exchange) =>
    exchange.respond(200, {}, "<html>"),
  "its answer is of no use: must have a key": (exchange) =>
    exchange.respond(200, {}, '{"keys": []}'),
  "its answer is of no use: key 1 of the set is a shared secret": (exchange) =>
    exchange.respond(200, {}, '{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "old"}]}'),
  "its answer is longer than 1048576 bytes": (exchange) =>
    exchange.respond(200, {}, " ".repeat(1024 * 1024 + 1)),
  "": (exchange) => exchange.reset(),
};

Deno.test("remoteKeys() takes no answer that is of no use", async () => {
  for (const [reason, answer] of Object.entries(USELESS)) {
    await using server = await KeyServer.start();
    server.answer = answer;
    assert.equal(await outcomeOf(server.policy(), bearer(WITH_OLD)), AWAY, reason);
    const [warning = "", ...more] = server.context.warned;
    assert.match(warning, /^jwtAuth: cannot fetch keys from /);
    assert.ok(warning.includes(reason), warning);
    for (const secret of ["c2VjcmV0", "v=1"]) assert.ok(!warning.includes(secret), warning);
    assert.deepEqual(more, []);
  }
});
