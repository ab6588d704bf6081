import { GatewayError } from "../../errors.ts";
import type { ModelEstimate, ModelPolicy, Policy } from "../policy.ts";
import { NO_PARTITION, partitionOf } from "../shared/partition.ts";
import type { Consumption, Subject } from "../subject.ts";
import { untilEnoughMs } from "./bucket.ts";
import type { BucketEngine, BucketUse, Level, Limit } from "./engine.ts";
import { type Reports, wholeSeconds } from "./reports.ts";

/** Which limits hold for a request, each with the part of it that the request belongs to. */
export type UsesOf = (subject: Subject) => readonly BucketUse[];

/** What limits are checked with. */
export interface RateLimitOptions {
  /** The policy's key in the configuration. */
  readonly name: string;
  readonly usesOf: UsesOf;
  readonly engine: BucketEngine;
  readonly reports: Reports;
}

/** Compiles which limits hold: always the same ones. */
export function usesOfAll(limits: readonly Limit[]): UsesOf {
  if (limits.every(({ key }) => key === undefined)) {
    const uses = limits.map((limit) => ({ limit, partition: NO_PARTITION }));
    return () => uses;
  }
  return ({ variables }) =>
    limits.map((limit) => ({ limit, partition: partitionOf(limit.key, variables) }));
}

/** Limits how many requests come. */
export function requestLimits({ name, usesOf, engine, reports }: RateLimitOptions): Policy {
  function judge(subject: Subject, levels: readonly Level[]): undefined {
    reports.note(subject, levels);
    refuseBeyond(levels, 1);
  }
  return {
    name,
    apply(subject) {
      const uses = usesOf(subject);
      if (uses.length === 0) return undefined;
      const levels = engine.take(uses, ONE);
      return "then" in levels
        ? levels.then((found) => judge(subject, found))
        : judge(subject, levels);
    },
  };
}

const ONE = { need: 1, take: 1 } as const;

/** Limits how many tokens models read and write: checked before, and settled after. */
export function tokenLimits({ name, usesOf, engine, reports }: RateLimitOptions): ModelPolicy {
  const asked = new WeakSet<Subject>();
  function judge(subject: Subject, levels: readonly Level[], need: number): void {
    reports.note(subject, levels);
    refuseBeyond(levels, need);
  }
  return {
    name,
    apply(subject, call) {
      // Another try of the same request is not another request.
      if (asked.has(subject)) return;
      asked.add(subject);
      const uses = usesOf(subject);
      if (uses.length === 0) return;
      const taken = call.isCounted ? call.inputTokens : 0;
      const need = Math.max(1, taken);
      const levels = engine.take(uses, { need, take: taken });
      const admit = (found: readonly Level[]): void => {
        judge(subject, found, need);
        subject.onSettled((consumption) => {
          const amount = owed(call, taken, consumption);
          if (amount !== 0) engine.charge(uses, amount);
        });
      };
      return "then" in levels ? levels.then(admit) : admit(levels);
    },
  };
}

/** What was used beyond what was taken before; negative where that was too much. */
function owed(call: ModelEstimate, taken: number, { answered, usage }: Consumption): number {
  if (!call.isCharged || !answered || usage === undefined) return 0;
  const amount = (usage.inputTokens ?? taken) - taken + (usage.outputTokens ?? 0);
  return Number.isFinite(amount) ? amount : 0;
}

function refuseBeyond(levels: readonly Level[], need: number): void {
  let waitMs: number | undefined = 0;
  let isRefused = false;
  for (const level of levels) {
    if (level.isEnough) continue;
    isRefused = true;
    const { capacity } = level.spec;
    if (need > capacity && capacity > 0) throw tooLarge(need, capacity);
    const untilMs = untilEnoughMs(level.spec, need, level);
    waitMs = waitMs === undefined || untilMs === undefined ? undefined : Math.max(waitMs, untilMs);
  }
  if (isRefused) throw exceeded(waitMs);
}

function exceeded(waitMs: number | undefined): GatewayError {
  return new GatewayError("rate-limited", "rate limit exceeded", {
    code: "rate_limit_exceeded",
    headers: waitMs === undefined ? {} : { "retry-after": String(wholeSeconds(waitMs)) },
  });
}

/** No waiting helps, so that none is asked for. */
function tooLarge(need: number, capacity: number): GatewayError {
  const message = `rate limit exceeded: the prompt has about ${need} tokens, and the limit never ` +
    `allows more than ${capacity} at once`;
  return new GatewayError("rate-limited", message, { code: "rate_limit_exceeded" });
}
