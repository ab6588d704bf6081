import assert from "node:assert/strict";
import { httpAuthorizer, type HttpVerdict } from "../../support/authorizer.ts";
import { policyOf, refusalOf, requestOf } from "./ext_authz_policy.ts";

const KEY = ["request.headers['x-user']", "request.path"];

/** A policy with a cache, and how often the service was asked. */
async function caching(
  cache: Readonly<Record<string, unknown>>,
  decide: () => HttpVerdict = () => ({ status: 200, headers: { "x-tier": "gold" } }),
) {
  const service = await httpAuthorizer(decide);
  const http = {
    includeResponseHeaders: ["x-tier"],
    metadata: { life: "response.headers['x-life']" },
  };
  const { policy, context } = policyOf(service, {
    protocol: { http },
    cache: { key: KEY, ttl: 'duration("10s")', ...cache },
  });
  return {
    policy,
    context,
    get asked() {
      return service.requests.length;
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

const from = (user: string) => requestOf({ headers: { "x-user": user } });

Deno.test("extAuthz remembers a decision, with what comes with it", async () => {
  await using cached = await caching({});
  for (const _ of [1, 2]) {
    const subject = from("ann");
    await cached.policy.apply(subject);
    assert.equal(subject.head.headers.get("x-tier"), "gold");
  }
  assert.equal(cached.asked, 1);
  await cached.policy.apply(from("bob"));
  assert.equal(cached.asked, 2);
});

Deno.test("extAuthz forgets a decision when its time is over", async () => {
  await using cached = await caching({});
  await cached.policy.apply(from("ann"));
  cached.context.nowMs = 9_999;
  await cached.policy.apply(from("ann"));
  assert.equal(cached.asked, 1);
  cached.context.nowMs = 10_000;
  await cached.policy.apply(from("ann"));
  assert.equal(cached.asked, 2);
});

Deno.test("extAuthz may remember until a point in time", async () => {
  const until = new Date(1_700_000_000_000 + 5_000).toISOString();
  await using cached = await caching({ ttl: `timestamp("${until}")` });
  await cached.policy.apply(from("ann"));
  cached.context.nowMs = 4_999;
  await cached.policy.apply(from("ann"));
  assert.equal(cached.asked, 1);
  cached.context.nowMs = 5_000;
  await cached.policy.apply(from("ann"));
  assert.equal(cached.asked, 2);
});

Deno.test("extAuthz may remember for as long as the service says", async () => {
  await using cached = await caching(
    { ttl: "duration(extauthz.life)" },
    () => ({ status: 200, headers: { "x-life": "3s" } }),
  );
  await cached.policy.apply(from("ann"));
  cached.context.nowMs = 2_999;
  await cached.policy.apply(from("ann"));
  assert.equal(cached.asked, 1);
  cached.context.nowMs = 3_000;
  await cached.policy.apply(from("ann"));
  assert.equal(cached.asked, 2);
});

const NOT_KEPT: readonly (readonly [string, object])[] = [
  ["a key that has no value", { key: ["request.headers['x-none']"] }],
  ["a key that is null", { key: ["null"] }],
  ["a time that has no value", { ttl: "request.headers['x-none']" }],
  ["no time at all", { ttl: 'duration("0s")' }],
  ["a time that is over", { ttl: 'timestamp("2001-01-01T00:00:00Z")' }],
  ["a number for a time", { ttl: "10" }],
];

for (const [claim, cache] of NOT_KEPT) {
  Deno.test(`extAuthz remembers nothing for ${claim}`, async () => {
    await using cached = await caching({ ...cache });
    await cached.policy.apply(from("ann"));
    await cached.policy.apply(from("ann"));
    assert.equal(cached.asked, 2);
  });
}

const DIFFERENT: readonly (readonly [string, string])[] = [
  ["1", '"1"'],
  ['["a,b"]', '["a", "b"]'],
  ["true", '"true"'],
  ['b"a"', '"YQ=="'],
];

for (const [one, other] of DIFFERENT) {
  Deno.test(`extAuthz takes ${one} and ${other} for different keys`, async () => {
    const key = [`request.headers["x-user"] == "ann" ? ${one} : ${other}`];
    await using cached = await caching({ key });
    await cached.policy.apply(from("ann"));
    await cached.policy.apply(from("bob"));
    await cached.policy.apply(from("ann"));
    assert.equal(cached.asked, 2);
  });
}

Deno.test("extAuthz remembers denials, but none that are long", async () => {
  for (const [length, asked] of [[16 * 1024, 1], [16 * 1024 + 1, 2]] as const) {
    await using cached = await caching({}, () => ({ status: 403, body: "x".repeat(length) }));
    for (const _ of [1, 2]) {
      const { status, body } = await refusalOf(cached.policy, from("ann"));
      assert.deepEqual([status, body?.length], [403, length]);
    }
    assert.equal(cached.asked, asked);
  }
});

Deno.test("extAuthz remembers no failure of the service", async () => {
  let status = 503;
  await using cached = await caching({}, () => ({ status }));
  await refusalOf(cached.policy, from("ann"));
  status = 200;
  assert.equal(await cached.policy.apply(from("ann")), undefined);
});

Deno.test("extAuthz remembers the latest decisions, and no more than it may", async () => {
  await using cached = await caching({ maxEntries: 2 });
  for (const user of ["ann", "bob", "cem", "cem", "bob"]) await cached.policy.apply(from(user));
  assert.equal(cached.asked, 3);
  await cached.policy.apply(from("ann"));
  assert.equal(cached.asked, 4);
});
