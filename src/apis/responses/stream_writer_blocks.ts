import type { Block, Seal, TokenLogprob } from "../../chat/block.ts";
import type { BlockDeltaEvent } from "../../chat/events.ts";
import {
  closeBlock,
  type Item,
  type OpenCall,
  openItem,
  type OpenPart,
  type OpenReasoning,
  send,
  sendOf,
  type StreamState,
} from "./stream_writer_items.ts";
import { textOf, writeLogprobs } from "./wire.ts";
import { draftOf, inputOf, isPart, type PartBlock, writeItem, writePart } from "./write_output.ts";

/** Begins a block: a part of the message that is open, or an item of its own. */
export function beginBlock(state: StreamState, index: number, block: Block): void {
  const item = openMessage(state, block) ?? beginItem(state, block);
  if (item === undefined) return;
  item.openBlocks++;
  const { draft } = item;
  if (draft.type === "reasoning") {
    state.blocks.set(index, { type: "reasoning", item, draft, text: "" });
  } else if (draft.type === "call") {
    state.blocks.set(index, { type: "call", item, draft, text: "" });
  } else if (isPart(block)) {
    state.blocks.set(index, beginPart(state, item, draft.parts, block));
  }
  continueBlock(state, { index, ...begunWith(block) });
}

/** The message that another text goes on with. */
function openMessage(state: StreamState, block: Block): Item | undefined {
  const last = state.items.at(-1);
  const isOpen = last?.draft.type === "message" && last.value === undefined;
  return isOpen && isPart(block) ? last : undefined;
}

/** What a block brings when it begins. */
function begunWith(block: Block): Pick<BlockDeltaEvent, "text" | "logprobs"> {
  if (block.type === "tool-call") return { text: block.input };
  if (block.type !== "text") return { text: "text" in block ? textOf(block.text) : "" };
  return {
    text: block.text,
    ...(block.logprobs === undefined ? {} : { logprobs: block.logprobs }),
  };
}

function beginItem(state: StreamState, block: Block): Item | undefined {
  const draft = draftOf(block, state.context);
  if (draft === undefined) return undefined;
  const item = openItem(state, draft);
  send(state, "response.output_item.added", {
    output_index: item.index,
    item: writeItem(draft, "in_progress"),
  });
  return item;
}

function beginPart(
  state: StreamState,
  item: Item,
  parts: OpenPart["parts"],
  { type: kind }: PartBlock,
): OpenPart {
  const contentIndex = parts.length, part = writePart({ type: kind, text: "" });
  parts.push(part);
  sendOf(state, item, "response.content_part.added", { content_index: contentIndex, part });
  return { type: "part", item, parts, contentIndex, kind, text: "", logprobs: [] };
}

type Delta = Pick<BlockDeltaEvent, "index" | "text" | "logprobs">;

/** Adds text to a block. */
export function continueBlock(state: StreamState, { index, text, logprobs = [] }: Delta): void {
  const open = state.blocks.get(index);
  if (open === undefined || (text === "" && logprobs.length === 0)) return;
  switch (open.type) {
    case "part":
      addToPart(state, open, text, logprobs);
      break;
    case "reasoning":
      if (open.text === "") sendSummaryPart(state, open, "added", "");
      sendOf(state, open.item, "response.reasoning_summary_text.delta", {
        summary_index: 0,
        delta: text,
      });
      break;
    case "call":
      sendOf(state, open.item, `${callEvent(open)}.delta`, { delta: text });
  }
  open.text += text;
}

function addToPart(
  state: StreamState,
  { item, contentIndex, kind, logprobs: known }: OpenPart,
  delta: string,
  logprobs: readonly TokenLogprob[],
): void {
  const members = { content_index: contentIndex, delta };
  if (kind === "refusal") return sendOf(state, item, "response.refusal.delta", members);
  known.push(...logprobs);
  const written = writeLogprobs(logprobs);
  sendOf(state, item, "response.output_text.delta", { ...members, logprobs: written });
}

/** Ends a block. */
export function endBlock(state: StreamState, index: number, seal: Seal | undefined): void {
  const open = state.blocks.get(index);
  if (open === undefined) return;
  state.blocks.delete(index);
  switch (open.type) {
    case "part":
      endPart(state, open);
      break;
    case "reasoning":
      endReasoning(state, open, seal);
      break;
    case "call":
      endCall(state, open);
  }
  closeBlock(state, open.item);
}

function endPart(state: StreamState, open: OpenPart): void {
  const { item, parts, contentIndex, kind, text, logprobs } = open;
  const place = { content_index: contentIndex };
  const part = writePart(kind === "text" ? { type: kind, text, logprobs } : { type: kind, text });
  parts[contentIndex] = part;
  if (kind === "text") {
    const members = { ...place, text, logprobs: writeLogprobs(logprobs) };
    sendOf(state, item, "response.output_text.done", members);
  } else {
    sendOf(state, item, "response.refusal.done", { ...place, refusal: text });
  }
  sendOf(state, item, "response.content_part.done", { ...place, part });
}

function endReasoning(state: StreamState, open: OpenReasoning, seal: Seal | undefined): void {
  const { item, draft, text } = open;
  draft.text = text;
  if (seal !== undefined) draft.seal = seal;
  if (text === "") return;
  sendOf(state, item, "response.reasoning_summary_text.done", { summary_index: 0, text });
  sendSummaryPart(state, open, "done", text);
}

function sendSummaryPart(
  state: StreamState,
  { item }: OpenReasoning,
  step: "added" | "done",
  text: string,
): void {
  sendOf(state, item, `response.reasoning_summary_part.${step}`, {
    summary_index: 0,
    part: { type: "summary_text", text },
  });
}

function endCall(state: StreamState, open: OpenCall): void {
  const { item, draft, text } = open;
  draft.block = { ...draft.block, input: text };
  const input = inputOf(draft.block);
  if (input !== text) sendOf(state, item, `${callEvent(open)}.delta`, { delta: input });
  const name = draft.block.custom === true ? "input" : "arguments";
  sendOf(state, item, `${callEvent(open)}.done`, { [name]: input });
}

function callEvent({ draft }: OpenCall): string {
  return draft.block.custom === true
    ? "response.custom_tool_call_input"
    : "response.function_call_arguments";
}
