import { parseDurationMs } from "../lib/duration.ts";
import type { ProblemPath } from "../config/normalised.ts";
import type { RedisConfig } from "../config/schema/redis.ts";
import type { BudgetEngine } from "../policies/budget/engine.ts";
import type { Ledger } from "../policies/budget/ledger.ts";
import { RedisBudgets } from "../policies/budget/redis_budgets.ts";
import type { BucketEngine } from "../policies/rate_limit/engine.ts";
import { redisBuckets } from "../policies/rate_limit/redis_buckets.ts";
import type { HealthHints } from "../policies/shared/health_hints.ts";
import { RedisHealthHints } from "../policies/shared/redis_health_hints.ts";
import { RedisLink } from "../policies/shared/redis_link.ts";
import type { CompileContext, PolicyEnvironment } from "./compile_context.ts";

/** How to use a Redis. */
export interface RedisSettings {
  /** May hold a password. */
  readonly url: string;
  readonly failureMode: "failClosed" | "failOpen";
  readonly timeoutMs: number;
  readonly keyPrefix: string;
}

/** What a Redis does for all gateways that use it. */
export interface RedisResource {
  readonly buckets: BucketEngine;
  readonly budgets: BudgetEngine;
  readonly healthHints: HealthHints;
  /** Connects; resolves when that has come to an end, good or bad. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** What this process counts with on its own. */
interface LocalEngines {
  readonly buckets: BucketEngine;
  readonly ledger: Ledger;
}

/** Makes what counts in a Redis; nothing is connected yet. */
export function redisResource(
  { url, failureMode, timeoutMs, keyPrefix }: RedisSettings,
  local: LocalEngines,
  { now, epochMs, random, warn: warnOf }: PolicyEnvironment,
): RedisResource {
  const warn = (message: string) => warnOf("redis", message);
  const isOpen = failureMode === "failOpen";
  const link = new RedisLink({
    url,
    timeoutMs,
    now,
    epochMs,
    random,
    warn,
    meanwhile: isOpen
      ? "meanwhile each gateway counts for itself"
      : "meanwhile requests with limits are refused",
  });
  const gateway = Array.from({ length: 4 }, () => word(random())).join("");
  const budgets = new RedisBudgets({
    link,
    keyPrefix,
    gateway,
    fallback: isOpen ? local.ledger : undefined,
    warn,
  });
  const healthHints = new RedisHealthHints({ link, url, keyPrefix, gateway, random });
  return {
    buckets: redisBuckets({ link, keyPrefix, fallback: isOpen ? local.buckets : undefined }),
    budgets,
    healthHints,
    async open() {
      await Promise.all([link.open(), healthHints.open()]);
    },
    async close() {
      await budgets.close();
      await Promise.all([link.close(), healthHints.close()]);
    },
  };
}

/** Four hexadecimal digits. */
function word(random: number): string {
  return Math.floor(random * 0x10000).toString(16).padStart(4, "0");
}

/** Reads the settings of a Redis; undefined where something is wrong with them. */
export function compileRedis(
  { url: secret, failureMode, timeout, keyPrefix }: RedisConfig,
  at: ProblemPath,
  context: Pick<CompileContext, "problems" | "warnings" | "secret">,
): RedisSettings | undefined {
  const url = context.secret(secret, [...at, "url"]);
  if (url === undefined) return undefined;
  const problem = urlProblem(url);
  if (problem !== undefined) {
    context.problems.push({ path: [...at, "url"], message: problem });
    return undefined;
  }
  return { url, failureMode, timeoutMs: parseDurationMs(timeout) ?? 0, keyPrefix };
}

/** The text is never quoted, for it may hold a password. */
function urlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return "must be a URL such as redis://localhost:6379";
  const { protocol, hostname, pathname, search, hash } = new URL(text);
  if (protocol !== "redis:" && protocol !== "rediss:") {
    return "must begin with redis://, or rediss:// for TLS";
  }
  if (hostname === "") return "must name a host, as in redis://localhost:6379";
  if (!/^\/?\d*$/.test(pathname)) return "must have the number of a database for a path, or none";
  return search === "" && hash === "" ? undefined : "must not hold a query or a fragment";
}
