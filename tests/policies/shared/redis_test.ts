import assert from "node:assert/strict";
import { account } from "../../../src/policies/budget/account.ts";
import type { Reservation, Reserved } from "../../../src/policies/budget/engine.ts";
import { Ledger } from "../../../src/policies/budget/ledger.ts";
import { localEngine } from "../../../src/policies/rate_limit/engine.ts";
import { type RedisResource, redisResource } from "../../../src/runtime/redis.ts";
import { budgetSpec, limitOf } from "../../support/limits.ts";
import { RedisServer } from "../../support/redis_server.ts";
import { until } from "../../support/until.ts";

interface Gateway extends RedisResource, AsyncDisposable {
  readonly warned: readonly string[];
}

interface GatewayOptions {
  readonly failureMode?: "failClosed" | "failOpen";
  readonly timeoutMs?: number;
  /** How far the clock of the gateway is ahead. */
  readonly aheadMs?: number;
}

/** What one gateway counts with, connected. */
async function gatewayOn(url: string, options: GatewayOptions = {}): Promise<Gateway> {
  const { failureMode = "failClosed", timeoutMs = 250, aheadMs = 0 } = options;
  const warned: string[] = [];
  const now = () => performance.now();
  const epochMs = () => Date.now() + aheadMs;
  const resource = redisResource(
    { url, failureMode, timeoutMs, keyPrefix: "test:" },
    { buckets: localEngine(now), ledger: new Ledger({ epochMs }) },
    { now, epochMs, random: Math.random, warn: (_, message) => void warned.push(message) },
  );
  await resource.open();
  return { ...resource, warned, [Symbol.asyncDispose]: () => resource.close() };
}

const own = account(budgetSpec({ limit: 100 }), "");

function isReservation(reserved: Reserved): reserved is Reservation {
  return !("refusedBy" in reserved);
}

async function reserve(gateway: Gateway, amount: number): Promise<Reservation | undefined> {
  const reserved = await gateway.budgets.reserve([{ account: own, amount }]);
  return isReservation(reserved) ? reserved : undefined;
}

/** What is spent, when as much as that is. */
async function spentOf(gateway: Gateway, expected: number): Promise<void> {
  await until(`${expected} are spent`, async () => {
    const reserved = await gateway.budgets.reserve([{ account: own, amount: 1e6 }]);
    if (isReservation(reserved)) reserved.settle([]);
    const told = Promise.withResolvers<number>();
    if (isReservation(reserved)) return expected === 0;
    told.resolve(reserved.refusedBy.spent);
    return (await told.promise) === expected;
  });
}

Deno.test("two gateways share one budget: 100 parallel calls overspend it by at most one", async () => {
  await using server = await RedisServer.start();
  await using left = await gatewayOn(server.url);
  await using right = await gatewayOn(server.url);
  const reserved = await Promise.all(
    Array.from({ length: 100 }, (_, index) => reserve(index % 2 === 0 ? left : right, 7)),
  );
  const granted = reserved.filter((one) => one !== undefined);
  assert.equal(granted.length, 14);
  for (const one of granted) one.settle([7]);
  const alone = await until("all are settled", () => reserve(right, 50));
  assert.equal(await reserve(left, 1), undefined);
  alone.settle([50]);
  await spentOf(left, 148);
  assert.deepEqual([...left.warned, ...right.warned], []);
});
