import type { Seal } from "../../../chat/block.ts";
import type { BlockDeltaEvent, BlockEndEvent, ChatEvent } from "../../../chat/events.ts";
import { defined } from "../../../lib/defined.ts";
import type { TextStream } from "../guard.ts";
import { GuardFailure } from "../guard_failure.ts";
import { type BlockText, jsonText, type Passage, plainText } from "./block_text.ts";
import { guardedBlock, guardedEnd } from "./guarded_block.ts";
import { type HeldLogprobs, heldLogprobs } from "./held_logprobs.ts";
import { failed, rejected, type Stage, type StreamRefusal } from "./stage.ts";

/** A guard that judges a text as it comes. */
export interface StreamingGuard {
  readonly name: string;
  openStream(): TextStream;
}

interface OpenBlock {
  readonly text: BlockText;
  readonly logprobs: HeldLogprobs;
  readonly seal: Seal | undefined;
}

/** Lets the texts of an answer through guards that never have to be waited for. */
export function textStage(guards: readonly StreamingGuard[]): Stage {
  const blocks = new Map<number, OpenBlock>();
  let refusal: StreamRefusal | undefined;

  /** A text goes through one guard after the other. */
  function passage(): Passage {
    const streams = guards.map((guard) => ({ name: guard.name, stream: guard.openStream() }));
    function pass(piece: string, isEnd: boolean): string {
      let text = piece;
      for (const { name, stream } of streams) {
        text = through(name, () => stream.push(text) + (isEnd ? stream.end() : ""));
        if (stream.rejection !== undefined) refusal ??= rejected(name, stream.rejection);
        if (refusal !== undefined) return "";
      }
      return text;
    }
    return { push: (piece) => pass(piece, false), end: () => pass("", true) };
  }

  function through(name: string, step: () => string): string {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof GuardFailure)) throw error;
      refusal = failed(name, error);
      return "";
    }
  }

  function pushText(index: number, { text, logprobs }: OpenBlock, out: string): ChatEvent[] {
    if (refusal !== undefined) return [];
    const ready = logprobs.take(text.released, text.isChanged);
    if (out === "" && ready === undefined) return [];
    return [{ type: "block-delta", index, text: out, ...defined({ logprobs: ready }) }];
  }

  function delta({ index, text, logprobs }: BlockDeltaEvent, open: OpenBlock): ChatEvent[] {
    open.logprobs.add(text.length, logprobs);
    return pushText(index, open, open.text.push(text));
  }

  function end(event: BlockEndEvent, open: OpenBlock): ChatEvent[] {
    blocks.delete(event.index);
    const rest = pushText(event.index, open, open.text.end());
    return [...rest, guardedEnd(event, open.seal, open.text.isChanged)];
  }

  function handle(event: ChatEvent): readonly ChatEvent[] {
    if (event.type === "block-start") {
      const block = guardedBlock(event);
      if (block === undefined) return [event];
      const { start, isJson, text, logprobs, seal } = block;
      const open = {
        text: isJson ? jsonText(passage) : plainText(passage()),
        logprobs: heldLogprobs(),
        seal,
      };
      blocks.set(event.index, open);
      const isEmpty = text === "" && logprobs === undefined;
      const first = {
        type: "block-delta",
        index: event.index,
        text,
        ...defined({ logprobs }),
      } as const;
      return isEmpty ? [start] : [start, ...delta(first, open)];
    }
    if (event.type !== "block-delta" && event.type !== "block-end") return [event];
    const open = blocks.get(event.index);
    if (open === undefined) return [event];
    return event.type === "block-delta" ? delta(event, open) : end(event, open);
  }

  return {
    get refusal() {
      return refusal;
    },
    push(event) {
      if (refusal !== undefined) return [];
      const events = handle(event);
      return refusal === undefined ? events : [{ type: "error", fault: faultOf(refusal) }];
    },
    pending: () => undefined,
  };
}

/** A function, because the compiler does not see that `handle` sets the refusal. */
function faultOf({ fault }: StreamRefusal): StreamRefusal["fault"] {
  return fault;
}
