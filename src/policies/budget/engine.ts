import type { Account, Standing } from "./account.ts";

/** Keeps accounts, wherever they are. */
export interface BudgetEngine {
  /** Sets aside what a request may cost on all its accounts, or on none if one has too little. */
  reserve(wants: readonly Want[]): Reserved | Promise<Reserved>;
}

/** What a request may cost an account. */
export interface Want {
  readonly account: Account;
  readonly amount: number;
}

/** Either what was set aside, or the account that has too little. */
export type Reserved = Reservation | { readonly refusedBy: Standing };

/** What is set aside for a request; owns it until it is settled. */
export interface Reservation {
  /**
   * Spends the real amounts, in the order of the wants, and sets nothing aside any more; `told`
   * learns where accounts stand after it. The first call counts.
   */
  settle(amounts: readonly number[], told?: (standing: Standing, amount: number) => void): void;
}

/**
 * Whether an account has enough for a request.
 *
 * What is spent and set aside stays within the limit, so that requests which cost no more than
 * they might cannot overspend it together. A request that finds nobody else under way is let in
 * as long as anything is left, or the last bit of a budget could never be spent: it alone can
 * overspend.
 */
export function hasEnough(
  { spent, held, underWay }: Pick<Standing, "spent" | "held" | "underWay">,
  limit: number,
  amount: number,
): boolean {
  return spent + held + amount <= limit || (underWay === 0 && spent < limit);
}
