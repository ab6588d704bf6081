import { isMapping } from "../../lib/mapping.ts";
import { type AnswerSoFar, noAnswerYet, watching } from "../answer_so_far.ts";
import type { JsonObject, StreamWatch } from "../api.ts";
import { parseObject } from "../parse_object.ts";
import { readStreamFault } from "../upstream_fault.ts";
import { textLength } from "./text_length.ts";
import { mergeUsage, readUsage } from "./wire.ts";

/**
 * Watches a stream of message events, none of which it changes.
 *
 * Nearly all of them are pieces of text, whose length is seen without parsing them: escapes count
 * as the characters they are written with.
 */
export function watchStream(): StreamWatch {
  const answer = noAnswerYet();
  return watching(answer, ({ bytes, data }) => {
    if (data !== undefined) add(answer, data);
    return bytes;
  });
}

function add(answer: AnswerSoFar, data: string): void {
  const piece = pieceLength(data);
  if (piece === undefined) addEvent(answer, parseObject(data) ?? {});
  else addPiece(answer, piece);
}

function addPiece(answer: AnswerSoFar, length: number): void {
  answer.textLength += length;
  if (length > 0) answer.started = true;
}

function addEvent(answer: AnswerSoFar, event: JsonObject): void {
  if (event.type === "message_start" && isMapping(event.message)) {
    if (typeof event.message.model === "string") answer.model = event.message.model;
    answer.usage = mergeUsage(answer.usage, readUsage(event.message.usage));
  } else if (event.type === "content_block_start") {
    answer.textLength += textLength([event.content_block]);
    if (hasContent(event.content_block)) answer.started = true;
  } else if (event.type === "content_block_delta") {
    addPiece(answer, deltaLength(event.delta));
  } else if (event.type === "message_delta") {
    answer.usage = mergeUsage(answer.usage, readUsage(event.usage));
    const { stop_reason } = isMapping(event.delta) ? event.delta : {};
    if (typeof stop_reason === "string" && answer.progress === "open") answer.progress = "answered";
  } else if (event.type === "message_stop") {
    if (answer.progress !== "failed") answer.progress = "closed";
  } else if (event.type === "error") {
    answer.progress = "failed";
    answer.fault ??= readStreamFault(event);
  }
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
