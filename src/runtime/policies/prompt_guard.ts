import type { ProblemPath } from "../../config/normalised.ts";
import type { PromptGuardConfig } from "../../config/schema/prompt_guard.ts";
import type { Guards } from "../../policies/guards/guards.ts";
import type { CompileContext } from "../compile_context.ts";

/** Compiles the guards of a route or a model; undefined where there are none. */
export function compilePromptGuard(
  _settings: PromptGuardConfig,
  _at: ProblemPath,
  _context: CompileContext,
): Guards | undefined {
  return undefined;
}
