import type {
  BlockDeltaEvent,
  BlockEndEvent,
  BlockStartEvent,
  StartEvent,
} from "../../chat/events.ts";
import type { Losses } from "../../chat/losses.ts";
import type { Finish } from "../../chat/response.ts";
import type { Usage } from "../../chat/usage.ts";
import type { AnswerContext, StreamWriter } from "../api.ts";
import { errorEventText, eventText } from "./event_text.ts";
import { messageHead } from "./message_head.ts";
import { addText, endBlock, startBlock, type WrittenBlock, writtenBlock } from "./written_block.ts";
import { mergeUsage, writeDeltaUsage, writeFinish, writeUsage } from "./wire.ts";

/**
 * Writes the steps of an answer as message events.
 *
 * Usage may follow the reason why the model stopped, so that both wait for the end.
 */
export function writeStream(context: AnswerContext): StreamWriter {
  const writeBlock = sequentialBlocks(context.losses);
  let usage: Usage | undefined;
  let finish: Finish = { reason: "other" };
  return (event) => {
    switch (event.type) {
      case "start":
        usage = event.usage;
        return startText(event, context);
      case "block-start":
      case "block-delta":
      case "block-end":
        return writeBlock(event);
      case "usage":
        usage = mergeUsage(usage, event.usage);
        return "";
      case "finish":
        finish = event.finish;
        return "";
      case "end":
        return endText(finish, usage);
      case "error":
        return errorEventText(event.fault);
      default:
        return event satisfies never;
    }
  };
}

function startText(start: StartEvent, context: AnswerContext): string {
  const message = {
    ...messageHead(start, context),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: writeUsage(start.usage, start.serviceTier),
  };
  return eventText({ type: "message_start", message });
}

function endText(finish: Finish, usage: Usage | undefined): string {
  const delta = { ...writeFinish(finish), container: null };
  return eventText({ type: "message_delta", delta, usage: writeDeltaUsage(usage) }) +
    eventText({ type: "message_stop" });
}

type BlockEvent = BlockStartEvent | BlockDeltaEvent | BlockEndEvent;

/**
 * Blocks one after the other, as Anthropic's own streams have them: steps of a later block wait
 * until the earlier ones have ended.
 */
function sequentialBlocks(losses: Losses): (event: BlockEvent) => string {
  const waiting = new Map<number, BlockEvent[]>();
  let block: WrittenBlock | undefined;
  let current = 0, written = 0;

  function write(event: BlockEvent): string {
    if (event.type === "block-start") {
      block = writtenBlock(event.block, written, losses);
      return startBlock(block);
    }
    if (block === undefined) return "";
    if (event.type === "block-delta") return addText(block, event.text);
    const text = endBlock(block, event.seal);
    if (text !== "") written++;
    current++;
    return text;
  }

  function writeWaiting(): string {
    let text = "";
    for (;;) {
      const events = waiting.get(current);
      if (events === undefined) return text;
      waiting.delete(current);
      for (const event of events) text += write(event);
    }
  }

  return (event) => {
    if (event.index === current) return write(event) + writeWaiting();
    const events = waiting.get(event.index);
    if (events === undefined) waiting.set(event.index, [event]);
    else events.push(event);
    return "";
  };
}
