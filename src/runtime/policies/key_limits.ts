import type { ProblemPath } from "../../config/normalised.ts";
import type { KeyLimitsConfig } from "../../config/schema/key_limits.ts";
import type { Budget } from "../../policies/budget/budget.ts";
import { NO_PARTITION } from "../../policies/shared/partition.ts";
import { requestLimits, tokenLimits, type UsesOf } from "../../policies/rate_limit/rate_limit.ts";
import type { BucketUse } from "../../policies/rate_limit/engine.ts";
import type { CompileContext } from "../compile_context.ts";
import type { Limits } from "../limits.ts";
import { budgetPolicy, compileBudget } from "./budgets.ts";
import type { LimitPolicies } from "./local_rate_limit.ts";
import { compileLimits } from "./rate_limits.ts";
import type { ModelPolicy } from "../../policies/policy.ts";

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

/** Compiles what each API key may use; to be run when it is known which key a request has. */
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
    ...budgets.size > 0 && {
      budgetPolicy: budgetPolicy(
        "apiKey.budgets",
        ({ identity }) => budgets.get(identity.apiKey?.id ?? "") ?? [],
        context,
        limits,
      ),
    },
  };
}

function usesByKey(
  keys: readonly LimitedKey[],
  type: "requests" | "tokens",
  context: CompileContext,
): UsesOf | undefined {
  const uses = new Map<string, readonly BucketUse[]>();
  for (const { id, at, settings: { rateLimits = [] } } of keys) {
    const places = rateLimits.map((settings, index) => ({
      settings,
      at: [...at, "rateLimits", index],
      identity: ["apiKey", id, index],
    }));
    const compiled = compileLimits(places, type, context);
    if (compiled.length === 0) continue;
    uses.set(id, compiled.map((limit) => ({ limit, partition: NO_PARTITION })));
  }
  if (uses.size === 0) return undefined;
  return ({ identity }) => uses.get(identity.apiKey?.id ?? "") ?? NONE;
}

const NONE: readonly BucketUse[] = [];

function budgetsByKey(
  keys: readonly LimitedKey[],
  context: CompileContext,
  limits: Limits,
): ReadonlyMap<string, readonly Budget[]> {
  return new Map(
    keys.filter(({ settings }) => (settings.budgets ?? []).length > 0)
      .map(({ id, at, settings: { budgets = [] } }) => [
        id,
        budgets.map((budget, index) =>
          compileBudget(budget, [...at, "budgets", index], id, context, limits)
        ),
      ]),
  );
}
