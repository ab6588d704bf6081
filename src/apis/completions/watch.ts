import type { Fault } from "../../chat/fault.ts";
import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { editJson } from "../../lib/json_edit.ts";
import { type SseFrame, withData } from "../../lib/sse.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { AnswerSummary, JsonObject, StreamWatch } from "../api.ts";
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
  const answer = answerSoFar(typeof request.n === "number" ? request.n : 1);

  function see(frame: SseFrame): Uint8Array | undefined {
    if (frame.data === undefined) return frame.bytes;
    if (frame.data === "[DONE]") {
      answer.close();
      return frame.bytes;
    }
    const chunk = parse(frame.data);
    if (chunk === undefined) return frame.bytes;
    answer.add(chunk);
    if (showsUsage || chunk.usage === undefined) return frame.bytes;
    if (chunk.usage === null) return withoutNullUsage(frame);
    return isOnlyUsage(chunk) ? undefined : frame.bytes;
  }

  return {
    see,
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

/** Adds up what the chunks of one answer say. */
function answerSoFar(choicesWanted: number) {
  let model: string | undefined, usage: Usage | undefined;
  const finished = new Set<unknown>();
  let length = 0;
  let progress: StreamWatch["progress"] = "open", fault: Fault | undefined;

  function add(chunk: JsonObject): void {
    if (typeof chunk.model === "string" && chunk.model !== "") model = chunk.model;
    if (isFailure(chunk)) [progress, fault] = ["failed", fault ?? readStreamFault(chunk)];
    for (const choice of Array.isArray(chunk.choices) ? chunk.choices : []) {
      if (!isMapping(choice)) continue;
      length += textLength(choice.delta);
      if (typeof choice.finish_reason === "string") finished.add(choice.index);
    }
    if (finished.size >= choicesWanted && progress === "open") progress = "answered";
    if (isMapping(chunk.usage)) usage = readUsage(chunk.usage) ?? usage;
  }

  return {
    add,
    close() {
      if (progress !== "failed") progress = "closed";
    },
    started: () => length > 0,
    progress: () => progress,
    fault: () => fault,
    summary: (): AnswerSummary => ({ textLength: length, ...defined({ model, usage }) }),
  };
}

function isOnlyUsage({ choices, usage }: JsonObject): boolean {
  return isMapping(usage) && (!Array.isArray(choices) || choices.length === 0);
}

/** A chunk as an object; undefined when it is malformed, which the client is left to judge. */
function parse(data: string): JsonObject | undefined {
  try {
    const chunk: unknown = JSON.parse(data);
    return isMapping(chunk) ? chunk : undefined;
  } catch {
    return undefined;
  }
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
