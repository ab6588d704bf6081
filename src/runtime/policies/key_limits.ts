import type { ProblemPath } from "../../config/normalised.ts";
import type { KeyLimitsConfig } from "../../config/schema/key_limits.ts";
import type { Budget } from "../../policies/budget/budget.ts";
import type { ModelPolicy } from "../../policies/policy.ts";
import { NO_PARTITION } from "../../policies/shared/partition.ts";
import { requestLimits, tokenLimits, type UsesOf } from "../../policies/rate_limit/rate_limit.ts";
import type { Subject } from "../../policies/subject.ts";
import type { CompileContext } from "../compile_context.ts";
import type { Limits } from "../limits.ts";
import { budgetPolicy, compileBudget } from "./budgets.ts";
import type { LimitPolicies } from "./local_rate_limit.ts";
import { compileLimits } from "./rate_limits.ts";

/** An entry of `apiKey.keys` with the id of its key. */
export interface LimitedKey {
  /** As `KnownKey.id`. */
  readonly id: string;
  /** Where the entry is written. */
  readonly at: ProblemPath;
  readonly settings: KeyLimitsConfig;
}

/** The limits of keys: those of rates, and the budgets. */
export interface KeyLimitPolicies extends LimitPolicies {
  readonly budgetPolicy?: ModelPolicy;
}

/**
 * Compiles what each API key may use; to be run when it is known which key a request has. A key
 * that several policies know has the limits of all of them.
 */
export function compileKeyLimits(
  keys: readonly LimitedKey[],
  context: CompileContext,
  limits: Limits,
): KeyLimitPolicies {
  const requests = usesByKey(keys, "requests", context);
  const tokens = usesByKey(keys, "tokens", context);
  const budgets = budgetsByKey(keys, context, limits);
  const { buckets: engine, reports } = limits;
  const shared = { name: "apiKey.rateLimits", engine, reports };
  return {
    ...requests !== undefined && { policy: requestLimits({ ...shared, usesOf: requests }) },
    ...tokens !== undefined && { modelPolicy: tokenLimits({ ...shared, usesOf: tokens }) },
    ...budgets !== undefined && {
      budgetPolicy: budgetPolicy("apiKey.budgets", budgets, context, limits),
    },
  };
}

function usesByKey(
  keys: readonly LimitedKey[],
  type: "requests" | "tokens",
  context: CompileContext,
): UsesOf | undefined {
  return byKey(keys, ({ id, at, settings: { rateLimits = [] } }) => {
    const places = rateLimits.map((settings, index) => ({
      settings,
      at: [...at, "rateLimits", index],
      identity: ["apiKey", id, index],
    }));
    return compileLimits(places, type, context)
      .map((limit) => ({ id: limit.spec.id, value: { limit, partition: NO_PARTITION } }));
  });
}

function budgetsByKey(
  keys: readonly LimitedKey[],
  context: CompileContext,
  limits: Limits,
): ((subject: Subject) => readonly Budget[]) | undefined {
  return byKey(keys, ({ id, at, settings: { budgets = [] } }) =>
    budgets.map((budget, index) => ({
      id: budget.name,
      value: compileBudget(budget, [...at, "budgets", index], id, context, limits),
    })));
}

interface Identified<Value> {
  readonly id: string;
  readonly value: Value;
}

/** What requests have by their keys; the same thing once. Undefined where no key has any. */
function byKey<Value>(
  keys: readonly LimitedKey[],
  valuesOf: (key: LimitedKey) => readonly Identified<Value>[],
): ((subject: Subject) => readonly Value[]) | undefined {
  const found = new Map<string, Map<string, Value>>();
  for (const key of keys) {
    const known = found.get(key.id) ?? new Map<string, Value>();
    for (const { id, value } of valuesOf(key)) known.set(id, value);
    if (known.size > 0) found.set(key.id, known);
  }
  if (found.size === 0) return undefined;
  const lists = new Map([...found].map(([id, values]) => [id, [...values.values()]]));
  const none: readonly Value[] = [];
  return ({ identity }) => lists.get(identity.apiKey?.id ?? "") ?? none;
}
