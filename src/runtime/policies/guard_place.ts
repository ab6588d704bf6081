import type { ProblemPath } from "../../config/normalised.ts";
import type { Rejection, TextScope } from "../../policies/guards/guard.ts";
import type { GuardFailure } from "../../policies/guards/guard_failure.ts";
import type { CompileContext } from "../compile_context.ts";

/** Where a guard stands, and what compiling it may use. */
export interface GuardPlace {
  readonly phase: "request" | "response";
  readonly at: ProblemPath;
  readonly context: CompileContext;
}

/** What a guard looks at, and the answer to what it rejects. */
export interface GuardTerms {
  readonly scopes: ReadonlySet<TextScope>;
  readonly rejection: Rejection;
}

/** Failures are told at most once in so long. */
const TELL_MS = 60_000;

/** What becomes of texts that a guard could not judge, if they may pass. */
export function letsPass(
  name: string,
  failureMode: "failClosed" | "failOpen" | undefined,
  { environment }: CompileContext,
): ((failure: GuardFailure) => void) | undefined {
  if (failureMode !== "failOpen") return undefined;
  let toldAtMs = -Infinity;
  return (failure) => {
    const nowMs = environment.now();
    if (nowMs - toldAtMs < TELL_MS) return;
    toldAtMs = nowMs;
    environment.warn(
      "guard",
      `${name} lets texts pass that it could not judge: ${failure.message}`,
    );
  };
}
