import type { Fault } from "../chat/fault.ts";
import { GatewayError } from "../errors.ts";

/** The upstream has sent nothing for too long. */
export function idleTimeout(ms: number): GatewayError {
  return new GatewayError("upstream-timeout", `the upstream was silent for ${ms} ms`, {
    code: "stream_idle_timeout",
  });
}

/** An error of the provider that came before any content, as if it had been its whole answer. */
export function refusal(fault: Fault | undefined, requestId: string | undefined): GatewayError {
  const message = fault?.message ?? "the provider reported an error in its stream";
  return new GatewayError("upstream-refused", message, {
    status: fault?.status ?? 502,
    code: fault?.code,
    param: fault?.param,
    requestId,
  });
}

/** The upstream sent less than an answer. */
export function broken(requestId: string | undefined): GatewayError {
  return new GatewayError(
    "upstream-invalid",
    "the upstream broke off before the end of its answer",
    { code: "upstream_cut", requestId },
  );
}
