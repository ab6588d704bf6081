import { type Account, account } from "../../src/policies/budget/account.ts";
import type { Reservation } from "../../src/policies/budget/engine.ts";
import { Ledger } from "../../src/policies/budget/ledger.ts";
import { localEngine } from "../../src/policies/rate_limit/engine.ts";
import { type RedisResource, redisResource } from "../../src/runtime/redis.ts";
import { budgetSpec } from "./limits.ts";
import type { RedisServer } from "./redis_server.ts";

/** What one gateway counts with on a Redis, connected. */
export interface RedisGateway extends RedisResource, AsyncDisposable {
  readonly warned: readonly string[];
}

interface GatewayOptions {
  readonly failureMode?: "failClosed" | "failOpen";
  readonly timeoutMs?: number;
  /** How far the clock of the gateway is ahead of the server's. */
  readonly aheadMs?: number;
}

/** Connects a gateway. */
export async function gatewayOn(url: string, options: GatewayOptions = {}): Promise<RedisGateway> {
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

/** An account of so many tokens a month. */
export function accountOf(limit: number, partition = ""): Account {
  return account(budgetSpec({ limit }), partition);
}

/** Sets an amount aside; undefined where there is too little. */
export async function reserve(
  { budgets }: RedisGateway,
  account: Account,
  amount: number,
): Promise<Reservation | undefined> {
  const reserved = await budgets.reserve([{ account, amount }]);
  return "refusedBy" in reserved ? undefined : reserved;
}

/** What is spent of an account in all its periods, as the server has it. */
export async function spentOn(server: RedisServer, { id }: Account): Promise<number> {
  const keys = await server.command("KEYS", "test:budget:*");
  if (!Array.isArray(keys)) throw new TypeError("no list of keys");
  let sum = 0;
  for (const key of keys.map(String)) {
    const isPeriod = key.startsWith(`test:budget:${id}:`) && /^\d+$/.test(afterLast(key));
    if (isPeriod) sum += Number(await server.command("HGET", key, "spent") ?? 0);
  }
  return sum;
}

function afterLast(key: string): string {
  return key.slice(key.lastIndexOf(":") + 1);
}
