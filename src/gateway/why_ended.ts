import { GatewayError } from "../errors.ts";

/** Why a stream has no more: our own abort says so itself, all else is the upstream's doing. */
export function whyEnded(signal: AbortSignal, cause: unknown, requestId?: string): GatewayError {
  if (signal.aborted && signal.reason instanceof GatewayError) return signal.reason;
  const tooLarge = cause instanceof RangeError;
  return new GatewayError(
    "upstream-invalid",
    tooLarge
      ? `failed to process LLM response: ${cause.message}`
      : "the upstream broke off before the end of its answer",
    { code: tooLarge ? "response_too_large" : "upstream_cut", cause, requestId },
  );
}
