import type { Block, Seal, TokenLogprob } from "../../chat/block.ts";
import type { ChatEvent } from "../../chat/events.ts";
import type { CallContext } from "../api.ts";

/** What the reader of a stream keeps between events. */
export interface ReaderState {
  readonly context: CallContext;
  /** The steps that the current event gives. */
  events: ChatEvent[];
  /** All blocks that have begun, in their order. */
  readonly blocks: Pick<Block, "type">[];
  /** Those that have not ended, by their place in the output. */
  readonly open: Map<string, Open>;
  /** The places of which nothing more can come. */
  readonly closed: Set<string>;
  progress: "waiting" | "started" | "over";
}

/** A block that has begun, and what has been told of it. */
interface Open {
  readonly index: number;
  text: string;
  /** The part of a reasoning item that the end of the text belongs to. */
  part: string | undefined;
}

/** Begins a block, unless it has begun or its place is closed. */
export function openBlock(state: ReaderState, key: string, block: Block): Open | undefined {
  const found = state.open.get(key);
  if (found !== undefined || state.closed.has(key)) return found;
  const open: Open = { index: state.blocks.length, text: "", part: undefined };
  state.open.set(key, open);
  state.blocks.push(block);
  state.events.push({ type: "block-start", index: open.index, block });
  return open;
}

/** Adds text to a block; begins it where `block` says how. */
export function extendBlock(
  state: ReaderState,
  key: string,
  block: Block | undefined,
  text: string,
  logprobs: readonly TokenLogprob[] = [],
): void {
  if (text === "" && logprobs.length === 0) return;
  const open = block === undefined ? state.open.get(key) : openBlock(state, key, block);
  if (open === undefined) return;
  open.text += text;
  const measured = logprobs.length === 0 ? {} : { logprobs };
  state.events.push({ type: "block-delta", index: open.index, text, ...measured });
}

/** Adds text to a part of a reasoning item; parts are paragraphs. */
export function extendReasoning(
  state: ReaderState,
  key: string,
  part: string,
  text: string,
): void {
  if (text === "") return;
  const open = openBlock(state, key, { type: "reasoning", text: "" });
  if (open === undefined) return;
  const isNext = open.part !== undefined && open.part !== part;
  open.part = part;
  extendBlock(state, key, undefined, isNext ? `\n\n${text}` : text);
}

/** Adds what is missing of a block's whole text; what contradicts it stays as it was told. */
export function completeText(state: ReaderState, key: string, whole: string): void {
  const open = state.open.get(key);
  if (open !== undefined && whole.startsWith(open.text)) {
    extendBlock(state, key, undefined, whole.slice(open.text.length));
  }
}

/** Ends a block, if it has begun, and closes its place. */
export function closeBlock(state: ReaderState, key: string, seal?: Seal): void {
  const open = state.open.get(key);
  state.open.delete(key);
  state.closed.add(key);
  if (open === undefined) return;
  const sealed = seal === undefined ? {} : { seal };
  state.events.push({ type: "block-end", index: open.index, ...sealed });
}

/** Ends what is still open. */
export function closeAll(state: ReaderState): void {
  for (const key of [...state.open.keys()]) closeBlock(state, key);
}
