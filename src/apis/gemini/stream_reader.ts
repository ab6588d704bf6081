import type { ChatEvent } from "../../chat/events.ts";
import type { FinishReason } from "../../chat/response.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { CallContext, StreamReader } from "../api.ts";
import { UPSTREAM_CUT } from "../upstream_cut.ts";
import { readStreamFault } from "../upstream_fault.ts";
import { readLogprobs } from "./logprobs.ts";
import { type PartReader, partReader } from "./read_parts.ts";
import { callIds, reportLosses, serviceTierOf } from "./read_response.ts";
import {
  candidatesIn,
  isBlocked,
  parseEvent,
  partsIn,
  readFinishReason,
  usageMeter,
} from "./wire.ts";

/**
 * Reads a stream of answers that each bring what is new; of the first candidate only.
 *
 * Google sends no end mark, so that the end of the connection is the end of an answer that has told
 * why it finished.
 */
export function readStream(context: CallContext): StreamReader {
  const answer = answerReader(context);
  let isOver = false;
  return {
    push(data) {
      const event = isOver ? undefined : parseEvent(data);
      if (event === undefined) return [];
      if (!isMapping(event.error)) return [...answer.read(event)];
      isOver = true;
      return [{ type: "error", fault: readStreamFault(event) }];
    },
    end() {
      if (isOver) return [];
      isOver = true;
      return answer.isFinished ? [{ type: "end" }] : [{ type: "error", fault: UPSTREAM_CUT }];
    },
  };
}

/** Reads the events that are no errors. */
function answerReader(context: CallContext) {
  const meter = usageMeter();
  let parts: PartReader | undefined;
  let isFinished = false;

  /** The reader of the answer's parts; the first event gives them their ids. */
  function* start(event: Mapping): Generator<ChatEvent, PartReader> {
    const id = typeof event.responseId === "string" ? event.responseId : "";
    const model = typeof event.modelVersion === "string" ? event.modelVersion : "";
    yield { type: "start", id, model, ...defined({ serviceTier: serviceTierOf(context) }) };
    return partReader(callIds(id, 0, context));
  }

  function* read(event: Mapping): Iterable<ChatEvent> {
    parts ??= yield* start(event);
    const candidate = candidatesIn(event).find(({ index = 0 }) => index === 0);
    if (candidate !== undefined) reportLosses(candidate, context);
    if (candidate !== undefined && !isFinished) {
      yield* parts.read(partsIn(candidate), readLogprobs(candidate.logprobsResult));
    }
    const usage = meter(event.usageMetadata);
    if (usage !== undefined) yield { type: "usage", usage };
    const reason = finishIn(event, candidate, parts);
    if (reason === undefined || isFinished) return;
    isFinished = true;
    yield* parts.close();
    yield { type: "finish", finish: { reason } };
  }

  return {
    read,
    get isFinished() {
      return isFinished;
    },
  };
}

/** Why the answer ends with an event, if it does; a blocked prompt has no candidate. */
function finishIn(
  event: Mapping,
  candidate: Mapping | undefined,
  { hasCalls }: PartReader,
): FinishReason | undefined {
  if (candidate === undefined) return isBlocked(event) ? "content-filter" : undefined;
  const word = candidate.finishReason;
  return typeof word === "string" ? readFinishReason(word, hasCalls) : undefined;
}
