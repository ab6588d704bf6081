import type { Block } from "./block.ts";
import type { Usage } from "./usage.ts";

/** A whole answer. */
export interface ChatResponse {
  /** The provider's id of the answer; empty where it gives none. */
  readonly id: string;
  /** The model that answered; empty where the provider does not say. */
  readonly model: string;
  /** At least one, in the provider's order. */
  readonly choices: readonly Choice[];
  readonly usage?: Usage;
  readonly serviceTier?: string;
}

/** One of the answers that were asked for. */
export interface Choice {
  readonly blocks: readonly Block[];
  readonly finish: Finish;
}

/** Why a model stopped. */
export interface Finish {
  readonly reason: FinishReason;
  /** The stop sequence that was met, where the provider tells. */
  readonly stopSequence?: string;
}

/**
 * Why a model stopped: of itself, at a stop sequence, at a limit of tokens or of its context, to
 * call tools, because it or a filter refused, to be continued, or for another reason.
 */
export type FinishReason =
  | "stop"
  | "stop-sequence"
  | "length"
  | "context-window"
  | "tool-calls"
  | "refusal"
  | "content-filter"
  | "paused"
  | "other";
