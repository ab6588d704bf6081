import type { TokenLogprob, ToolCallBlock } from "../../chat/block.ts";
import type { Usage } from "../../chat/usage.ts";
import type { AnswerContext, JsonObject } from "../api.ts";
import {
  type CallDraft,
  type Draft,
  type ItemStatus,
  type PartBlock,
  type ReasoningDraft,
  writeItem,
} from "./write_output.ts";
import { writeFrame } from "./wire.ts";
import type { End, Head } from "./write_response.ts";

/** What the writer of a stream keeps between events. */
export interface StreamState {
  readonly context: AnswerContext;
  /** The text of the events that the current step gives. */
  frames: string[];
  sequenceNumber: number;
  readonly items: Item[];
  /** The blocks that have begun and not ended, by their index. */
  readonly blocks: Map<number, OpenBlock>;
  /** A call that has begun and is not told yet. */
  held: { readonly index: number; readonly block: ToolCallBlock } | undefined;
  head: Head;
  usage: Usage | undefined;
  end: End;
  hasRefusal: boolean;
}

/** An item of the output on its way. */
export interface Item {
  readonly index: number;
  readonly draft: Draft;
  /** Blocks of it that have not ended. */
  openBlocks: number;
  /** As the client has it when it is done. */
  value?: JsonObject;
}

/** A block that has begun: what has come of it so far, and where it goes when it ends. */
export type OpenBlock = OpenPart | OpenReasoning | OpenCall;

/** A part of a message. */
export interface OpenPart {
  readonly type: "part";
  readonly item: Item;
  readonly parts: JsonObject[];
  readonly contentIndex: number;
  readonly kind: PartBlock["type"];
  text: string;
  readonly logprobs: TokenLogprob[];
}

/** What the model thinks. */
export interface OpenReasoning {
  readonly type: "reasoning";
  readonly item: Item;
  readonly draft: ReasoningDraft;
  text: string;
}

/** A call of a tool. */
export interface OpenCall {
  readonly type: "call";
  readonly item: Item;
  readonly draft: CallDraft;
  text: string;
}

/** Sends an event. */
export function send(state: StreamState, type: string, members: JsonObject): void {
  state.frames.push(writeFrame({ type, sequence_number: state.sequenceNumber++, ...members }));
}

/** Sends an event about an item. */
export function sendOf(state: StreamState, item: Item, type: string, members: JsonObject): void {
  send(state, type, { item_id: item.draft.id, output_index: item.index, ...members });
}

/** Begins an item; the one before it can no longer be the one that was cut off. */
export function openItem(state: StreamState, draft: Draft): Item {
  const last = state.items.at(-1);
  if (last !== undefined) settleItem(state, last, "completed");
  const item: Item = { index: state.items.length, draft, openBlocks: 0 };
  state.items.push(item);
  return item;
}

/** Ends an item of which all blocks have ended, unless it has been. */
export function settleItem(state: StreamState, item: Item, status: ItemStatus): void {
  if (item.openBlocks > 0 || item.value !== undefined) return;
  item.value = writeItem(item.draft, status);
  send(state, "response.output_item.done", { output_index: item.index, item: item.value });
}

/** Ends a block of an item; whether the last item was cut off is known only at the finish. */
export function closeBlock(state: StreamState, item: Item): void {
  item.openBlocks--;
  if (item !== state.items.at(-1)) settleItem(state, item, "completed");
}
