import type { ChatEvent } from "../../../../src/chat/events.ts";
import type { Fault } from "../../../../src/chat/fault.ts";
import type { Block, Seal } from "../../../../src/chat/block.ts";
import type { Stage } from "../../../../src/policies/guards/stream/stage.ts";

/** The seal of a thought. */
export const SEAL: Seal = { api: "messages", value: "sealed" };

/** A block that begins empty and comes in pieces. */
export function blockEvents(
  index: number,
  block: Block,
  pieces: readonly string[],
  seal?: Seal,
): readonly ChatEvent[] {
  return [
    { type: "block-start", index, block },
    ...pieces.map((text): ChatEvent => ({ type: "block-delta", index, text })),
    { type: "block-end", index, ...(seal === undefined ? {} : { seal }) },
  ];
}

/** A text that comes in pieces. */
export function textEvents(pieces: readonly string[], index = 0): readonly ChatEvent[] {
  return blockEvents(index, { type: "text", text: "" }, pieces);
}

/** All that comes out of a stage for events, what has to be waited for too. */
export async function through(stage: Stage, events: readonly ChatEvent[]): Promise<ChatEvent[]> {
  const out: ChatEvent[] = [];
  for (const event of events) {
    out.push(...stage.push(event));
    for (let next = stage.pending(); next !== undefined; next = stage.pending()) {
      out.push(...await next);
    }
  }
  return out;
}

/** What comes out while nobody waits, and all of what is waited for in the end. */
export async function hurriedThrough(
  stage: Stage,
  events: readonly ChatEvent[],
): Promise<ChatEvent[]> {
  const out = events.flatMap((event) => stage.push(event));
  for (let next = stage.pending(); next !== undefined; next = stage.pending()) {
    out.push(...await next);
  }
  return out;
}

/** The text of each block, as a client would put it together. */
export function textsOf(events: readonly ChatEvent[]): readonly string[] {
  const texts: string[] = [];
  for (const event of events) {
    if (event.type === "block-start") texts[event.index] = wordsOf(event.block);
    if (event.type === "block-delta") texts[event.index] += event.text;
  }
  return texts;
}

function wordsOf(block: Block): string {
  if (block.type === "tool-call") return block.input;
  return "text" in block ? block.text : "";
}

/** Why an answer ended. */
export function faultOf(events: readonly ChatEvent[]): Fault | undefined {
  const last = events.at(-1);
  return last?.type === "error" ? last.fault : undefined;
}
