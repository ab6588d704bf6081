import { isMapping } from "../../lib/mapping.ts";
import { noAnswerYet, watching } from "../answer_so_far.ts";
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
  const answer = noAnswerYet();

  function add(event: JsonObject): void {
    if (isMapping(event.error)) {
      answer.fault ??= readStreamFault(event);
      answer.progress = "failed";
      return;
    }
    if (typeof event.modelVersion === "string") answer.model = event.modelVersion;
    for (const candidate of candidatesIn(event)) {
      const parts = partsIn(candidate);
      const length = partsLength(parts);
      answer.textLength += length;
      answer.started ||= length > 0 ||
        parts.some(({ inlineData, fileData }) => isMapping(inlineData ?? fileData));
      if (typeof candidate.finishReason === "string") finished.add(candidate.index ?? 0);
    }
    const isAnswered = finished.size >= wanted || isBlocked(event);
    if (isAnswered && answer.progress === "open") answer.progress = "answered";
    answer.usage = meter(event.usageMetadata) ?? answer.usage;
  }

  return watching(answer, ({ data, bytes }) => {
    const event = data === undefined ? undefined : parseEvent(data);
    if (event !== undefined) add(event);
    return bytes;
  });
}

function candidatesWanted(request: JsonObject): number {
  const config = member(request, "generationConfig");
  const count = isMapping(config) ? member(config, "candidateCount") : undefined;
  return typeof count === "number" ? count : 1;
}
