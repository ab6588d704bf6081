import { GatewayError } from "../../errors.ts";
import type { Rejection } from "./guard.ts";
import type { Reply } from "../policy.ts";

/** What programs read where a guard rejected a text. */
const REJECTION_CODE = "guardrail_intervention";

/** What programs read where a guard has no judgement. */
const FAILURE_CODE = "guardrail_failed";

/**
 * A guard rejected a text. Its message is for the client, and may be anything that a guard's server
 * says: logs take `summary`.
 */
export class GuardRejection extends GatewayError {
  /** The answer as it is, where the configuration gave it a type of content of its own. */
  readonly reply: Reply | undefined;
  /** Edits the headers of the answer in the client's API. */
  readonly editHeaders: Rejection["editHeaders"];

  constructor(guard: string, phase: "request" | "response", rejection: Rejection) {
    const headers = new Headers();
    rejection.editHeaders?.(headers);
    super("forbidden", rejection.body, {
      status: rejection.status,
      reason: "Guardrail",
      code: REJECTION_CODE,
      summary: `${phase} rejected by ${guard} guardrail`,
      headers: Object.fromEntries(headers),
    });
    this.editHeaders = rejection.editHeaders;
    this.reply = headers.has("content-type")
      ? { status: rejection.status, headers, body: rejection.body }
      : undefined;
  }
}

/** The error of a request whose guard has no judgement. */
export function guardFailed(cause: unknown): GatewayError {
  return new GatewayError("unavailable", "prompt guard failed", {
    reason: "Guardrail",
    code: FAILURE_CODE,
    cause,
  });
}
