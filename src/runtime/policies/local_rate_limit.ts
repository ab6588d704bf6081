import type { ProblemPath } from "../../config/normalised.ts";
import type { RateLimitConfig } from "../../config/schema/local_rate_limit.ts";
import type { ModelPolicy, Policy } from "../../policies/policy.ts";
import { requestLimits, tokenLimits, usesOfAll } from "../../policies/rate_limit/rate_limit.ts";
import type { CompileContext } from "../compile_context.ts";
import type { Limits } from "../limits.ts";
import { compileLimits, type RateLimitPlace } from "./rate_limits.ts";

/** Limits of requests are checked when one comes, those of tokens when it is about to be sent. */
export interface LimitPolicies {
  readonly policy?: Policy;
  readonly modelPolicy?: ModelPolicy;
}

/** Compiles a list of limits, which hold all at once. */
export function compileLocalRateLimit(
  settings: readonly RateLimitConfig[],
  at: ProblemPath,
  context: CompileContext,
  limits: Limits,
): LimitPolicies {
  return compile(settings.map((one, index) => place(one, [...at, index])), context, limits);
}

/** Compiles the limit of one entry of the conditional form. */
export function compileRateLimit(
  settings: RateLimitConfig,
  at: ProblemPath,
  context: CompileContext,
  limits: Limits,
): LimitPolicies {
  return compile([place(settings, at)], context, limits);
}

function place(settings: RateLimitConfig, at: ProblemPath): RateLimitPlace {
  return { settings, at, identity: at };
}

function compile(
  places: readonly RateLimitPlace[],
  context: CompileContext,
  { buckets: engine, reports }: Limits,
): LimitPolicies {
  const requests = compileLimits(places, "requests", context);
  const tokens = compileLimits(places, "tokens", context);
  const shared = { name: "localRateLimit", engine, reports };
  return {
    ...requests.length > 0 && {
      policy: requestLimits({ ...shared, usesOf: usesOfAll(requests) }),
    },
    ...tokens.length > 0 && {
      modelPolicy: tokenLimits({ ...shared, usesOf: usesOfAll(tokens) }),
    },
  };
}
