import type { ChatEvent } from "../../chat/events.ts";
import { defined } from "../../lib/defined.ts";
import type { Mapping } from "../../lib/mapping.ts";
import type { CallContext, StreamReader } from "../api.ts";
import { parseObject } from "../parse_object.ts";
import { UPSTREAM_CUT } from "../upstream_cut.ts";
import { readStreamFault, requestIdIn } from "../upstream_fault.ts";
import { answerId } from "./answer.ts";
import {
  addPiece,
  endBlock,
  endBlocks,
  noBlocks,
  startBlock,
  type StreamedBlocks,
} from "./streamed_blocks.ts";
import { objectIn, readFinish, readUsage, textIn } from "./wire.ts";

/**
 * Reads a streamed answer
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html):
 * messageStart, the blocks' events, messageStop, and metadata with the usage.
 */
export function readStream(context: CallContext): StreamReader {
  const answer: Answer = { context, blocks: noBlocks(context), phase: "new" };
  return {
    push(data) {
      if (answer.phase === "closed") return [];
      const event = parseObject(data) ?? {};
      const [name] = Object.keys(event);
      return name === undefined ? [] : readEvent(answer, name, objectIn(event, name));
    },
    end() {
      const { phase } = answer;
      answer.phase = "closed";
      if (phase === "closed") return [];
      return phase === "finished" ? [{ type: "end" }] : [{ type: "error", fault: UPSTREAM_CUT }];
    },
  };
}

/** How far an answer has come. */
interface Answer {
  readonly context: CallContext;
  readonly blocks: StreamedBlocks;
  phase: "new" | "open" | "finished" | "closed";
}

function readEvent(answer: Answer, name: string, payload: Mapping): ChatEvent[] {
  if (name.endsWith("Exception")) return fail(answer, name, payload);
  if (name === "metadata") return close(answer, payload);
  if (answer.phase === "finished") return [];
  const { blocks } = answer;
  const number = typeof payload.contentBlockIndex === "number" ? payload.contentBlockIndex : 0;
  switch (name) {
    case "messageStart":
      return start(answer);
    case "contentBlockStart":
      return [...start(answer), ...startBlock(blocks, number, objectIn(payload, "start"))];
    case "contentBlockDelta":
      return [...start(answer), ...addPiece(blocks, number, objectIn(payload, "delta"))];
    case "contentBlockStop":
      return endBlock(blocks, number);
    case "messageStop":
      return finish(answer, payload);
    default:
      return [];
  }
}

function start(answer: Answer): ChatEvent[] {
  if (answer.phase !== "new") return [];
  answer.phase = "open";
  return [{ type: "start", id: answerId(answer.context), model: "" }];
}

function finish(answer: Answer, payload: Mapping): ChatEvent[] {
  const before = [...start(answer), ...endBlocks(answer.blocks)];
  answer.phase = "finished";
  return [...before, { type: "finish", finish: readFinish(payload, answer.blocks.callsTool) }];
}

function close(answer: Answer, payload: Mapping): ChatEvent[] {
  const usage = readUsage(payload.usage);
  const counted: ChatEvent[] = usage === undefined ? [] : [{ type: "usage", usage }];
  if (answer.phase !== "finished") return [...start(answer), ...counted];
  answer.phase = "closed";
  return [...counted, { type: "end" }];
}

function fail(answer: Answer, name: string, payload: Mapping): ChatEvent[] {
  answer.phase = "closed";
  const fault = readStreamFault({ type: name, message: textIn(payload, "message") });
  const requestId = requestIdIn(answer.context.headers);
  return [{ type: "error", fault: { ...fault, ...defined({ requestId }) } }];
}
