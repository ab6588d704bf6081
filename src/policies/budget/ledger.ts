import {
  type Account,
  accountId,
  budgetKey,
  isOverflow,
  overflowAccount,
  type Standing,
} from "./account.ts";
import type { Window } from "./calendar.ts";
import { type BudgetEngine, hasEnough, type Reserved, type Want } from "./engine.ts";
import type { SpendingRecord } from "./record.ts";

/** Most sums that are kept at a time: accounts, each with the periods that are not over. */
export const SUMS_MAX = 100_000;

/** How often, at most, a full ledger is searched for sums of periods that are over. */
const SWEEP_INTERVAL_MS = 60_000;

/** From how many sums on it is looked for such at all. */
const SWEEP_SIZE_MIN = 1000;

interface Sum {
  readonly record: Omit<SpendingRecord, "amount">;
  spent: number;
  held: number;
  underWay: number;
}

interface LedgerOptions {
  readonly epochMs: () => number;
  /** Is told of everything that is spent. */
  readonly spent?: (record: SpendingRecord) => void;
  /** Is called when there are so many accounts that new ones have to share one. */
  readonly full?: () => void;
}

/** Owns the accounts of this process. */
export class Ledger implements BudgetEngine {
  readonly #options: LedgerOptions;
  readonly #sums = new Map<string, Sum>();
  #sweptMs = -Infinity;
  #sweepSize = SWEEP_SIZE_MIN;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  reserve(wants: readonly Want[]): Reserved {
    const nowMs = this.#options.epochMs();
    const held = wants.map(({ account, amount }) => ({
      sum: this.#sum(account, account.budget.calendar(nowMs), nowMs),
      account,
      amount,
    }));
    for (const { sum, account, amount } of held) {
      if (hasEnough(sum, account.budget.limit, amount)) continue;
      return { refusedBy: standingOf(account, sum) };
    }
    for (const { sum, amount } of held) {
      sum.held += amount;
      sum.underWay += 1;
    }
    let isOpen = true;
    return {
      settle: (amounts, told) => {
        if (!isOpen) return;
        isOpen = false;
        for (const [index, { sum, account, amount }] of held.entries()) {
          const spent = amounts[index] ?? 0;
          sum.held -= amount;
          sum.underWay -= 1;
          this.#spend(sum, spent);
          told?.(standingOf(account, sum), spent);
        }
      },
    };
  }

  /** Adds what was spent before this process began. */
  load({ amount, ...record }: SpendingRecord): void {
    if (record.endMs <= this.#options.epochMs()) return;
    const id = `${accountId(record.budget, record.part)}${record.startMs}`;
    const sum = this.#sums.get(id);
    if (sum !== undefined) sum.spent += amount;
    else this.#sums.set(id, { record, spent: amount, held: 0, underWay: 0 });
  }

  /** Takes over what others, too, have spent on an account. */
  mirror(account: Account, window: Window, spent: number): void {
    this.#sum(account, window, this.#options.epochMs()).spent = spent;
  }

  /** All sums of periods that are not over. */
  *records(): Iterable<SpendingRecord> {
    const nowMs = this.#options.epochMs();
    for (const { record, spent } of this.#sums.values()) {
      if (record.endMs > nowMs && spent > 0) yield { ...record, amount: spent };
    }
  }

  #spend(sum: Sum, amount: number): void {
    if (amount === 0) return;
    sum.spent += amount;
    this.#options.spent?.({ ...sum.record, amount });
  }

  #sum(of: Account, window: Window, nowMs: number): Sum {
    const id = `${of.id}${window.startMs}`;
    const known = this.#sums.get(id);
    if (known !== undefined) return known;
    this.#makeRoom(nowMs);
    if (this.#sums.size >= SUMS_MAX && !isOverflow(of)) {
      this.#options.full?.();
      return this.#sum(overflowAccount(of.budget), window, nowMs);
    }
    const record = { budget: budgetKey(of.budget), part: of.part, ...window };
    const sum = { record, spent: 0, held: 0, underWay: 0 };
    this.#sums.set(id, sum);
    return sum;
  }

  /** Forgets periods that are over, whenever the sums have doubled since the last time. */
  #makeRoom(nowMs: number): void {
    const isFull = this.#sums.size >= SUMS_MAX;
    if (this.#sums.size < this.#sweepSize && !isFull) return;
    if (isFull && nowMs - this.#sweptMs < SWEEP_INTERVAL_MS) return;
    for (const [id, { record, underWay }] of this.#sums) {
      if (record.endMs <= nowMs && underWay === 0) this.#sums.delete(id);
    }
    this.#sweptMs = nowMs;
    this.#sweepSize = Math.max(SWEEP_SIZE_MIN, 2 * this.#sums.size);
  }
}

function standingOf(account: Account, { spent, held, underWay, record }: Sum): Standing {
  return { account, window: record, spent, held, underWay };
}
