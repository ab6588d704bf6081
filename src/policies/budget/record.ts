import type { BudgetKey } from "./account.ts";

/** Something spent in a period, as it is saved. */
export interface SpendingRecord {
  readonly budget: BudgetKey;
  readonly part: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly amount: number;
}

/** A record as a line of the saved state, with its line feed. */
export function recordLine({ budget, part, startMs, endMs, amount }: SpendingRecord): string {
  return `${JSON.stringify({ budget, part, startMs, endMs, amount })}\n`;
}

/** Reads a line; undefined if it holds no record. */
export function readRecord(line: string): SpendingRecord | undefined {
  const value = parse(line);
  if (!isObject(value)) return undefined;
  const { budget, part, startMs, endMs, amount } = value;
  if (!isBudgetKey(budget) || typeof part !== "string") return undefined;
  if (!isCount(startMs) || !isCount(endMs) || !isCount(amount)) return undefined;
  return { budget, part, startMs, endMs, amount };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isBudgetKey(value: unknown): value is BudgetKey {
  return Array.isArray(value) && value.length === 5 &&
    value.every((part) => typeof part === "string");
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
