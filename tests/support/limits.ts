import type { Expression } from "../../src/cel/expression.ts";
import { compileExpression } from "../../src/cel/compile.ts";
import type { BucketSpec } from "../../src/policies/rate_limit/bucket.ts";
import { Buckets, type Limit } from "../../src/policies/rate_limit/engine.ts";
import { type BudgetSpec, type Unit } from "../../src/policies/budget/account.ts";
import type { Budget } from "../../src/policies/budget/budget.ts";
import { calendar, type Period } from "../../src/policies/budget/calendar.ts";
import type { ModelEstimate } from "../../src/policies/policy.ts";

/** A limit whose buckets begin full at `nowMs`. */
export function limitOf(spec: Partial<BucketSpec>, key?: string, nowMs = 0): Limit {
  const whole = { id: "test", capacity: 10, perFill: 10, intervalMs: 1_000, ...spec };
  return { spec: whole, key: expression(key), buckets: new Buckets(whole, nowMs, () => {}) };
}

interface BudgetOptions {
  readonly name?: string;
  readonly owner?: string;
  readonly unit?: Unit;
  readonly limit?: number;
  readonly period?: Period;
  readonly timezone?: string;
  readonly per?: string;
  readonly when?: string;
  readonly outputTokensDefault?: number;
  readonly unpriced?: "allow" | "deny";
  readonly warnFrom?: number;
}

/** A budget of 100 tokens a month, unless said otherwise. */
export function budgetOf(options: BudgetOptions = {}): Budget {
  return {
    spec: budgetSpec(options),
    per: expression(options.per),
    when: expression(options.when),
    outputTokensDefault: options.outputTokensDefault ?? 0,
    unpriced: options.unpriced ?? "allow",
    warnFrom: options.warnFrom,
  };
}

/** The same without what a policy needs beside. */
export function budgetSpec(options: BudgetOptions = {}): BudgetSpec {
  const { name = "test", owner = "", unit = "tokens", limit = 100 } = options;
  const { period = "month", timezone = "UTC" } = options;
  return { name, owner, unit, limit, period, timezone, calendar: calendar(period, timezone) };
}

/** A call of so many tokens, at a dollar for a million of each. */
export function callOf(changes: Partial<ModelEstimate> = {}): ModelEstimate {
  return {
    provider: "mock",
    model: "m",
    inputTokens: 10,
    isCounted: false,
    outputTokensMax: 0,
    isCharged: true,
    costUsd: (inputTokens, outputTokens) => (inputTokens + outputTokens) / 1_000_000,
    ...changes,
  };
}

function expression(source: string | undefined): Expression | undefined {
  return source === undefined ? undefined : compileExpression(source);
}
