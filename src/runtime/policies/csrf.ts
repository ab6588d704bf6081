import type { ProblemPath } from "../../config/normalised.ts";
import type { CsrfConfig } from "../../config/schema/csrf.ts";
import { csrf } from "../../policies/csrf.ts";
import type { Policy } from "../../policies/policy.ts";
import type { CompileContext } from "../compile_context.ts";

/** Compiles a CSRF policy. */
export function compileCsrf(
  settings: CsrfConfig,
  _at: ProblemPath,
  _context: CompileContext,
): Policy {
  return csrf(settings);
}
