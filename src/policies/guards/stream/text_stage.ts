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

/** Lets the texts of an answer through guards that never have to be waited for. */
export function textStage(guards: readonly StreamingGuard[]): Stage {
  const passing: Passing = { guards, blocks: new Map(), refusal: undefined };
  return {
    get refusal() {
      return passing.refusal;
    },
    push(event) {
      if (passing.refusal !== undefined) return [];
      const events = handle(passing, event);
      return errorOf(passing) ?? events;
    },
    pending: () => undefined,
  };
}

interface Passing {
  readonly guards: readonly StreamingGuard[];
  readonly blocks: Map<number, OpenBlock>;
  refusal: StreamRefusal | undefined;
}

interface OpenBlock {
  readonly text: BlockText;
  readonly logprobs: HeldLogprobs;
  readonly seal: Seal | undefined;
}

function errorOf({ refusal }: Passing): readonly ChatEvent[] | undefined {
  return refusal === undefined ? undefined : [{ type: "error", fault: refusal.fault }];
}

function handle(passing: Passing, event: ChatEvent): readonly ChatEvent[] {
  const { blocks } = passing;
  if (event.type === "block-start") {
    const block = guardedBlock(event);
    if (block === undefined) return [event];
    const { start, isJson, text, logprobs, seal } = block;
    const { index } = event;
    const open = () => passage(passing);
    const through = isJson ? jsonText(open) : plainText(open());
    blocks.set(index, { text: through, logprobs: heldLogprobs(), seal });
    if (text === "" && logprobs === undefined) return [start];
    return [
      start,
      ...handle(passing, { type: "block-delta", index, text, ...defined({ logprobs }) }),
    ];
  }
  if (event.type !== "block-delta" && event.type !== "block-end") return [event];
  const open = blocks.get(event.index);
  if (open === undefined) return [event];
  if (event.type === "block-delta") return delta(event, open);
  blocks.delete(event.index);
  return end(event, open);
}

function delta({ index, text, logprobs }: BlockDeltaEvent, open: OpenBlock): readonly ChatEvent[] {
  open.logprobs.add(text.length, logprobs);
  return written(index, open, open.text.push(text));
}

function end(event: BlockEndEvent, open: OpenBlock): readonly ChatEvent[] {
  const rest = written(event.index, open, open.text.end());
  return [...rest, guardedEnd(event, open.seal, open.text.isChanged)];
}

function written(index: number, open: OpenBlock, text: string): readonly ChatEvent[] {
  const logprobs = open.logprobs.take(open.text.released, open.text.isChanged);
  if (text === "" && logprobs === undefined) return [];
  return [{ type: "block-delta", index, text, ...defined({ logprobs }) }];
}

/** The way of one text through one guard after the other, up to the first that refuses it. */
function passage(passing: Passing): Passage {
  const streams = passing.guards.map((guard) => ({ guard, stream: guard.openStream() }));
  function pass(piece: string, isEnd: boolean): string {
    let text = piece;
    for (const { guard: { name }, stream } of streams) {
      try {
        text = stream.push(text) + (isEnd ? stream.end() : "");
      } catch (error) {
        if (!(error instanceof GuardFailure)) throw error;
        passing.refusal ??= failed(name, error);
      }
      if (stream.rejection !== undefined) passing.refusal ??= rejected(name, stream.rejection);
      if (passing.refusal !== undefined) return "";
    }
    return text;
  }
  return { push: (piece) => pass(piece, false), end: () => pass("", true) };
}
