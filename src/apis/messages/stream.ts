import type { Fault } from "../../chat/fault.ts";
import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { AnswerSummary, JsonObject, StreamWatch } from "../api.ts";
import { readStreamFault } from "../upstream_fault.ts";
import { textLength } from "./text_length.ts";
import { mergeUsage, parseObject, readUsage } from "./wire.ts";

/**
 * Watches a stream of message events, none of which it changes.
 *
 * Nearly all of them are pieces of text, whose length is seen without parsing them: escapes count
 * as the characters they are written with.
 */
export function watchStream(): StreamWatch {
  const answer = answerSoFar();
  return {
    see(frame) {
      if (frame.data !== undefined) answer.add(frame.data);
      return frame.bytes;
    },
    get summary() {
      return answer.summary();
    },
    get started() {
      return answer.started();
    },
    get progress() {
      return answer.progress();
    },
    get fault() {
      return answer.fault();
    },
  };
}

/** Adds up what the events of one answer say. */
function answerSoFar() {
  let model: string | undefined, usage: Usage | undefined, fault: Fault | undefined;
  let length = 0, started = false;
  let progress: StreamWatch["progress"] = "open";

  function add(data: string): void {
    const piece = pieceLength(data);
    if (piece === undefined) return addEvent(parseObject(data) ?? {});
    length += piece;
    if (piece > 0) started = true;
  }

  function addEvent(event: JsonObject): void {
    if (event.type === "message_start" && isMapping(event.message)) {
      if (typeof event.message.model === "string") model = event.message.model;
      usage = mergeUsage(usage, readUsage(event.message.usage));
    } else if (event.type === "content_block_start") {
      length += textLength([event.content_block]);
      if (hasContent(event.content_block)) started = true;
    } else if (event.type === "content_block_delta") {
      const piece = deltaLength(event.delta);
      length += piece;
      if (piece > 0) started = true;
    } else if (event.type === "message_delta") {
      usage = mergeUsage(usage, readUsage(event.usage));
      const { stop_reason } = isMapping(event.delta) ? event.delta : {};
      if (typeof stop_reason === "string" && progress === "open") progress = "answered";
    } else if (event.type === "message_stop") {
      if (progress !== "failed") progress = "closed";
    } else if (event.type === "error") {
      [progress, fault] = ["failed", fault ?? readStreamFault(event)];
    }
  }

  return {
    add,
    started: () => started,
    progress: () => progress,
    fault: () => fault,
    summary: (): AnswerSummary => ({ textLength: length, ...defined({ model, usage }) }),
  };
}

/** A delta with one text behind its type, as Anthropic writes it. */
const PIECE = /^\{"type":"content_block_delta","index":\d+,"delta":\{"type":"(\w+)","\w+":"/;

/** Characters of a delta's text; undefined where only parsing tells. */
function pieceLength(data: string): number | undefined {
  const found = PIECE.exec(data);
  if (found === null) return undefined;
  if (found[1] === "signature_delta") return 0;
  return Math.max(0, data.lastIndexOf('"') - found[0].length);
}

function deltaLength(delta: unknown): number {
  if (!isMapping(delta)) return 0;
  const text = delta.text ?? delta.thinking ?? delta.partial_json;
  return typeof text === "string" ? text.length : 0;
}

/** Whether a block's start shows something already: a call shows its name. */
function hasContent(block: unknown): boolean {
  if (!isMapping(block)) return false;
  return (block.type !== "text" && block.type !== "thinking") || textLength([block]) > 0;
}
