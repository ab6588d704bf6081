import type { ChatEvent } from "../../chat/events.ts";
import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { CallContext, JsonObject, StreamReader } from "../api.ts";
import { parseObject } from "../parse_object.ts";
import { UPSTREAM_CUT } from "../upstream_cut.ts";
import { readStreamFault } from "../upstream_fault.ts";
import { readIdentity, readServiceTier, refusalOf } from "./answer_blocks.ts";
import {
  type AnswerPlace,
  endOf,
  type ReadBlock,
  readBlock,
  readDelta,
  startOf,
} from "./read_block.ts";
import { toolRenaming } from "./renaming.ts";
import { mergeUsage, readFinish, readUsage } from "./wire.ts";

/** Reads a provider's message events. */
export function readStream(context: CallContext): StreamReader {
  const answer = streamedAnswer(context);
  return {
    push(data) {
      const event = answer.isOver ? undefined : parseObject(data);
      return event === undefined ? [] : readEvent(answer, event);
    },
    end() {
      if (answer.isOver) return [];
      answer.isOver = true;
      return answer.isFinished ? [{ type: "end" }] : [{ type: "error", fault: UPSTREAM_CUT }];
    },
  };
}

/** What is known of an answer while it comes. */
interface StreamedAnswer {
  readonly place: AnswerPlace;
  /** Blocks that have not ended, by the provider's index. */
  readonly open: Map<unknown, ReadBlock>;
  isStarted: boolean;
  calledTools: boolean;
  usage: Usage | undefined;
  isFinished: boolean;
  isOver: boolean;
}

function streamedAnswer({ chat, losses }: CallContext): StreamedAnswer {
  let blocks = 0;
  return {
    place: { names: toolRenaming(chat), losses, nextIndex: () => blocks++ },
    open: new Map(),
    isStarted: false,
    calledTools: false,
    usage: undefined,
    isFinished: false,
    isOver: false,
  };
}

function readEvent(answer: StreamedAnswer, event: JsonObject): readonly ChatEvent[] {
  switch (event.type) {
    case "message_start":
      return readStart(answer, isMapping(event.message) ? event.message : {});
    case "content_block_start":
    case "content_block_delta":
    case "content_block_stop":
      if (answer.isFinished) return [];
      if (answer.isStarted) return readBlockEvent(answer, event);
      return [...readStart(answer, {}), ...readBlockEvent(answer, event)];
    case "message_delta":
      return [...readStart(answer, {}), ...readMessageDelta(answer, event)];
    case "message_stop":
      answer.isOver = true;
      return [...readStart(answer, {}), ...readEnd(answer, {}), { type: "end" }];
    case "error":
      answer.isOver = true;
      return [{ type: "error", fault: readStreamFault(event) }];
    default:
      return [];
  }
}

/** The start, once: a provider that leaves it out is taken to have begun with its first event. */
function readStart(answer: StreamedAnswer, message: JsonObject): readonly ChatEvent[] {
  if (answer.isStarted) return [];
  answer.isStarted = true;
  answer.usage = readUsage(message.usage);
  const more = defined({ usage: answer.usage, serviceTier: readServiceTier(message.usage) });
  return [{ type: "start", ...readIdentity(message), ...more }];
}

function readBlockEvent(answer: StreamedAnswer, event: JsonObject): readonly ChatEvent[] {
  const { type, index, content_block, delta } = event;
  const block = answer.open.get(index);
  if (type === "content_block_start" && block === undefined && isMapping(content_block)) {
    const begun = readBlock(content_block, answer.place);
    answer.open.set(index, begun);
    if (begun.block.type === "tool-call") answer.calledTools = true;
    return startOf(begun);
  }
  if (block === undefined) return [];
  if (type === "content_block_delta") return readDelta(block, isMapping(delta) ? delta : {});
  if (type !== "content_block_stop") return [];
  answer.open.delete(index);
  return endOf(block);
}

function readMessageDelta(answer: StreamedAnswer, event: JsonObject): readonly ChatEvent[] {
  const usage = mergeUsage(answer.usage, readUsage(event.usage));
  const counted: readonly ChatEvent[] = usage === undefined || usage === answer.usage
    ? []
    : [{ type: "usage", usage }];
  answer.usage = usage;
  const delta = isMapping(event.delta) ? event.delta : {};
  const ended = typeof delta.stop_reason === "string" ? readEnd(answer, delta) : [];
  return [...ended, ...counted];
}

/** The reason why the model stopped, once, behind the ends of all blocks. */
function readEnd(answer: StreamedAnswer, delta: JsonObject): readonly ChatEvent[] {
  if (answer.isFinished) return [];
  answer.isFinished = true;
  const ends = [...answer.open.values()].flatMap(endOf);
  answer.open.clear();
  const refusal = refusalOf(delta);
  const finish = readFinish(delta, answer.calledTools);
  return [...ends, ...(refusal === undefined ? [] : whole(refusal)), { type: "finish", finish }];

  function whole(block: NonNullable<typeof refusal>): readonly ChatEvent[] {
    const index = answer.place.nextIndex();
    return [{ type: "block-start", index, block }, { type: "block-end", index }];
  }
}
