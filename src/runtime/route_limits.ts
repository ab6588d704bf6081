import type { Expression } from "../cel/expression.ts";
import type { ProblemPath, Written } from "../config/normalised.ts";
import type { ApiKeyConfig } from "../config/schema/api_key.ts";
import type { RateLimitConfig } from "../config/schema/local_rate_limit.ts";
import type { RoutePoliciesConfig } from "../config/schema/policies.ts";
import { conditional } from "../policies/conditional.ts";
import type { ModelPolicy, Policy } from "../policies/policy.ts";
import type { CompileContext } from "./compile_context.ts";
import { lastWritten } from "./last_written.ts";
import type { Limits } from "./limits.ts";
import { compileKeys } from "./policies/api_key.ts";
import { compileBudgets } from "./policies/budgets.ts";
import { compileKeyLimits } from "./policies/key_limits.ts";
import {
  compileLocalRateLimit,
  compileRateLimit,
  type LimitPolicies,
} from "./policies/local_rate_limit.ts";

/** What keeps clients of a route within limits. */
export interface RouteLimits {
  /** Limits of requests, in the order in which they run. */
  readonly policies: readonly Policy[];
  /** Limits of tokens and of money. */
  readonly modelPolicies: readonly ModelPolicy[];
}

/** Compiles the limits of a route; `keyed` are the API keys of its clients, wherever they are. */
export function routeLimits(
  written: readonly Written<RoutePoliciesConfig>[],
  keyed: readonly Written<ApiKeyConfig>[],
  context: CompileContext,
  limits: Limits,
): RouteLimits {
  const rate = lastWritten(written, "localRateLimit");
  const budgets = lastWritten(written, "budgets");
  const local = rate === undefined ? {} : localRateLimit(rate, context, limits);
  const keys = keyed.flatMap(({ settings, at }) => compileKeys(settings, at, silent(context)));
  const ofKeys = compileKeyLimits(keys, context, limits);
  return {
    policies: present([local.policy, ofKeys.policy]),
    modelPolicies: present([
      local.modelPolicy,
      ofKeys.modelPolicy,
      budgets && compileBudgets(budgets.settings, budgets.at, context, limits),
      ofKeys.budgetPolicy,
    ]),
  };
}

/** What is wrong with the keys themselves is told where the policy is compiled. */
function silent(context: CompileContext): CompileContext {
  return { ...context, problems: [], warnings: [] };
}

function localRateLimit(
  { settings, at }: Written<NonNullable<RoutePoliciesConfig["localRateLimit"]>>,
  context: CompileContext,
  limits: Limits,
): LimitPolicies {
  if (!("conditional" in settings)) return compileLocalRateLimit(settings, at, context, limits);
  const entries = settings.conditional.map((entry, index) =>
    conditionalEntry(entry, [...at, "conditional", index], context, limits)
  );
  const hasRequests = entries.some(({ policy }) => policy !== undefined);
  const hasTokens = entries.some(({ modelPolicy }) => modelPolicy !== undefined);
  return {
    ...hasRequests && { policy: conditional("localRateLimit", entries) },
    ...hasTokens && { modelPolicy: firstThatHolds(entries) },
  };
}

interface Entry {
  readonly condition: Expression | undefined;
  readonly policy: Policy | undefined;
  readonly modelPolicy: ModelPolicy | undefined;
}

function conditionalEntry(
  { condition, ...limit }: RateLimitConfig & { readonly condition?: string },
  at: ProblemPath,
  context: CompileContext,
  limits: Limits,
): Entry {
  const { policy, modelPolicy } = compileRateLimit(limit, at, context, limits);
  return {
    condition: condition === undefined
      ? undefined
      : context.expression(condition, [...at, "condition"]),
    policy,
    modelPolicy,
  };
}

function firstThatHolds(entries: readonly Entry[]): ModelPolicy {
  return {
    name: "localRateLimit",
    apply(subject, call) {
      const { variables } = subject;
      const entry = entries.find(({ condition }) => condition?.test(variables) ?? true);
      return entry?.modelPolicy?.apply(subject, call);
    },
  };
}

function present<Value>(values: readonly (Value | undefined)[]): Value[] {
  return values.filter((value) => value !== undefined);
}
