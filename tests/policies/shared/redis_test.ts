import assert from "node:assert/strict";
import { account } from "../../../src/policies/budget/account.ts";
import { RESERVE, SETTLE } from "../../../src/policies/budget/redis_scripts.ts";
import { RedisLink } from "../../../src/policies/shared/redis_link.ts";
import { budgetSpec, limitOf } from "../../support/limits.ts";
import { accountOf, gatewayOn, reserve, spentOn } from "../../support/redis_gateway.ts";
import { RedisServer } from "../../support/redis_server.ts";
import { until } from "../../support/until.ts";

const DAY_MS = 86_400_000;

Deno.test("two gateways share a budget: 100 parallel calls overspend it by at most one", async () => {
  await using server = await RedisServer.start();
  await using left = await gatewayOn(server.url);
  await using right = await gatewayOn(server.url);
  const own = accountOf(100);
  const reserved = await Promise.all(
    Array.from({ length: 100 }, (_, index) => reserve(index % 2 === 0 ? left : right, own, 7)),
  );
  const granted = reserved.filter((one) => one !== undefined);
  assert.equal(granted.length, 14);
  for (const one of granted) one.settle([7]);
  const alone = await until("all are settled", () => reserve(right, own, 50));
  assert.equal(await reserve(left, own, 1), undefined);
  alone.settle([50]);
  await until("it is spent", async () => await spentOn(server, own) === 148);
  assert.equal(await reserve(left, own, 0), undefined);
  assert.deepEqual([...left.warned, ...right.warned], []);
});

Deno.test("a Redis sets nothing aside where one of several budgets has too little", async () => {
  await using server = await RedisServer.start();
  await using gateway = await gatewayOn(server.url);
  const wide = accountOf(100);
  const narrow = accountOf(5, '"narrow');
  const first = await reserve(gateway, narrow, 5);
  const wants = [{ account: wide, amount: 50 }, { account: narrow, amount: 1 }];
  const refused = await gateway.budgets.reserve(wants);
  assert.ok("refusedBy" in refused);
  const { account: by, spent, held, underWay } = refused.refusedBy;
  assert.deepEqual({ by, spent, held, underWay }, { by: narrow, spent: 0, held: 5, underWay: 1 });
  assert.ok(await reserve(gateway, wide, 100));
  first?.settle([5]);
  await until("5 are spent", async () => await spentOn(server, narrow) === 5);
});

Deno.test("a Redis tells where an account stands when something is spent", async () => {
  await using server = await RedisServer.start();
  await using gateway = await gatewayOn(server.url);
  const own = accountOf(100);
  const sums: number[] = [];
  for (const amount of [30, 20]) {
    const told = Promise.withResolvers<number>();
    (await reserve(gateway, own, amount))?.settle([amount], ({ spent }) => told.resolve(spent));
    sums.push(await told.promise);
  }
  assert.deepEqual(sums, [30, 50]);
});

Deno.test("a Redis' clock says which period it is, whatever that of a gateway says", async () => {
  await using server = await RedisServer.start();
  await using right = await gatewayOn(server.url);
  await using ahead = await gatewayOn(server.url, { aheadMs: 2 * DAY_MS });
  await using behind = await gatewayOn(server.url, { aheadMs: -40 * DAY_MS });
  const own = account(budgetSpec({ limit: 10, period: "day" }), "");
  const granted: (string | undefined)[] = [];
  for (const [name, gateway] of Object.entries({ ahead, behind, right })) {
    for (const amount of [3, 3]) if (await reserve(gateway, own, amount)) granted.push(name);
  }
  assert.deepEqual(granted, ["ahead", "ahead", "behind"]);
});

Deno.test("a Redis keeps an account until its period is over, and little longer", async () => {
  await using server = await RedisServer.start();
  await using gateway = await gatewayOn(server.url);
  const own = account(budgetSpec({ period: "minute" }), "");
  const reservation = await reserve(gateway, own, 1);
  await allExpire();
  reservation?.settle([1]);
  await until("it is spent", async () => await spentOn(server, own) === 1);
  await allExpire();

  async function allExpire(): Promise<void> {
    const keys = await server.command("KEYS", "test:*");
    assert.ok(Array.isArray(keys) && keys.length > 0);
    for (const key of keys) {
      const leftMs = Number(await server.command("PTTL", String(key)));
      assert.ok(leftMs > 0 && leftMs <= 3_660_000, `${key}: ${leftMs}`);
    }
  }
});

