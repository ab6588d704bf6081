import type { ProblemPath } from "../config/normalised.ts";
import type { Claims } from "../policies/budget/budget.ts";
import type { BudgetEngine } from "../policies/budget/engine.ts";
import { Ledger } from "../policies/budget/ledger.ts";
import { type BucketEngine, localEngine } from "../policies/rate_limit/engine.ts";
import { Reports } from "../policies/rate_limit/reports.ts";
import type { HealthHints } from "../policies/shared/health_hints.ts";
import { BudgetFile } from "./budget_file.ts";
import type { PolicyEnvironment } from "./compile_context.ts";
import { type RedisResource, redisResource, type RedisSettings } from "./redis.ts";

/** What limits and budgets count with; one for the life of a process, whatever is reloaded. */
export interface Limits {
  readonly buckets: BucketEngine;
  readonly budgets: BudgetEngine;
  readonly reports: Reports;
  readonly claims: Claims;
  /** What gateways tell each other of upstreams; undefined without Redis. */
  readonly healthHints: HealthHints | undefined;
  /** The budgets of each configuration by their names; the key is its list of problems. */
  readonly declared: WeakMap<object, Map<string, DeclaredBudget>>;
  /** Notes that there are budgets, whose sums have to survive. */
  needState(): void;
  /**
   * Opens what the configurations so far need, the file of budgets or Redis; to be awaited before
   * one of them serves. Rejects where the file cannot be used, and says why; a Redis that is away
   * is no reason to reject.
   */
  open(): Promise<void>;
  /** Saves what is to be saved, and closes everything. */
  close(): Promise<void>;
}

/** A budget of a configuration, to tell it from others that bear its name. */
export interface DeclaredBudget {
  readonly at: ProblemPath;
  readonly settings: string;
}

/** Where limits and budgets are counted. */
export interface LimitsSettings {
  /** Undefined where each gateway counts for itself. */
  readonly redis: RedisSettings | undefined;
  /** Where the sums of budgets are kept, if not in Redis. */
  readonly stateFile: string;
}

/** Makes what limits count with; nothing is opened yet. */
export function createLimits(settings: LimitsSettings, environment: PolicyEnvironment): Limits {
  const { now, epochMs, warn } = environment;
  let file: BudgetFile | undefined;
  let needsState = false;
  let isFull = false;
  const ledger = new Ledger({
    epochMs,
    spent: (record) => file?.add(record),
    full() {
      if (!isFull) warn("budgets", "there are too many accounts: new ones share one");
      isFull = true;
    },
  });
  const buckets = localEngine(now);
  const redis: RedisResource | undefined = settings.redis === undefined
    ? undefined
    : redisResource(settings.redis, { buckets, ledger }, environment);

  async function openFile(): Promise<void> {
    if (!needsState) return;
    file ??= new BudgetFile(settings.stateFile, ledger, (message) => warn("budgets", message));
    await file.open();
  }

  return {
    buckets: redis?.buckets ?? buckets,
    budgets: redis?.budgets ?? ledger,
    reports: new Reports(),
    claims: new WeakMap(),
    healthHints: redis?.healthHints,
    declared: new WeakMap(),
    needState: () => void (needsState = true),
    open: () => redis === undefined ? openFile() : redis.open(),
    async close() {
      await redis?.close();
      await file?.close();
    },
  };
}
