import type { Expression } from "../../cel/expression.ts";
import type { ModelEstimate, ModelPolicy } from "../policy.ts";
import { partitionOf } from "../shared/partition.ts";
import { Recent } from "../shared/recent.ts";
import type { Consumption, Subject } from "../subject.ts";
import { type Account, account, type BudgetSpec, countable, type Standing } from "./account.ts";
import type { BudgetEngine, Reservation, Reserved, Want } from "./engine.ts";
import { exceeded, unpriced } from "./refusal.ts";
import { nanosOf } from "./usd.ts";

/** One budget with everything compiled. */
export interface Budget {
  readonly spec: BudgetSpec;
  /** Gives each of its values an account. */
  readonly per: Expression | undefined;
  /** Which requests it is about; all where it is undefined. */
  readonly when: Expression | undefined;
  readonly outputTokensDefault: number;
  readonly unpriced: "allow" | "deny";
  /** What has to be spent for a warning. */
  readonly warnFrom: number | undefined;
}

/** What budgets are checked with. */
export interface BudgetOptions {
  /** The policy's key in the configuration. */
  readonly name: string;
  /** The budgets that a request is about. */
  readonly budgetsOf: (subject: Subject) => readonly Budget[];
  readonly engine: BudgetEngine;
  /** Shared by all policies, so that only one spends from an account for a request. */
  readonly claims: Claims;
  readonly epochMs: () => number;
  readonly warn: (message: string) => void;
}

/** Which policy spends from an account for a request, by the account's id. */
export type Claims = WeakMap<Subject, Map<string, ModelPolicy>>;

/** Most accounts whose names are kept ready. */
const ACCOUNTS_READY_MAX = 10_000;

/** Most models without a price that are warned of. */
const UNPRICED_MAX = 100;

/** Lets requests cost no more than their budgets have: sets aside what they may cost before. */
export function budgets(options: BudgetOptions): ModelPolicy {
  const open = new WeakMap<Subject, Entry>();
  const wantsOf = wanting(options);
  const policy: ModelPolicy = {
    name: options.name,
    apply(subject, call) {
      const known = open.get(subject);
      // Another try takes the place of the one before, which has failed.
      known?.release();
      const wants = wantsOf(policy, subject, call);
      if (wants.length === 0) return;
      const entry = known ?? new Entry(subject, options);
      if (known === undefined) open.set(subject, entry);
      return entry.reserve(wants, call);
    },
  };
  return policy;
}

/** What a request wants of an account, and the budget that says so. */
interface BudgetWant extends Want {
  readonly budget: Budget;
}

/** Owns what one request has set aside. */
class Entry {
  readonly #options: BudgetOptions;
  #isSettled = false;
  #reservation: Reservation | undefined;
  #spend: (consumption: Consumption) => void = () => {};

  constructor(subject: Subject, options: BudgetOptions) {
    this.#options = options;
    subject.onSettled((consumption) => {
      this.#isSettled = true;
      this.#spend(consumption);
    });
  }

