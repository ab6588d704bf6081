import type { TokenLogprob } from "../../../chat/block.ts";

/** The probabilities of tokens whose text may be held back; they spell it, and so wait with it. */
export interface HeldLogprobs {
  /** Notes those of the next characters. */
  add(length: number, logprobs: readonly TokenLogprob[] | undefined): void;
  /** Those of the first so many characters that have not been taken; none of a changed text. */
  take(released: number, isChanged: boolean): readonly TokenLogprob[] | undefined;
}

/** Begins with a text of which nothing has come. */
export function heldLogprobs(): HeldLogprobs {
  let end = 0;
  let held: { readonly end: number; readonly logprobs: readonly TokenLogprob[] }[] = [];
  return {
    add(length, logprobs) {
      end += length;
      if (logprobs !== undefined) held.push({ end, logprobs });
    },
    take(released, isChanged) {
      if (held.length === 0) return undefined;
      if (isChanged) {
        held = [];
        return undefined;
      }
      const ready = held.filter((one) => one.end <= released);
      if (ready.length === 0) return undefined;
      held = held.slice(ready.length);
      return ready.flatMap(({ logprobs }) => logprobs);
    },
  };
}
