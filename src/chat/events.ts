import type { Block, Seal, TokenLogprob } from "./block.ts";
import type { Fault } from "./fault.ts";
import type { Finish } from "./response.ts";
import type { Usage } from "./usage.ts";

/**
 * A step of a streamed answer, of its first choice.
 *
 * `start` comes first and once. Blocks may overlap, told apart by `index`; each has one start and
 * one end, in ascending order of starts from 0. `finish` comes after all blocks have ended, `usage`
 * whenever the provider counts, each replacing the one before. `end` is the last event of a whole
 * answer, `error` the last of one that failed; there is no event after either.
 */
export type ChatEvent =
  | StartEvent
  | BlockStartEvent
  | BlockDeltaEvent
  | BlockEndEvent
  | { readonly type: "usage"; readonly usage: Usage }
  | { readonly type: "finish"; readonly finish: Finish }
  | { readonly type: "end" }
  | { readonly type: "error"; readonly fault: Fault };

/** What is known before the first block. */
export interface StartEvent {
  readonly type: "start";
  /** As in `ChatResponse`. */
  readonly id: string;
  readonly model: string;
  readonly usage?: Usage;
  readonly serviceTier?: string;
}

/** A block begins: with empty text or input, unless all of it is there at once. */
export interface BlockStartEvent {
  readonly type: "block-start";
  readonly index: number;
  readonly block: Block;
}

/** More text of a block, or more of a tool call's input. */
export interface BlockDeltaEvent {
  readonly type: "block-delta";
  readonly index: number;
  readonly text: string;
  readonly logprobs?: readonly TokenLogprob[];
}

/** A block is complete; a seal, if it has one, is whole. */
export interface BlockEndEvent {
  readonly type: "block-end";
  readonly index: number;
  readonly seal?: Seal;
}