Deno.test("a gateway that died holds nothing, one that lives does", async () => {
  await using server = await RedisServer.start();
  await using alive = await gatewayOn(server.url);
  await using asking = await gatewayOn(server.url);
  const own = accountOf(100);
  const dead = await gatewayOn(server.url);
  await reserve(dead, own, 40);
  const [lease = ""] = await holdersOf(server);
  await dead.close();
  const living = await reserve(alive, own, 40);
  assert.equal(await reserve(asking, own, 40), undefined);
  await server.command("DEL", `test:gateway:${lease}`);
  const granted = await reserve(asking, own, 40);
  assert.ok(granted);
  assert.equal(await reserve(asking, own, 40), undefined, "the other still holds");
  living?.settle([40]);
  granted.settle([]);
  await until("40 are spent", async () => await spentOn(server, own) === 40);
  await until("nothing is held", async () => (await holdersOf(server)).length === 0);
});

Deno.test("what is spent counts even if it was thought to be released", async () => {
  await using server = await RedisServer.start();
  await using slow = await gatewayOn(server.url);
  await using other = await gatewayOn(server.url);
  const own = accountOf(100);
  const late = await reserve(slow, own, 60);
  const [lease = ""] = await holdersOf(server);
  await server.command("DEL", `test:gateway:${lease}`);
  assert.ok(await reserve(other, own, 60), "it is released");
  late?.settle([55]);
  await until("it is spent", async () => await spentOn(server, own) === 55);
});

Deno.test("what is settled again because nobody knew that it was is spent once", async () => {
  await using server = await RedisServer.start();
  const link = new RedisLink({
    url: server.url,
    timeoutMs: 1_000,
    now: () => 0,
    epochMs: () => 0,
    random: () => 0,
    meanwhile: "",
    warn: assert.fail,
  });
  await link.open();
  const endMs = Date.now() + DAY_MS;
  const reserveOne = ["g", "1", "test:gateway:", 30_000, 100, 10, 0, endMs];
  await link.run(RESERVE, ["a", "a:g"], reserveOne);
  const spent: (readonly number[])[] = [];
  for (const again of [0, 1, 1]) {
    spent.push(await link.run(SETTLE, ["a", "a:g"], ["g", "1", again, 5, endMs]));
  }
  assert.deepEqual(spent, [[5], [5], [5]]);
  await link.close();
});

Deno.test("two gateways share a rate: no more is taken than the bucket holds", async () => {
  await using server = await RedisServer.start();
  await using left = await gatewayOn(server.url);
  await using right = await gatewayOn(server.url);
  const uses = [
    { limit: limitOf({ id: "one", capacity: 10, intervalMs: 60_000 }), partition: "" },
    { limit: limitOf({ id: "two", capacity: 20, intervalMs: 60_000 }), partition: "" },
  ];
  const levels = await Promise.all(
    Array.from(
      { length: 30 },
      (_, index) => (index % 2 === 0 ? left : right).buckets.take(uses, { need: 1, take: 1 }),
    ),
  );
  const granted = levels.filter((found) => found.every(({ isEnough }) => isEnough));
  assert.equal(granted.length, 10);
  const [one, two] = await left.buckets.take(uses, { need: 1, take: 1 });
  assert.deepEqual([one?.isEnough, one?.remaining], [false, 0]);
  assert.deepEqual([two?.isEnough, two?.remaining], [true, 10], "nothing is taken by the refused");
  assert.ok(one !== undefined && one.resetMs > 50_000 && one.resetMs <= 60_000);
});

