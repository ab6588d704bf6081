import { editJson } from "../../lib/json_edit.ts";
import { type SseFrame, withData } from "../../lib/sse.ts";
import { isMapping } from "../../lib/mapping.ts";
import { type AnswerSoFar, noAnswerYet, watching } from "../answer_so_far.ts";
import type { JsonObject, StreamWatch } from "../api.ts";
import { parseObject } from "../parse_object.ts";
import { readStreamFault } from "../upstream_fault.ts";
import { isFailure, readUsage, textLength } from "./wire.ts";

/**
 * Watches a stream of `chat.completion.chunk` events.
 *
 * Usage was asked for upstream in any case; from a client that did not ask, both marks of it are
 * taken away again: the last chunk, which has no choices, and `usage: null` on all others
 * (https://platform.openai.com/docs/api-reference/chat/create, `stream_options`).
 */
export function watchStream(request: JsonObject): StreamWatch {
  const showsUsage = isMapping(request.stream_options) &&
    request.stream_options.include_usage === true;
  const answer = noAnswerYet();
  const add = chunkAdder(answer, typeof request.n === "number" ? request.n : 1);

  return watching(answer, (frame) => {
    if (frame.data === undefined) return frame.bytes;
    if (frame.data === "[DONE]") {
      if (answer.progress !== "failed") answer.progress = "closed";
      return frame.bytes;
    }
    const chunk = parseObject(frame.data);
    if (chunk === undefined) return frame.bytes;
    add(chunk);
    if (showsUsage || chunk.usage === undefined) return frame.bytes;
    if (chunk.usage === null) return withoutNullUsage(frame);
    return isOnlyUsage(chunk) ? undefined : frame.bytes;
  });
}

/** Adds up what the chunks of one answer say. */
function chunkAdder(answer: AnswerSoFar, choicesWanted: number): (chunk: JsonObject) => void {
  const finished = new Set<unknown>();
  return (chunk) => {
    if (typeof chunk.model === "string" && chunk.model !== "") answer.model = chunk.model;
    if (isFailure(chunk)) {
      answer.progress = "failed";
      answer.fault ??= readStreamFault(chunk);
    }
    for (const choice of Array.isArray(chunk.choices) ? chunk.choices : []) {
      if (!isMapping(choice)) continue;
      answer.textLength += textLength(choice.delta);
      if (typeof choice.finish_reason === "string") finished.add(choice.index);
    }
    answer.started = answer.textLength > 0;
    if (finished.size >= choicesWanted && answer.progress === "open") answer.progress = "answered";
    if (isMapping(chunk.usage)) answer.usage = readUsage(chunk.usage) ?? answer.usage;
  };
}

function isOnlyUsage({ choices, usage }: JsonObject): boolean {
  return isMapping(usage) && (!Array.isArray(choices) || choices.length === 0);
}

/** `usage: null` with what may follow it at the top level: members without a nested value. */
const NULL_USAGE = /,"usage":null(?:,[ -Z\\^-z|~]*)?\}$/;
const NULL_USAGE_LENGTH = `,"usage":null`.length;
const LF = 0x0a, CR = 0x0d, BRACE = 0x7d;

/**
 * The event without its `usage: null`.
 *
 * Providers write it near the end of the only line (OpenAI puts `obfuscation` behind it), and then
 * it is cut out of the bytes.
 */
function withoutNullUsage(frame: SseFrame): Uint8Array {
  const { bytes, data = "" } = frame;
  const found = NULL_USAGE.exec(data);
  if (found === null || !(isPlain(bytes, data) || isOneLine(bytes))) {
    return withData(frame, editJson(data, { remove: ["usage"] }));
  }
  // The end of the data is ASCII here, so that characters and bytes count alike from behind.
  const at = bytes.length - "\n\n".length - (data.length - found.index);
  const cut = bytes.slice(0, bytes.length - NULL_USAGE_LENGTH);
  cut.set(bytes.subarray(at + NULL_USAGE_LENGTH), at);
  return cut;
}

/** Whether the event is `data: ` with these data and nothing else; told by its length if ASCII. */
function isPlain(bytes: Uint8Array, data: string): boolean {
  const { length } = bytes;
  return length === data.length + "data: \n\n".length && bytes[length - 1] === LF &&
    bytes[length - 2] === LF && bytes[length - 3] === BRACE;
}

function isOneLine(bytes: Uint8Array): boolean {
  return bytes.indexOf(LF) === bytes.length - 2 && !bytes.includes(CR);
}
