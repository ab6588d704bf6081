import type { GatewayError } from "../../errors.ts";

/**
 * What becomes of requests that do not show who sends them: `strict` refuses them, `optional` lets
 * those in that do not even try, `permissive` lets all in.
 */
export type AuthMode = "strict" | "optional" | "permissive";

/** Why a request does not show who sends it. */
export interface AuthFault {
  /** Whether it does not even try. */
  readonly isAbsent: boolean;
  readonly why: string;
  /** A stable word for programs. */
  readonly code: string;
}

/** Lets a request go on, if the mode does. */
export function admit(
  mode: AuthMode,
  fault: AuthFault | undefined,
  refusal: (fault: AuthFault) => GatewayError,
): undefined {
  if (fault === undefined || mode === "permissive") return;
  if (mode === "strict" || !fault.isAbsent) throw refusal(fault);
}
