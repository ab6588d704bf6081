import type { Usage } from "../../chat/usage.ts";
import type { SseFrame } from "../../lib/sse.ts";
import type { AnswerSummary, JsonObject, StreamWatch } from "../api.ts";
import { isObject, readUsage, textLength } from "./wire.ts";

/**
 * Watches a stream of `chat.completion.chunk` events.
 *
 * Usage was asked for upstream in any case; from a client that did not ask, both marks of it are
 * taken away again: the last chunk, which has no choices, and `usage: null` on all others
 * (https://platform.openai.com/docs/api-reference/chat/create, `stream_options`).
 */
export function watchStream(request: JsonObject): StreamWatch {
  const showsUsage = isObject(request.stream_options) &&
    request.stream_options.include_usage === true;
  const choicesWanted = typeof request.n === "number" ? request.n : 1;
  let model: string | undefined, usage: Usage | undefined;
  let length = 0, choicesFinished = 0, started = false;
  let progress: StreamWatch["progress"] = "open";

  function see(frame: SseFrame): Uint8Array | undefined {
    if (frame.data === undefined) return frame.bytes;
    if (frame.data === "[DONE]") {
      if (progress !== "failed") progress = "closed";
      return frame.bytes;
    }
    const chunk = parse(frame.data);
    if (chunk === undefined) return frame.bytes;
    if (typeof chunk.model === "string" && chunk.model !== "") model = chunk.model;
    if ("error" in chunk && isObject(chunk.error)) progress = "failed";
    const choices = Array.isArray(chunk.choices) ? chunk.choices : [];
    for (const choice of choices) if (isObject(choice)) seeChoice(choice);
    const reported = readUsage(chunk.usage);
    if (reported !== undefined) usage = reported;
    if (showsUsage || chunk.usage === undefined) return frame.bytes;
    if (reported !== undefined) return choices.length === 0 ? undefined : frame.bytes;
    return withoutNullUsage(frame);
  }

  function seeChoice(choice: JsonObject): void {
    const added = textLength(choice.delta);
    if (added > 0) started = true;
    length += added;
    if (typeof choice.finish_reason !== "string") return;
    choicesFinished++;
    if (choicesFinished >= choicesWanted && progress === "open") progress = "answered";
  }

  return {
    see,
    get summary(): AnswerSummary {
      return {
        ...(model === undefined ? {} : { model }),
        ...(usage === undefined ? {} : { usage }),
        textLength: length,
      };
    },
    get started() {
      return started;
    },
    get progress() {
      return progress;
    },
  };
}

/** A chunk as an object; undefined when it is malformed, which the client is left to judge. */
function parse(data: string): JsonObject | undefined {
  try {
    const chunk: unknown = JSON.parse(data);
    return isObject(chunk) ? chunk : undefined;
  } catch {
    return undefined;
  }
}

const NULL_USAGE = /,\s*"usage"\s*:\s*null/g;
const encoder = new TextEncoder();

/** Quotes inside JSON strings are escaped, so a single match can only be the member itself. */
function withoutNullUsage(frame: SseFrame): Uint8Array {
  if (frame.data?.match(NULL_USAGE)?.length !== 1) return frame.bytes;
  return encoder.encode(`data: ${frame.data.replace(NULL_USAGE, "")}\n\n`);
}
