import type { MediaBlock, TokenLogprob } from "../../chat/block.ts";
import type { ChatEvent } from "../../chat/events.ts";
import { defined } from "../../lib/defined.ts";
import type { Mapping } from "../../lib/mapping.ts";
import { readLogprobs } from "./logprobs.ts";
import { contentPieces, readImages } from "./read_response.ts";
import { readThoughts, sealOf, type Thoughts } from "./reasoning_details.ts";

/** The blocks of a stream but for its calls: one at a time is open, until another begins. */
export interface Prose {
  /** More of a kind of text; the block of that kind begins where it is not the open one. */
  say(kind: ProseKind, text: string, logprobs?: readonly TokenLogprob[]): void;
  /** More reasoning, with entries of which the seal of its block is made. */
  think(thoughts: Thoughts): void;
  show(block: MediaBlock): void;
  /** Ends the open block. */
  end(): void;
  /** Ends the open block, and gives the index of the next. */
  nextIndex(): number;
  /** Whether there was a refusal. */
  readonly refused: boolean;
}

type ProseKind = "text" | "reasoning" | "refusal";

/** Prose of one answer. */
export function proseBlocks(emit: (event: ChatEvent) => void): Prose {
  let count = 0, refused = false, thinksPlainly = false;
  let open: { readonly kind: ProseKind; readonly index: number; details: Mapping[] } | undefined;

  function end(): void {
    if (open === undefined) return;
    emit({ type: "block-end", index: open.index, ...defined({ seal: sealOf(open.details) }) });
    open = undefined;
  }

  function nextIndex(): number {
    end();
    return count++;
  }

  function opened(kind: ProseKind) {
    if (open?.kind === kind) return open;
    const index = nextIndex();
    emit({ type: "block-start", index, block: { type: kind, text: "" } });
    return open = { kind, index, details: [] };
  }

  function say(kind: ProseKind, text: string, logprobs?: readonly TokenLogprob[]): void {
    if (text === "" && logprobs === undefined) return;
    if (kind === "refusal") refused = true;
    emit({ type: "block-delta", index: opened(kind).index, text, ...defined({ logprobs }) });
  }

  return {
    say,
    think({ text, details, detailText }) {
      if (text !== "") thinksPlainly = true;
      say("reasoning", thinksPlainly ? text : detailText);
      if (details.length > 0) opened("reasoning").details.push(...details);
    },
    show(block) {
      const index = nextIndex();
      emit({ type: "block-start", index, block });
      emit({ type: "block-end", index });
    },
    end,
    nextIndex,
    get refused() {
      return refused;
    },
  };
}

/** Reads a delta but for its calls. */
export function readProse(delta: Mapping, logprobs: unknown, prose: Prose): void {
  prose.think(readThoughts(delta));
  if (typeof delta.content === "string") {
    prose.say("text", delta.content, readLogprobs(logprobs));
  } else {
    for (const piece of contentPieces(delta.content)) prose.say(piece.type, piece.text);
  }
  if (typeof delta.refusal === "string") prose.say("refusal", delta.refusal);
  for (const image of readImages(delta)) prose.show(image);
}
