import { partitionId } from "../shared/partition.ts";
import type { Calendar, Period, Window } from "./calendar.ts";
import { formatUsd } from "./usd.ts";

/** What a budget counts: billionths of a dollar, or tokens. */
export type Unit = "usd" | "tokens";

/** How much may be spent in a period. */
export interface BudgetSpec {
  readonly name: string;
  /** The id of the API key that the budget belongs to; empty where it belongs to none. */
  readonly owner: string;
  readonly unit: Unit;
  readonly limit: number;
  readonly period: Period;
  readonly timezone: string;
  readonly calendar: Calendar;
}

/** What stays of a budget when its limit is changed; its sums are kept under it. */
export type BudgetKey = readonly [
  owner: string,
  name: string,
  unit: string,
  period: string,
  timezone: string,
];

/** The key of a budget. */
export function budgetKey({ owner, name, unit, period, timezone }: BudgetSpec): BudgetKey {
  return [owner, name, unit, period, timezone];
}

/** One budget of one partition: what somebody may spend. */
export interface Account {
  readonly budget: BudgetSpec;
  /** Stands for the partition; clients' own values are not shown. */
  readonly part: string;
  /** Tells the account from all others. */
  readonly id: string;
}

/** The account of a partition of a budget. */
export function account(budget: BudgetSpec, partition: string): Account {
  return accountOf(budget, partitionId(partition));
}

/** The account of all partitions that are too many to have one each. */
export function overflowAccount(budget: BudgetSpec): Account {
  return accountOf(budget, OVERFLOW);
}

/** Whether an account is that one. */
export function isOverflow({ part }: Account): boolean {
  return part === OVERFLOW;
}

/** No partition is called so: they are hashes, or empty. */
const OVERFLOW = "overflow";

function accountOf(budget: BudgetSpec, part: string): Account {
  return { budget, part, id: accountId(budgetKey(budget), part) };
}

/** Tells accounts apart. */
export function accountId(key: BudgetKey, part: string): string {
  return JSON.stringify([...key, part]);
}

/** What an account has spent in a period, and what is set aside for requests under way. */
export interface Standing {
  readonly account: Account;
  readonly window: Window;
  readonly spent: number;
  readonly held: number;
  readonly underWay: number;
}

/** An amount in its unit: `$1.50`, `20 tokens`. */
export function formatAmount(unit: Unit, amount: number): string {
  return unit === "usd" ? formatUsd(amount) : `${amount} tokens`;
}

/**
 * An amount as budgets count it: whole, and neither negative nor endless, whatever a client or a
 * provider said; one odd number must not spoil a sum for ever.
 */
export function countable(amount: number): number {
  return Number.isNaN(amount) ? 0 : Math.min(AMOUNT_MAX, Math.max(0, Math.round(amount)));
}

const AMOUNT_MAX = 1e15;
