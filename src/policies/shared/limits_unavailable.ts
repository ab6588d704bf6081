import { GatewayError } from "../../errors.ts";

/** How long a client waits before it asks again, in seconds. */
const RETRY_S = 1;

/** Nobody can tell whether a request is within its limits. */
export function limitsUnavailable(cause: unknown): GatewayError {
  return new GatewayError("unavailable", "the limits of this request cannot be checked now", {
    code: "limits_unavailable",
    reason: "RateLimit",
    headers: { "retry-after": String(RETRY_S) },
    cause,
  });
}
