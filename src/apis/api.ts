import type { Usage } from "../chat/usage.ts";
import type { GatewayError } from "../errors.ts";
import type { JsonEdits } from "../lib/json_edit.ts";
import type { SseFrame } from "../lib/sse.ts";

/** A wire format over HTTP. */
export type ApiName = "completions";

/**
 * A wire format that clients speak to the gateway and the gateway speaks to providers.
 *
 * Requests and answers are parsed JSON, checked once at the edge and never changed: what has to
 * differ upstream is said in `JsonEdits`, so that all else keeps its bytes.
 */
export interface Api {
  readonly name: ApiName;
  /** The provider-independent end of the upstream URL, without the version prefix. */
  readonly path: string;
  readonly view: View;
  /** The bytes of an event that tells a client, inside a stream, why there is no more. */
  writeErrorEvent(error: GatewayError): Uint8Array;
}

/** A JSON object as it came; unknown members are carried, not checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What routing, policies and telemetry may see of a body without translating it. */
export interface View {
  /** Checks the envelope of a request; throws `invalid-request` naming the member at fault. */
  check(request: JsonObject): void;
  /** Whether the client wants its answer as a stream. */
  streams(request: JsonObject): boolean;
  /** The edits without which the provider would not report usage. */
  askForUsage(request: JsonObject): JsonEdits | undefined;
  /** Sampling parameters as the access log names them. */
  parameters(request: JsonObject): RequestParameters;
  /** Characters of prompt text, for an estimate where the provider reports no usage. */
  promptLength(request: JsonObject): number;
  /** What a whole answer says of itself. */
  readAnswer(answer: JsonObject): AnswerSummary;
  /** Watches one streamed answer on its way to the client. */
  watchStream(request: JsonObject): StreamWatch;
}

/** Sampling parameters that a request names. */
export interface RequestParameters {
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxTokens?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
}

/** What an answer says of itself. */
export interface AnswerSummary {
  readonly model?: string;
  readonly usage?: Usage;
  /** Characters of answer text, for an estimate where `usage` is missing. */
  readonly textLength: number;
}

/** Sees every frame of a stream once, in order. */
export interface StreamWatch {
  /** The bytes to pass on: the frame's own, edited ones, or none to withhold it. */
  see(frame: SseFrame): Uint8Array | undefined;
  /** What the frames so far say of the answer; usage is the newest cumulative value. */
  readonly summary: AnswerSummary;
  /** Whether a frame with content has passed. */
  readonly started: boolean;
  /**
   * How far the answer has come: `answered` when its last content has passed, `closed` at its end
   * mark, `failed` when the provider said in the stream that it failed.
   */
  readonly progress: "open" | "answered" | "closed" | "failed";
}
