import { type AnswerSoFar, noAnswerYet, watching } from "../apis/answer_so_far.ts";
import type { StreamReader, StreamWriter } from "../apis/api.ts";
import type { ChatEvent } from "../chat/events.ts";
import type { Stage } from "../policies/guards/stream/stage.ts";
import { blockLength } from "./answer_length.ts";
import type { AnswerStream } from "./passage.ts";

const encoder = new TextEncoder();

/**
 * A stream that is read in one API and written in another, and watched in between: what the
 * provider counts as it comes, how far the answer is as it goes on. Guards may stand between.
 */
export function answerStream(
  reader: StreamReader,
  write: StreamWriter,
  guards?: Stage,
): AnswerStream {
  const answer = noAnswerYet();

  function pass(events: readonly ChatEvent[]): Uint8Array | undefined {
    for (const event of events) count(answer, event);
    return send(guards === undefined ? events : events.flatMap((event) => guards.push(event)));
  }

  function send(events: readonly ChatEvent[]): Uint8Array | undefined {
    let text = "";
    for (const event of events) {
      advance(answer, event);
      text += write(event);
    }
    return text === "" ? undefined : encoder.encode(text);
  }

  const watch = watching(
    answer,
    ({ data }) => data === undefined ? undefined : pass(reader.push(data)),
  );
  const stream = Object.assign(watch, { end: () => pass(reader.end()) });
  if (guards === undefined) return stream;
  return Object.defineProperty(
    Object.assign(stream, { pending: () => guards.pending()?.then(send) }),
    "refusal",
    { get: () => guards.refusal },
  );
}

/** What the provider says of the answer. */
function count(answer: AnswerSoFar, event: ChatEvent): void {
  switch (event.type) {
    case "start":
      if (event.model !== "") answer.model = event.model;
      answer.usage = event.usage ?? answer.usage;
      break;
    case "block-start":
      answer.textLength += blockLength(event.block);
      break;
    case "block-delta":
      answer.textLength += event.text.length;
      break;
    case "usage":
      answer.usage = event.usage;
      break;
  }
}

/** How far the answer has come for the client. */
function advance(answer: AnswerSoFar, event: ChatEvent): void {
  switch (event.type) {
    case "block-start":
      answer.started ||= event.block.type === "tool-call" || blockLength(event.block) > 0;
      break;
    case "block-delta":
      answer.started = true;
      break;
    case "finish":
      answer.progress = "answered";
      break;
    case "end":
      answer.progress = "closed";
      break;
    case "error":
      answer.progress = "failed";
      answer.fault = event.fault;
      break;
  }
}
