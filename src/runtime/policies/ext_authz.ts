import type { ProblemPath } from "../../config/normalised.ts";
import type { ExtAuthzConfig } from "../../config/schema/ext_authz.ts";
import type { Policy } from "../../policies/policy.ts";
import type { CompileContext } from "../compile_context.ts";

/** Compiles the policy. */
export function compileExtAuthz(
  _settings: ExtAuthzConfig,
  _at: ProblemPath,
  _context: CompileContext,
): Policy | undefined {
  return undefined;
}
