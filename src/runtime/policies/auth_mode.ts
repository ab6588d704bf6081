import type { ProblemPath } from "../../config/normalised.ts";
import type { AuthMode } from "../../policies/auth/mode.ts";
import type { CompileContext } from "../compile_context.ts";

/** The mode of a policy, with a warning where it lets in requests that show nothing. */
export function compileAuthMode(
  mode: AuthMode | undefined,
  credential: string,
  at: ProblemPath,
  context: CompileContext,
): AuthMode {
  if (mode === "strict") return mode;
  const said = mode === undefined ? "the mode is optional by default" : `the mode is ${mode}`;
  const bad = mode === "permissive" ? ", or with a bad one," : "";
  context.warnings.push({
    path: mode === undefined ? at : [...at, "mode"],
    message: `${said}: requests without ${credential}${bad} are let in; ` +
      "`mode: strict` refuses them",
  });
  return mode ?? "optional";
}
