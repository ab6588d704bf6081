import type { StreamReader, StreamWriter } from "../apis/api.ts";
import type { ChatEvent } from "../chat/events.ts";
import type { Fault } from "../chat/fault.ts";
import type { Usage } from "../chat/usage.ts";
import { defined } from "../lib/defined.ts";
import type { SseFrame } from "../lib/sse.ts";
import { blockLength } from "./answer_length.ts";
import type { AnswerStream } from "./passage.ts";

const encoder = new TextEncoder();

/** A stream that is read in one API and written in another, and watched in between. */
export function answerStream(reader: StreamReader, write: StreamWriter): AnswerStream {
  const answer = answerSoFar();

  function pass(events: readonly ChatEvent[]): Uint8Array | undefined {
    let text = "";
    for (const event of events) {
      answer.add(event);
      text += write(event);
    }
    return text === "" ? undefined : encoder.encode(text);
  }

  return {
    see: ({ data }: SseFrame) => data === undefined ? undefined : pass(reader.push(data)),
    end: () => pass(reader.end()),
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

/** Adds up what the steps of one answer say. */
function answerSoFar() {
  let model: string | undefined, usage: Usage | undefined, fault: Fault | undefined;
  let textLength = 0, started = false;
  let progress: AnswerStream["progress"] = "open";

  function add(event: ChatEvent): void {
    switch (event.type) {
      case "start":
        if (event.model !== "") model = event.model;
        usage = event.usage ?? usage;
        break;
      case "block-start":
        textLength += blockLength(event.block);
        started ||= event.block.type === "tool-call" || blockLength(event.block) > 0;
        break;
      case "block-delta":
        textLength += event.text.length;
        started = true;
        break;
      case "usage":
        usage = event.usage;
        break;
      case "finish":
        progress = "answered";
        break;
      case "end":
        progress = "closed";
        break;
      case "error":
        progress = "failed";
        fault = event.fault;
        break;
    }
  }

  return {
    add,
    started: () => started,
    progress: () => progress,
    fault: () => fault,
    summary: () => ({ textLength, ...defined({ model, usage }) }),
  };
}
