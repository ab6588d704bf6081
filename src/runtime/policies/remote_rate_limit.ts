import type { ProblemPath } from "../../config/normalised.ts";
import type { RemoteRateLimitConfig } from "../../config/schema/remote_rate_limit.ts";
import type { CompileContext } from "../compile_context.ts";
import type { Limits } from "../limits.ts";
import type { LimitPolicies } from "./local_rate_limit.ts";

/** Compiles the policy. */
export function compileRemoteRateLimit(
  _settings: RemoteRateLimitConfig,
  _at: ProblemPath,
  _context: CompileContext,
  _limits: Pick<Limits, "reports">,
): LimitPolicies {
  return {};
}
