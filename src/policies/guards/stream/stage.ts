import type { ChatEvent } from "../../../chat/events.ts";
import type { Fault } from "../../../chat/fault.ts";
import type { Rejection } from "../guard.ts";
import { FAILURE_CODE, REJECTION_CODE } from "../guard_rejection.ts";

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
  /** Why a guard had no judgement, where that is the reason. */
  readonly cause?: unknown;
}

/** The refusal of an answer that a guard rejects. */
export function rejected(guard: string, { status, body }: Rejection): StreamRefusal {
  return {
    summary: `response rejected by ${guard} guardrail`,
    fault: { status, message: body, code: REJECTION_CODE },
  };
}

/** The refusal of an answer that a guard cannot judge. */
export function failed(guard: string, cause: unknown): StreamRefusal {
  return {
    summary: `response not judged by ${guard} guardrail`,
    fault: { status: 503, message: "prompt guard failed", code: FAILURE_CODE },
    cause,
  };
}
