import type { ChatEvent } from "../../../chat/events.ts";
import type { Fault } from "../../../chat/fault.ts";
import type { GatewayError } from "../../../errors.ts";
import type { Rejection } from "../guard.ts";
import { guardFailed, GuardRejection } from "../guard_rejection.ts";

/** Passes the events of an answer on as far as it has judged them. */
export interface Stage {
  push(event: ChatEvent): readonly ChatEvent[];
  /**
   * The events that a judgement lets go which has to be waited for; undefined if none has to. They
   * stand before all that later calls give.
   */
  pending(): Promise<readonly ChatEvent[]> | undefined;
  /** Why the answer ended here, once it has. */
  readonly refusal: StreamRefusal | undefined;
}

/** Why guards ended an answer. */
export interface StreamRefusal {
  /** What happened, without a word of any text. */
  readonly summary: string;
  /** What the client reads. */
  readonly fault: Fault;
  /** The same as an error, for where nothing of the answer has gone out. */
  readonly error: GatewayError;
  /** Why a guard had no judgement, where that is the reason. */
  readonly cause?: unknown;
}

/** The refusal of an answer that a guard rejects. */
export function rejected(guard: string, rejection: Rejection): StreamRefusal {
  const error = new GuardRejection(guard, "response", rejection);
  return { summary: error.summary, fault: faultOf(error), error };
}

/** The refusal of an answer that a guard cannot judge. */
export function failed(guard: string, cause: unknown): StreamRefusal {
  const error = guardFailed(cause);
  return {
    summary: `response not judged by ${guard} guardrail`,
    fault: faultOf(error),
    error,
    cause,
  };
}

function faultOf({ status, message, code }: GatewayError): Fault {
  return { status, message, code };
}
