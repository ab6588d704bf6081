import type { AnswerSummary, Api, JsonObject, StreamWatch } from "../apis/api.ts";
import type { StreamRefusal } from "../policies/guards/stream/stage.ts";
import { type SseSplitter, sseSplitter } from "../lib/sse.ts";

/** How an upstream's answer becomes the client's. */
export interface Passage {
  /** Whether the upstream's own words go on, so that an error of it may be left as it is. */
  readonly isVerbatim: boolean;
  /** Whether that holds for its events too. */
  readonly streamsVerbatim: boolean;
  /** Cuts the upstream's stream into events. */
  split(): SseSplitter;
  /** Sees the events of a stream; `headers` are the upstream's. */
  openStream(headers: Headers): AnswerStream;
  /** Reads an answer that is no stream; the upstream's bytes go on where there is no `body`. */
  readWhole(answer: JsonObject, headers: Headers): WholeAnswer;
}

/** A stream on its way to the client. */
export interface AnswerStream extends StreamWatch {
  /** What is still to be sent when the upstream has closed the connection. */
  end?(): Uint8Array | undefined;
  /** Why guards ended the stream, once they have. */
  readonly refusal?: StreamRefusal | undefined;
  /** What is still to be sent once somebody else has looked at it. */
  pending?(): Promise<Uint8Array | undefined> | undefined;
}

/** An answer that is no stream. */
export interface WholeAnswer {
  readonly summary: AnswerSummary;
  readonly body?: JsonObject;
}

/** The upstream's words as they are, watched by the API that both sides speak. */
export function verbatim({ view }: Api, request: JsonObject): Passage {
  return {
    isVerbatim: true,
    streamsVerbatim: true,
    split: () => sseSplitter(),
    openStream: () => view.watchStream(request),
    readWhole: (answer) => ({ summary: view.readAnswer(answer) }),
  };
}
