import assert from "node:assert/strict";
import { GatewayError } from "../../../src/errors.ts";
import { limitOf } from "../../support/limits.ts";
import {
  accountOf,
  gatewayOn,
  type RedisGateway,
  reserve,
  spentOn,
} from "../../support/redis_gateway.ts";
import { RedisServer } from "../../support/redis_server.ts";
import { delay, until } from "../../support/until.ts";

const TIMEOUT_MS = 250;

/** How much longer than its time a call may seem to take on a busy machine. */
const SLACK_MS = 250;

const uses = [{ limit: limitOf({ capacity: 3, perFill: 3, intervalMs: 600_000 }), partition: "" }];
const ONE = { need: 1, take: 1 };

/** Why a call was refused, and how long that took. */
async function refusalOf(run: () => unknown) {
  const startedMs = performance.now();
  try {
    await run();
  } catch (cause) {
    if (!(cause instanceof GatewayError)) throw cause;
    const { status, code, reason, headers, message } = cause;
    return { error: { status, code, reason, headers, message }, ms: performance.now() - startedMs };
  }
  return assert.fail("not refused");
}

const UNAVAILABLE = {
  status: 503,
  code: "limits_unavailable",
  reason: "RateLimit",
  headers: { "retry-after": "1" },
  message: "the limits of this request cannot be checked now",
};

Deno.test("without its Redis a gateway that fails closed refuses, at once, until it is back", async () => {
  await using server = await RedisServer.start();
  await using gateway = await gatewayOn(server.url);
  const own = accountOf(100);
  const open = await reserve(gateway, own, 10);
  await server.kill();
  await until("it is noticed", () => gateway.warned.length === 1);
  for (
    const run of [
      () => reserve(gateway, own, 10),
      () => gateway.buckets.take(uses, ONE),
    ]
  ) {
    const { error, ms } = await refusalOf(run);
    assert.deepEqual(error, UNAVAILABLE);
    assert.ok(ms < TIMEOUT_MS, `${ms} ms`);
  }
  open?.settle([7]);
  await server.restart();
  await until("it is back", () => gateway.warned.length === 2);
  await until("what was spent meanwhile counts", async () => await spentOn(server, own) === 7);
  const [level] = await gateway.buckets.take(uses, ONE);
  assert.equal(level?.remaining, 2);
  const [away = "", back = "", ...more] = gateway.warned;
  assert.match(away, /^Redis is away: .+; meanwhile requests with limits are refused$/);
  assert.match(back, /^Redis is back after \d+ s$/);
  assert.deepEqual(more, []);
});

Deno.test("without its Redis a gateway that fails open goes on counting for itself", async () => {
  await using server = await RedisServer.start();
  await using gateway = await gatewayOn(server.url, { failureMode: "failOpen" });
  await using other = await gatewayOn(server.url, { failureMode: "failOpen" });
  const own = accountOf(100);
  (await reserve(other, own, 60))?.settle([60]);
  await until("60 are spent", async () => await spentOn(server, own) === 60);
  (await reserve(gateway, own, 1))?.settle([]);
  await server.kill();
  await until("it is noticed", () => gateway.warned.length === 1);
  const granted = await reserve(gateway, own, 30);
  assert.equal(await reserve(gateway, own, 20), undefined, "it remembers what others spent");
  granted?.settle([25]);
  const levels = [];
  for (let request = 0; request < 4; request++) {
    const [level] = await gateway.buckets.take(uses, ONE);
    levels.push(level?.isEnough);
  }
  assert.deepEqual(levels, [true, true, true, false]);
  await server.restart();
  await until("all is told", async () => await spentOn(server, own) === 85);
  assert.match(
    gateway.warned.join("\n"),
    /meanwhile each gateway counts for itself\nRedis is back/,
  );
});

Deno.test("a Redis that hangs costs a request its time once, and others none", async () => {
  await using server = await RedisServer.start();
  await using gateway = await gatewayOn(server.url, { timeoutMs: TIMEOUT_MS });
  const own = accountOf(100);
  const open = await reserve(gateway, own, 10);
  server.pause();
  const first = await refusalOf(() => reserve(gateway, own, 10));
  assert.deepEqual(first.error, UNAVAILABLE);
  assert.ok(first.ms >= TIMEOUT_MS - 10 && first.ms < TIMEOUT_MS + SLACK_MS, `${first.ms} ms`);
  const second = await refusalOf(() => reserve(gateway, own, 10));
  assert.deepEqual(second.error, UNAVAILABLE);
  assert.ok(second.ms < TIMEOUT_MS, `${second.ms} ms`);
  open?.settle([8]);
  server.resume();
  await until("it is back", () => gateway.warned.length === 2);
  await until("8 are spent", async () => await spentOn(server, own) === 8);
  const all = await until("nothing is held any more", () => reserve(gateway, own, 92));
  all.settle([]);
});

