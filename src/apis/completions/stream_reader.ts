import type { ChatEvent } from "../../chat/events.ts";
import type { Fault } from "../../chat/fault.ts";
import type { Usage } from "../../chat/usage.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { CallContext, StreamReader } from "../api.ts";
import { parseObject } from "../parse_object.ts";
import { UPSTREAM_CUT } from "../upstream_cut.ts";
import { readStreamFault } from "../upstream_fault.ts";
import { type CallGatherer, callGatherer } from "./read_calls.ts";
import { type Prose, proseBlocks, readProse } from "./read_prose.ts";
import { readFinish } from "./read_response.ts";
import { isFailure, laterUsage, readUsage } from "./wire.ts";

/**
 * Reads `chat.completion.chunk` events, as OpenAI sends them and as compatible providers do: usage
 * with any chunk or after the last, calls in any pieces, an end with or without `[DONE]`.
 */
export function readStream(context: CallContext): StreamReader {
  let steps: ChatEvent[] = [];
  const answer = answerReader(context, (event) => void steps.push(event));

  function drained(): readonly ChatEvent[] {
    const found = steps;
    steps = [];
    return found;
  }

  return {
    push(data) {
      if (answer.progress === "over") return [];
      const chunk = data.trim() === "[DONE]" ? "end" : parseObject(data);
      if (chunk === "end") answer.close();
      else if (chunk !== undefined && isFailure(chunk)) answer.fail(readStreamFault(chunk));
      else if (chunk !== undefined) answer.add(chunk);
      return drained();
    },
    end() {
      if (answer.progress === "open") answer.fail(UPSTREAM_CUT);
      if (answer.progress === "finished") answer.close();
      return drained();
    },
  };
}

/** Adds up the chunks of one answer, of which the first choice counts. */
function answerReader(context: CallContext, emit: (event: ChatEvent) => void) {
  const prose = proseBlocks(emit);
  const calls = callGatherer({ emit, nextIndex: prose.nextIndex, newId: context.newId });
  let progress: "open" | "finished" | "over" = "open", hasStarted = false;
  let usage: Usage | undefined;

  function start(chunk: Mapping): void {
    if (hasStarted) return;
    hasStarted = true;
    emit(startOf(chunk, usage));
  }

  function finish(choice: Mapping): void {
    prose.end();
    calls.end();
    const found = { calls: calls.some, refused: prose.refused };
    emit({ type: "finish", finish: readFinish(choice, found, context) });
    progress = "finished";
  }

  return {
    get progress() {
      return progress;
    },
    add(chunk: Mapping): void {
      const choice = firstChoice(chunk);
      if (choice !== undefined) start(chunk);
      if (choice !== undefined && progress === "open") {
        readDelta(choice, prose, calls);
        if (isLast(choice)) finish(choice);
      }
      const later = grownUsage(usage, chunk);
      if (later === usage || later === undefined) return;
      usage = later;
      if (hasStarted) emit({ type: "usage", usage });
    },
    /** The end mark; an answer that has said no reason until then has stopped of itself. */
    close(): void {
      start({});
      if (progress === "open") finish({});
      emit({ type: "end" });
      progress = "over";
    },
    fail(fault: Fault): void {
      emit({ type: "error", fault });
      progress = "over";
    },
  };
}

function readDelta({ delta, logprobs }: Mapping, prose: Prose, calls: CallGatherer): void {
  if (!isMapping(delta)) return;
  readProse(delta, logprobs, prose);
  calls.take(delta);
}

/** An empty word is no end: some providers put it into every chunk. */
function isLast({ finish_reason: word }: Mapping): boolean {
  return typeof word === "string" && word !== "";
}

function firstChoice({ choices }: Mapping): Mapping | undefined {
  if (!Array.isArray(choices)) return undefined;
  return choices.filter(isMapping).find(({ index }) => (index ?? 0) === 0);
}

function startOf(chunk: Mapping, usage: Usage | undefined): ChatEvent {
  const { id, model, service_tier: tier } = chunk;
  return {
    type: "start",
    id: typeof id === "string" ? id : "",
    model: typeof model === "string" ? model : "",
    ...defined({ usage, serviceTier: typeof tier === "string" ? tier : undefined }),
  };
}

/** The usage with what a chunk adds to it; the same object where that is nothing. */
function grownUsage(usage: Usage | undefined, chunk: Mapping): Usage | undefined {
  const counted = readUsage(chunk.usage);
  if (counted === undefined || usage === undefined) return counted ?? usage;
  const later = laterUsage(usage, counted);
  return JSON.stringify(later) === JSON.stringify(usage) ? usage : later;
}
