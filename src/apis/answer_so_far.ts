import type { Fault } from "../chat/fault.ts";
import type { Usage } from "../chat/usage.ts";
import { defined } from "../lib/defined.ts";
import type { StreamWatch } from "./api.ts";

/** What the frames of one streamed answer have said so far, for a watch to fill in. */
export interface AnswerSoFar {
  model?: string | undefined;
  usage?: Usage | undefined;
  textLength: number;
  started: boolean;
  progress: StreamWatch["progress"];
  fault?: Fault | undefined;
}

/** An answer of which nothing has come. */
export function noAnswerYet(): AnswerSoFar {
  return { textLength: 0, started: false, progress: "open" };
}

/** A watch that tells what `see` has taken down of the answer. */
export function watching(answer: AnswerSoFar, see: StreamWatch["see"]): StreamWatch {
  return {
    see,
    get summary() {
      const { textLength, model, usage } = answer;
      return { textLength, ...defined({ model, usage }) };
    },
    get started() {
      return answer.started;
    },
    get progress() {
      return answer.progress;
    },
    get fault() {
      return answer.fault;
    },
  };
}
