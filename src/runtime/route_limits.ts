import type { Written } from "../config/normalised.ts";
import type { RoutePoliciesConfig } from "../config/schema/policies.ts";
import type { ModelPolicy, Policy } from "../policies/policy.ts";
import type { CompileContext } from "./compile_context.ts";

/** What keeps clients of a route within limits. */
export interface RouteLimits {
  /** Limits of requests, in the order in which they run. */
  readonly policies: readonly Policy[];
  /** Limits of tokens and of money. */
  readonly modelPolicies: readonly ModelPolicy[];
}

/** Compiles the limits of a route. */
export function routeLimits(
  _written: readonly Written<RoutePoliciesConfig>[],
  _context: CompileContext,
): RouteLimits {
  return { policies: [], modelPolicies: [] };
}