Deno.test("a Redis fills buckets by whole intervals of its own clock", async () => {
  await using server = await RedisServer.start();
  await using gateway = await gatewayOn(server.url);
  const limit = limitOf({ capacity: 2, perFill: 1, intervalMs: 100 });
  const uses = [{ limit, partition: "" }];
  const take = async () => (await gateway.buckets.take(uses, { need: 2, take: 2 }))[0];
  const startedMs = performance.now();
  assert.equal((await take())?.remaining, 0);
  const found = await until("there is one again", async () => {
    const [level] = await gateway.buckets.take(uses, { need: 3, take: 1 });
    return level?.remaining === 1 && level;
  });
  assert.ok(performance.now() - startedMs >= 99);
  assert.ok(found.resetMs > 0 && found.resetMs <= 100);
  await until("it is full, and forgotten", async () => {
    const keys = await server.command("KEYS", "test:limit:*");
    return Array.isArray(keys) && keys.length === 0;
  });
  assert.equal((await take())?.remaining, 0);
});

Deno.test("a Redis charges tokens at the end, without debt or excess", async () => {
  await using server = await RedisServer.start();
  await using gateway = await gatewayOn(server.url);
  const uses = [{ limit: limitOf({ capacity: 100, intervalMs: 60_000 }), partition: "" }];
  const left = async () => (await gateway.buckets.take(uses, { need: 1, take: 0 }))[0]?.remaining;
  for (const [amount, expected] of [[30, 70], [-10, 80], [-500, 100], [500, 0]] as const) {
    gateway.buckets.charge(uses, amount);
    await until(`${expected} are left`, async () => await left() === expected);
  }
});

Deno.test("a Redis knows partitions by their hashes alone", async () => {
  await using server = await RedisServer.start();
  await using gateway = await gatewayOn(server.url);
  const limit = limitOf({ capacity: 1, intervalMs: 60_000 });
  const take = async (partition: string) => {
    const [level] = await gateway.buckets.take([{ limit, partition }], { need: 1, take: 1 });
    return level?.isEnough;
  };
  const secret = '"sk-secret';
  assert.deepEqual([await take(secret), await take(secret), await take('"b')], [true, false, true]);
  await reserve(gateway, accountOf(10, secret), 1);
  const keys = await server.command("KEYS", "*");
  assert.doesNotMatch(String(keys), /sk-secret/);
});

Deno.test("a Redis that forgot the scripts is told them again", async () => {
  await using server = await RedisServer.start();
  await using gateway = await gatewayOn(server.url);
  const own = accountOf(100);
  assert.ok(await reserve(gateway, own, 10));
  await server.command("SCRIPT", "FLUSH");
  assert.ok(await reserve(gateway, own, 10));
  assert.deepEqual(gateway.warned, []);
});

Deno.test("gateways hear each other's hints of health, but not their own", async () => {
  await using server = await RedisServer.start();
  await using left = await gatewayOn(server.url);
  await using right = await gatewayOn(server.url);
  const heard: unknown[] = [];
  left.healthHints.onAnnounced((...hint) => heard.push(["left", ...hint]));
  const stop = right.healthHints.onAnnounced((...hint) => heard.push(["right", ...hint]));
  await Promise.all([left.open(), right.open()]);
  left.healthHints.announce("a", 1_700_000_000_000);
  await until("right has heard", () => heard.length === 1);
  await server.command("PUBLISH", "test:health", "no JSON");
  await server.command("PUBLISH", "test:health", '{"member":1}');
  stop();
  left.healthHints.announce("b", 1_700_000_000_001);
  right.healthHints.announce("c", 1_700_000_000_002);
  await until("left has heard", () => heard.length === 2);
  assert.deepEqual(heard, [
    ["right", "a", 1_700_000_000_000],
    ["left", "c", 1_700_000_000_002],
  ]);
});

/** Under which names something of the only account is held. */
async function holdersOf(server: RedisServer): Promise<readonly string[]> {
  const keys = await server.command("KEYS", "test:budget:*");
  assert.ok(Array.isArray(keys));
  const [account = ""] = keys.map(String).toSorted((left, right) => left.length - right.length);
  const fields = await server.command("HKEYS", account);
  assert.ok(Array.isArray(fields));
  return fields.map(String).filter((name) => name.startsWith("held:")).map((name) => name.slice(5));
}
