import { formatPath } from "../../config/diagnostic.ts";
import type { ProblemPath } from "../../config/normalised.ts";
import { occasionalWarning } from "../../policies/shared/occasional_warning.ts";
import type { CompileContext } from "../compile_context.ts";

/** Tells the operator, now and then, that the service of a policy cannot be asked. */
export function serviceFailures(
  scope: string,
  at: ProblemPath,
  passes: boolean,
  { environment }: CompileContext,
): (reason: string) => void {
  const { now, warn } = environment;
  const outcome = passes ? "let in" : "refused";
  return occasionalWarning({
    now,
    tell(reason, times) {
      const count = times === 1 ? `a request was ${outcome}` : `${times} requests were ${outcome}`;
      warn(scope, `${formatPath(at)}: the service does not answer: ${reason}; ${count}`);
    },
  });
}