Deno.test("a Redis that is away at the start is waited for, but not long", async () => {
  await using server = await RedisServer.start({ password: "hunter2" });
  await server.kill();
  await using gateway = await gatewayOn(server.url);
  const { error } = await refusalOf(() => reserve(gateway, accountOf(1), 1));
  assert.deepEqual(error, UNAVAILABLE);
  await server.restart();
  await until("it is there", () => gateway.warned.length === 2);
  assert.ok(await reserve(gateway, accountOf(1), 1));
});

Deno.test("no word of a password is in what the log is told", async () => {
  await using server = await RedisServer.start({ password: "hunter2" });
  const wrong = server.url.replace("hunter2", "wrong-secret");
  await using refused = await gatewayOn(wrong);
  await refusalOf(() => reserve(refused, accountOf(1), 1));
  await using gateway = await gatewayOn(server.url);
  await server.kill();
  await until("it is noticed", () => gateway.warned.length === 1);
  const warned = [...refused.warned, ...gateway.warned].join("\n");
  assert.match(warned, /^Redis is away: WRONGPASS/);
  assert.doesNotMatch(warned, /hunter2|wrong-secret/);
});

Deno.test("a Redis that refuses commands is told of once, and counts as away for requests", async () => {
  await using server = await RedisServer.start();
  await using gateway = await gatewayOn(server.url);
  await server.command("CONFIG", "SET", "min-replicas-to-write", "1");
  for (let request = 0; request < 3; request++) {
    const { error } = await refusalOf(() => reserve(gateway, accountOf(10), 1));
    assert.deepEqual(error, UNAVAILABLE);
  }
  assert.equal(gateway.warned.length, 1);
  assert.match(gateway.warned[0] ?? "", /^Redis refuses a command: .*NOREPLICAS/);
  await server.command("CONFIG", "SET", "min-replicas-to-write", "0");
  assert.ok(await reserve(gateway, accountOf(10), 1));
});

Deno.test("hints of health are heard again when the Redis is back", async () => {
  await using server = await RedisServer.start();
  await using left = await gatewayOn(server.url);
  await using right = await gatewayOn(server.url);
  const heard: string[] = [];
  right.healthHints.onAnnounced((member) => void heard.push(member));
  await right.open();
  await server.kill();
  left.healthHints.announce("lost", 1);
  await server.restart();
  await until("a hint is heard", () => {
    left.healthHints.announce("a", 1);
    return heard.length > 0;
  });
  assert.equal(heard[0], "a");
});

/** What a gateway under load was granted, refused, and how long that took. */
interface Tally {
  spent: number;
  granted: number;
  unavailable: number;
  slowestMs: number;
}

/** Calls without a pause, several at a time, until it is told to end. */
async function load(gateway: RedisGateway, tally: Tally, goesOn: () => boolean): Promise<void> {
  const own = accountOf(1e9);
  async function call(): Promise<void> {
    while (goesOn()) {
      const startedMs = performance.now();
      try {
        const reservation = await reserve(gateway, own, 10);
        tally.granted += 1;
        // A real request takes its time, too.
        await delay(Math.random() * 5);
        reservation?.settle([7]);
        tally.spent += 7;
      } catch (cause) {
        if (!(cause instanceof GatewayError) || cause.status !== 503) throw cause;
        tally.slowestMs = Math.max(tally.slowestMs, performance.now() - startedMs);
        tally.unavailable += 1;
        await delay(5);
      }
    }
  }
  await Promise.all(Array.from({ length: 20 }, call));
}

Deno.test("a Redis killed and restarted under load loses nothing that was spent", async () => {
  await using server = await RedisServer.start();
  await using left = await gatewayOn(server.url);
  await using right = await gatewayOn(server.url);
  const tallies = [left, right].map(() => ({ spent: 0, granted: 0, unavailable: 0, slowestMs: 0 }));
  let goesOn = true;
  const loads = [left, right].map((gateway, index) =>
    load(gateway, tallies[index] ?? assert.fail(), () => goesOn)
  );
  const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
  for (let round = 0; round < 2; round++) {
    const [granted, unavailable] = [sum("granted"), sum("unavailable")];
    await until("calls are granted", () => sum("granted") > granted + 300);
    await server.kill();
    await until("calls are refused", () => sum("unavailable") > unavailable + 50);
    await server.restart();
  }
  const granted = sum("granted");
  await until("calls are granted again", () => sum("granted") > granted + 300);
  goesOn = false;
  await Promise.all(loads);
  const own = accountOf(1e9);
  await until("all is spent", async () => await spentOn(server, own) === sum("spent"));
  assert.ok(sum("slowestMs") < 2 * (TIMEOUT_MS + SLACK_MS), `${sum("slowestMs")} ms`);
  for (const { warned } of [left, right]) {
    const kinds = warned.map((message) => /^Redis is (\w+)/.exec(message)?.[1]);
    assert.deepEqual(kinds, ["away", "back", "away", "back"]);
  }
});
