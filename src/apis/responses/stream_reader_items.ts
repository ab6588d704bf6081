import type { Block } from "../../chat/block.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { readCall, readNative, readPart, readReasoning, readSeal } from "./read_output.ts";
import {
  closeBlock,
  completeText,
  extendBlock,
  openBlock,
  type ReaderState,
} from "./stream_reader_blocks.ts";
import { listOf } from "./wire.ts";

/** Takes an item that is done: tells what had not been told of it, and ends its blocks. */
export function completeItem(state: ReaderState, key: string, item: Mapping): void {
  switch (item.type) {
    case "message":
      for (const [index, part] of listOf(item.content).entries()) {
        if (isMapping(part)) completePart(state, `${key}/${index}`, part);
      }
      break;
    case "reasoning":
      return completeReasoning(state, key, item);
    case "function_call":
    case "custom_tool_call": {
      const call = readCall(item, state.context);
      openBlock(state, key, { ...call, input: "" });
      completeText(state, key, call.input);
      break;
    }
    default:
      openBlock(state, key, readNative(item));
  }
  closeBlock(state, key);
}

/** Takes a part of a message that is done. */
export function completePart(state: ReaderState, key: string, part: Mapping): void {
  for (const block of readPart(part, state.context.losses)) tellPart(state, key, block);
  closeBlock(state, key);
}

function tellPart(state: ReaderState, key: string, block: Block): void {
  if (block.type !== "text" && block.type !== "refusal") {
    openBlock(state, key, block);
    return;
  }
  const { type, text } = block;
  if (state.open.has(key)) return completeText(state, key, text);
  openBlock(state, key, { type, text: "" });
  extendBlock(state, key, undefined, text, block.type === "text" ? block.logprobs : undefined);
}

function completeReasoning(state: ReaderState, key: string, item: Mapping): void {
  for (const { text } of readReasoning(item)) {
    openBlock(state, key, { type: "reasoning", text: "" });
    completeText(state, key, text);
  }
  closeBlock(state, key, readSeal(item));
}