  reserve(wants: readonly BudgetWant[], call: ModelEstimate): void | Promise<void> {
    const reserved = this.#options.engine.reserve(wants);
    return "then" in reserved
      ? reserved.then((found) => this.#take(found, wants, call))
      : this.#take(reserved, wants, call);
  }

  release(): void {
    this.#reservation?.settle([]);
    this.#reservation = undefined;
    this.#spend = () => {};
  }

  #take(reserved: Reserved, wants: readonly BudgetWant[], call: ModelEstimate): void {
    if ("refusedBy" in reserved) throw exceeded(reserved.refusedBy, this.#options.epochMs());
    this.#reservation = reserved;
    // The client may have left while the answer of another server was awaited.
    if (this.#isSettled) return this.release();
    this.#spend = (consumption) => {
      const amounts = wants.map(({ budget }) => spentBy(budget, call, consumption));
      reserved.settle(amounts, (standing, amount) => this.#warn(wants, standing, amount));
    };
  }

  #warn(wants: readonly BudgetWant[], { account, spent }: Standing, amount: number): void {
    const warnFrom = wants.find((want) => want.account === account)?.budget.warnFrom;
    if (warnFrom === undefined || spent < warnFrom || spent - amount >= warnFrom) return;
    const { name, limit, owner } = account.budget;
    const whose = owner === "" ? "" : ` of API key ${owner}`;
    const share = Math.floor((spent / limit) * 100);
    this.#options.warn(`budget ${JSON.stringify(name)}${whose} has spent ${share} %`);
  }
}

type WantsOf = (
  policy: ModelPolicy,
  subject: Subject,
  call: ModelEstimate,
) => readonly BudgetWant[];

/** Compiles what a request wants of its budgets' accounts. */
function wanting({ budgetsOf, claims, warn }: BudgetOptions): WantsOf {
  const ready = new WeakMap<Budget, Recent<Account>>();
  const toldOf = new Set<string>();
  function tell(budget: Budget, { model }: ModelEstimate): void {
    const told = JSON.stringify([budget.spec.name, model]);
    if (toldOf.size >= UNPRICED_MAX || toldOf.has(told)) return;
    toldOf.add(told);
    const name = JSON.stringify(budget.spec.name);
    const what = JSON.stringify(model.slice(0, 100));
    warn(`budget ${name} does not count calls to the model ${what}, whose price is not known`);
  }
  return (policy, subject, call) => {
    const wants: BudgetWant[] = [];
    for (const budget of budgetsOf(subject)) {
      if (budget.when !== undefined && !budget.when.test(subject.variables)) continue;
      const account = accountOf(ready, budget, subject);
      if (!claim(claims, policy, subject, account)) continue;
      const amount = estimate(budget, call);
      if (amount === undefined) {
        if (budget.unpriced === "deny") throw unpriced(budget.spec.name, call.model);
        tell(budget, call);
      }
      // More than the whole budget is as good as any such amount, and keeps sums exact.
      wants.push({ budget, account, amount: Math.min(amount ?? 0, budget.spec.limit + 1) });
    }
    return wants;
  };
}

function accountOf(
  ready: WeakMap<Budget, Recent<Account>>,
  budget: Budget,
  subject: Subject,
): Account {
  let accounts = ready.get(budget);
  if (accounts === undefined) ready.set(budget, accounts = new Recent(ACCOUNTS_READY_MAX));
  const partition = budget.per === undefined ? "" : partitionOf(budget.per, subject.variables);
  const known = accounts.get(partition);
  if (known !== undefined) return known;
  const made = account(budget.spec, partition);
  accounts.set(partition, made);
  return made;
}

function claim(claims: Claims, policy: ModelPolicy, subject: Subject, { id }: Account): boolean {
  let claimed = claims.get(subject);
  if (claimed === undefined) claims.set(subject, claimed = new Map());
  const owner = claimed.get(id);
  if (owner === undefined) claimed.set(id, policy);
  return owner === undefined || owner === policy;
}

/** What a call may cost; undefined where it has no price. */
function estimate({ spec, outputTokensDefault }: Budget, call: ModelEstimate): number | undefined {
  const { inputTokens, outputTokensMax = outputTokensDefault, answers = 1, isCharged } = call;
  const outputTokens = isCharged ? countable(outputTokensMax * Math.max(1, answers)) : 0;
  if (spec.unit === "tokens") return countable(inputTokens + outputTokens);
  const costUsd = call.costUsd(inputTokens, outputTokens);
  return costUsd === undefined ? undefined : countable(nanosOf(costUsd));
}

/** What a call did cost. */
function spentBy({ spec }: Budget, call: ModelEstimate, consumption: Consumption): number {
  const { answered, usage, costUsd } = consumption;
  if (!answered) return 0;
  const { inputTokens = 0, outputTokens = 0 } = usage ?? {};
  if (spec.unit === "tokens") return countable(inputTokens + outputTokens);
  return countable(nanosOf(costUsd ?? call.costUsd(inputTokens, outputTokens) ?? 0));
}
