import type { Fault } from "../../chat/fault.ts";
import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { SseFrame } from "../../lib/sse.ts";
import type { JsonObject, StreamWatch } from "../api.ts";
import { readStreamFault } from "../upstream_fault.ts";
import { member } from "./members.ts";
import { candidatesIn, isBlocked, parseEvent, partsIn, partsLength, usageMeter } from "./wire.ts";

/**
 * Watches a stream of answers, each with what is new; they are never changed.
 *
 * There is no end mark: the answer is there when every candidate has told why it ended. Usage comes
 * with every event, the whole of it so far.
 */
export function watchStream(request: JsonObject): StreamWatch {
  const wanted = candidatesWanted(request);
  const finished = new Set<unknown>();
  const meter = usageMeter();
  let model: string | undefined, usage: Usage | undefined, fault: Fault | undefined;
  let textLength = 0, hasMedia = false;
  let progress: StreamWatch["progress"] = "open";

  function add(event: JsonObject): void {
    if (isMapping(event.error)) {
      fault ??= readStreamFault(event);
      progress = "failed";
      return;
    }
    if (typeof event.modelVersion === "string") model = event.modelVersion;
    for (const candidate of candidatesIn(event)) {
      const parts = partsIn(candidate);
      textLength += partsLength(parts);
      hasMedia ||= parts.some(({ inlineData, fileData }) => isMapping(inlineData ?? fileData));
      if (typeof candidate.finishReason === "string") finished.add(candidate.index ?? 0);
    }
    const isAnswered = finished.size >= wanted || isBlocked(event);
    if (isAnswered && progress === "open") progress = "answered";
    usage = meter(event.usageMetadata) ?? usage;
  }

  return {
    see({ data, bytes }: SseFrame): Uint8Array {
      const event = data === undefined ? undefined : parseEvent(data);
      if (event !== undefined) add(event);
      return bytes;
    },
    get summary() {
      return { textLength, ...defined({ model, usage }) };
    },
    get started() {
      return textLength > 0 || hasMedia;
    },
    get progress() {
      return progress;
    },
    get fault() {
      return fault;
    },
  };
}

function candidatesWanted(request: JsonObject): number {
  const config = member(request, "generationConfig");
  const count = isMapping(config) ? member(config, "candidateCount") : undefined;
  return typeof count === "number" ? count : 1;
}
