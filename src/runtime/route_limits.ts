import type { Expression } from "../cel/expression.ts";
import type { ProblemPath, Written } from "../config/normalised.ts";
import type { ApiKeyConfig } from "../config/schema/api_key.ts";
import type { RoutePoliciesConfig } from "../config/schema/policies.ts";
import { conditional } from "../policies/conditional.ts";
import type { ModelPolicy, Policy } from "../policies/policy.ts";
import type { CompileContext } from "./compile_context.ts";
import { lastWritten } from "./last_written.ts";
import type { Limits } from "./limits.ts";
import { compileKeys } from "./policies/api_key.ts";
import { compileRemoteRateLimit } from "./policies/remote_rate_limit.ts";
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
  const asked = lastWritten(written, "remoteRateLimit");
  const remote = asked === undefined ? {} : remoteRateLimit(asked, context, limits);
  const budgets = lastWritten(written, "budgets");
  const local = rate === undefined ? {} : localRateLimit(rate, context, limits);
  const keys = keyed.flatMap(({ settings, at }) => compileKeys(settings, at, silent(context)));
  const ofKeys = compileKeyLimits(keys, context, limits);
  return {
    policies: present([local.policy, ofKeys.policy, remote.policy]),
    modelPolicies: present([
      local.modelPolicy,
      ofKeys.modelPolicy,
      remote.modelPolicy,
      budgets && compileBudgets(budgets.settings, budgets.at, context, limits),
      ofKeys.budgetPolicy,
    ]),
  };
}

/** What is wrong with the keys themselves is told where the policy is compiled. */
function silent(context: CompileContext): CompileContext {
  return { ...context, problems: [], warnings: [] };
}

type Compile<Settings> = (
  settings: Settings,
  at: ProblemPath,
) => LimitPolicies;

/** Limits with conditions, of which the first counts whose condition holds. */
function conditionalLimits<Settings>(
  name: string,
  entries: readonly (Settings & { readonly condition?: string })[],
  at: ProblemPath,
  context: CompileContext,
  compile: Compile<Settings>,
): LimitPolicies {
  const compiled = entries.map((entry, index) => {
    const place = [...at, "conditional", index];
    const { policy, modelPolicy } = compile(entry, place);
    const condition = entry.condition === undefined
      ? undefined
      : context.expression(entry.condition, [...place, "condition"]);
    return { condition, policy, modelPolicy };
  });
  const hasRequests = compiled.some(({ policy }) => policy !== undefined);
  const hasTokens = compiled.some(({ modelPolicy }) => modelPolicy !== undefined);
  return {
    ...hasRequests && { policy: conditional(name, compiled) },
    ...hasTokens && { modelPolicy: firstThatHolds(name, compiled) },
  };
}

interface Entry {
  readonly condition: Expression | undefined;
  readonly modelPolicy: ModelPolicy | undefined;
}

function firstThatHolds(name: string, entries: readonly Entry[]): ModelPolicy {
  return {
    name,
    apply(subject, call) {
      const { variables } = subject;
      const entry = entries.find(({ condition }) => condition?.test(variables) ?? true);
      return entry?.modelPolicy?.apply(subject, call);
    },
  };
}

function localRateLimit(
  { settings, at }: Written<NonNullable<RoutePoliciesConfig["localRateLimit"]>>,
  context: CompileContext,
  limits: Limits,
): LimitPolicies {
  if (!("conditional" in settings)) return compileLocalRateLimit(settings, at, context, limits);
  return conditionalLimits(
    "localRateLimit",
    settings.conditional,
    at,
    context,
    ({ condition: _, ...one }, place) => compileRateLimit(one, place, context, limits),
  );
}

function remoteRateLimit(
  { settings, at }: Written<NonNullable<RoutePoliciesConfig["remoteRateLimit"]>>,
  context: CompileContext,
  limits: Limits,
): LimitPolicies {
  if (!("conditional" in settings)) return compileRemoteRateLimit(settings, at, context, limits);
  return conditionalLimits(
    "remoteRateLimit",
    settings.conditional,
    at,
    context,
    (one, place) => compileRemoteRateLimit(one, place, context, limits),
  );
}

function present<Value>(values: readonly (Value | undefined)[]): Value[] {
  return values.filter((value) => value !== undefined);
}
