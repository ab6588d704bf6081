import { errorShapeFor } from "../apis/route_types.ts";
import { GatewayError } from "../errors.ts";
import type { Exchange } from "./exchange.ts";
import type { Ending } from "./facts.ts";
import { GuardRejection } from "../policies/guards/guard_rejection.ts";
import { Refusal } from "../policies/refusal.ts";
import { jsonReply, refusalReply } from "./reply.ts";

/** Turns whatever was thrown into an answer in the client's own API. */
export function refuse(exchange: Exchange, cause: unknown): Response {
  const error = asGatewayError(exchange, cause);
  exchange.facts.reason = error.reason;
  exchange.facts.error = error.summary;
  const isInOwnWords = error instanceof GuardRejection || error instanceof Refusal;
  if (isInOwnWords && error.reply !== undefined) return refusalReply(exchange, error.reply);
  const shape = exchange.errorShape ?? errorShapeFor(exchange.head.path);
  const response = jsonReply(exchange, error.status, shape(error), endingOf(error));
  if (error instanceof GuardRejection) error.editHeaders?.(response.headers);
  else for (const [name, value] of Object.entries(error.headers)) response.headers.set(name, value);
  if (error.requestId !== undefined) {
    response.headers.set(exchange.requestIdHeader, error.requestId);
  }
  return response;
}

/** A fault of the gateway itself is reported to its operator, not to the client. */
function asGatewayError({ services, signal }: Exchange, cause: unknown): GatewayError {
  if (cause instanceof GatewayError) return cause;
  if (signal.aborted && signal.reason instanceof GatewayError) return signal.reason;
  services.internalError(cause);
  return new GatewayError("internal", "internal error", { cause });
}

function endingOf({ kind }: GatewayError): Ending {
  if (kind === "client-gone") return "client-gone";
  return kind === "upstream-invalid" ? "upstream-cut" : "refused";
}
