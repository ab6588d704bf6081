import { type AnswerSoFar, noAnswerYet, watching } from "../apis/answer_so_far.ts";
import type { StreamReader, StreamWriter } from "../apis/api.ts";
import type { ChatEvent } from "../chat/events.ts";
import { blockLength } from "./answer_length.ts";
import type { AnswerStream } from "./passage.ts";

const encoder = new TextEncoder();

/** A stream that is read in one API and written in another, and watched in between. */
export function answerStream(reader: StreamReader, write: StreamWriter): AnswerStream {
  const answer = noAnswerYet();

  function pass(events: readonly ChatEvent[]): Uint8Array | undefined {
    let text = "";
    for (const event of events) {
      note(answer, event);
      text += write(event);
    }
    return text === "" ? undefined : encoder.encode(text);
  }

  const watch = watching(
    answer,
    ({ data }) => data === undefined ? undefined : pass(reader.push(data)),
  );
  return Object.assign(watch, { end: () => pass(reader.end()) });
}

function note(answer: AnswerSoFar, event: ChatEvent): void {
  switch (event.type) {
    case "start":
      if (event.model !== "") answer.model = event.model;
      answer.usage = event.usage ?? answer.usage;
      break;
    case "block-start":
      answer.textLength += blockLength(event.block);
      answer.started ||= event.block.type === "tool-call" || blockLength(event.block) > 0;
      break;
    case "block-delta":
      answer.textLength += event.text.length;
      answer.started = true;
      break;
    case "usage":
      answer.usage = event.usage;
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
