import type { Seal, TokenLogprob } from "../../../chat/block.ts";
import type { BlockEndEvent, BlockStartEvent } from "../../../chat/events.ts";
import { defined } from "../../../lib/defined.ts";

/** The beginning of a block of which the text is guarded, without that text. */
export interface GuardedBlock {
  readonly start: BlockStartEvent;
  /** Whether it is JSON text, of which only the texts in it may be changed. */
  readonly isJson: boolean;
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[] | undefined;
  /** What may only go on if the text does as it is. */
  readonly seal: Seal | undefined;
}

/** Takes the text out of a block's beginning; undefined for blocks without any. */
export function guardedBlock(event: BlockStartEvent): GuardedBlock | undefined {
  const { block } = event;
  const plain = { isJson: false, logprobs: undefined, seal: undefined };
  switch (block.type) {
    case "text": {
      const { text, logprobs, ...rest } = block;
      return { ...plain, start: { ...event, block: { ...rest, text: "" } }, text, logprobs };
    }
    case "refusal":
      return { ...plain, start: { ...event, block: { ...block, text: "" } }, text: block.text };
    case "reasoning": {
      const { text, seal, ...rest } = block;
      // A ciphertext alone has no words beside it, and says at once what kind of block it is.
      const kept = seal?.redacted === true ? { seal } : {};
      const start = { ...event, block: { ...rest, ...kept, text: "" } };
      return { ...plain, start, text, seal: seal?.redacted === true ? undefined : seal };
    }
    case "tool-call": {
      const { input, custom = false } = block;
      const start = { ...event, block: { ...block, input: "" } };
      return { ...plain, start, isJson: !custom, text: input };
    }
    default:
      return undefined;
  }
}

/** The end of a block: what seals its text is left out where the text is another now. */
export function guardedEnd(
  { seal, ...event }: BlockEndEvent,
  withheld: Seal | undefined,
  isChanged: boolean,
): BlockEndEvent {
  return { ...event, ...defined({ seal: isChanged ? undefined : seal ?? withheld }) };
}
