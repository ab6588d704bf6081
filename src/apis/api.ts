import type { ChatApiName } from "../chat/api_name.ts";
import type { ChatEvent } from "../chat/events.ts";
import type { Fault } from "../chat/fault.ts";
import type { ConceptNames, Losses } from "../chat/losses.ts";
import type { ChatRequest } from "../chat/request.ts";
import type { ChatResponse } from "../chat/response.ts";
import type { Usage } from "../chat/usage.ts";
import type { JsonEdits } from "../lib/json_edit.ts";
import type { JsonPath } from "../lib/json_path_edit.ts";
import type { SseFrame } from "../lib/sse.ts";
import type { ErrorShape } from "./error_shapes.ts";
import type { PromptPlace, PromptSections } from "./prompt_sections.ts";
import type { Prompts } from "./prompts.ts";

/** A wire format over HTTP. */
export type ApiName = ChatApiName | TaskApiName;

/** A wire format of what is not a chat; its conversions are pairs, without a common model. */
export type TaskApiName =
  | "embeddings"
  | "rerank"
  | "messagesCount"
  | "geminiCount"
  | "predict"
  | "titanEmbeddings"
  | "cohereEmbeddings"
  | "novaEmbeddings"
  | "bedrockRerank"
  | "vertexRank"
  | "bedrockCount";

/**
 * A wire format that clients speak to the gateway, and the gateway to providers that share it.
 *
 * Requests and answers are parsed JSON, checked once at the edge and never changed: what has to
 * differ upstream is said in `JsonEdits`, so that all else keeps its bytes.
 */
export interface Api {
  readonly name: ApiName;
  readonly operation: Operation;
  /** Whether answers cost tokens; a count of tokens does not. */
  readonly metered: boolean;
  /** The provider-independent end of the upstream URL, without the version prefix. */
  readonly path: string;
  /** Whether the body names the model, or the path alone does. */
  readonly modelIn: "body" | "path";
  readonly view: View;
  /** Where the texts of chats stand; other tasks have none to judge. */
  readonly texts?: TextAccess;
  /** The edits that put messages of the configuration around those of a client. */
  enrich?(request: JsonObject, prompts: Prompts): JsonEdits;
  /** What of a request costs tokens, for a count of them before it is sent. */
  promptTexts?(request: JsonObject): PromptTexts;
  readonly errorShape: ErrorShape;
  /** Whether an upstream's error body is in this API's words already. */
  isOwnError(body: unknown): boolean;
  /** The header in which SDKs of this API look for the request's id. */
  readonly requestIdHeader: string;
  /** The bytes of an event that tells a client, inside a stream, why there is no more. */
  writeErrorEvent(fault: Fault): Uint8Array;
  /** Speaks it to clients whose provider speaks another chat API. */
  readonly serve?: Serve;
  /** Other formats that a provider may have for the same task. */
  readonly converters?: Readonly<Partial<Record<TaskApiName, Converter>>>;
  /** Answers without any provider, where that can be done. */
  answerLocally?(request: JsonObject, context: TaskContext): Promise<JsonObject>;
}

/** What a request wants done, in OpenTelemetry's words where it has one. */
export type Operation = "chat" | "embeddings" | "rerank" | "count_tokens";

/** A JSON object as it came; unknown members are carried, not checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What routing, policies and telemetry may see of a body without translating it. */
export interface View {
  /**
   * Checks the envelope of a request; throws `invalid-request` naming the member at fault. `target`
   * is the client's path and query.
   */
  check(request: JsonObject, target: string): void;
  /** Whether the client wants its answer as a stream; some APIs say so in the path. */
  streams(request: JsonObject, target: string): boolean;
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

/** Where the texts of bodies stand, for those who judge and mask them. */
export interface TextAccess {
  /** Those of a request, what a model wrote earlier among them, in its order. */
  request(request: JsonObject): readonly TextPlace[];
  /** Those that a model wrote, in the order of a whole answer. */
  answer(answer: JsonObject): readonly TextPlace[];
}

/** One text of a body, which is not empty; `withTexts` puts others in the place of some. */
export interface TextPlace {
  readonly scope: "systemPrompt" | "messages" | "toolOutput" | "toolInput";
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly text: string;
  readonly path: JsonPath;
  /** Members that hold for this very text only: its tokens, its sound, its signature. */
  readonly echoes?: readonly JsonPath[];
}

/** What of a request costs tokens. */
export interface PromptTexts {
  /** All that the model reads as text, tools among it. */
  readonly texts: readonly string[];
  /** Tokens beside those of the texts: around messages, or made by the client itself. */
  readonly tokensBeside: number;
}

/** Sampling parameters that a request names. */
export interface RequestParameters {
  readonly temperature?: number;
  readonly topP?: number;
  /** For each of the answers, where there are several. */
  readonly maxTokens?: number;
  /** How many answers to one prompt; one where it does not say. */
  readonly answers?: number;
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
  /** What the provider said when it failed. */
  readonly fault?: Fault | undefined;
}

/** A chat API as a server speaks it. */
export interface Serve {
  /** What it calls the concepts that a translation may lose. */
  readonly concepts: ConceptNames;
  /** Reads a request; throws `invalid-request` naming the member at fault. */
  readRequest(request: ServedRequest): ChatRequest;
  writeResponse(response: ChatResponse, context: AnswerContext): JsonObject;
  writeStream(context: AnswerContext): StreamWriter;
}

/** A client's request with what its path said. */
export interface ServedRequest {
  readonly json: JsonObject;
  /** The model that will be asked for: from the path, the body or the config. */
  readonly model: string;
  readonly streaming: boolean;
  readonly headers: Headers;
}

/** What an answer to a client needs beside the provider's words. */
export interface AnswerContext {
  /** The client's request: some APIs repeat parts of it in the answer. */
  readonly json: JsonObject;
  readonly chat: ChatRequest;
  /** Unix seconds. */
  readonly createdAtS: number;
  /** A fresh id: the prefix and 24 characters of [0-9a-z]. */
  newId(prefix: string): string;
  readonly losses: Losses;
}

/** The text of the events to send for a step of the answer; empty where there is nothing to say. */
export type StreamWriter = (event: ChatEvent) => string;

/** A chat API as a client speaks it. */
export interface CalledApi {
  readonly name: ChatApiName;
  /** As in `Api`. */
  readonly path: string;
  /** How events are cut out of a stream. */
  readonly framing: "sse" | "aws-event-stream";
  writeRequest(chat: ChatRequest, losses: Losses): JsonObject;
  /** The parts of a request that may be marked, where providers cache what is marked. */
  promptSections?(body: JsonObject, place: PromptPlace): PromptSections | undefined;
  readResponse(answer: JsonObject, context: CallContext): ChatResponse;
  readStream(context: CallContext): StreamReader;
}

/** What reading an answer needs beside the answer. */
export interface CallContext {
  readonly chat: ChatRequest;
  /** The upstream's answer headers. */
  readonly headers: Headers;
  /** As in `AnswerContext`. */
  newId(prefix: string): string;
  readonly losses: Losses;
}

/** Turns a provider's events into steps; keeps what it needs between them. */
export interface StreamReader {
  /**
   * The steps of one event's data; an AWS event comes as `{"contentBlockDelta": {...}}`. Data that
   * is no JSON gives no steps.
   */
  push(data: string): readonly ChatEvent[];
  /** The steps at the end of the connection: an `error` where the answer was not whole. */
  end(): readonly ChatEvent[];
}

/** Brings a request from one format of a task into another, and the answer back. */
export interface Converter {
  readonly path: string;
  writeRequest(request: JsonObject, context: TaskContext, losses: Losses): JsonObject;
  readAnswer(answer: JsonObject, context: TaskContext & AnsweredContext): JsonObject;
}

/** What converting a task needs beside the body. */
export interface TaskContext {
  readonly model: string;
  /** The client's headers. */
  readonly headers: Headers;
  newId(prefix: string): string;
}

/** What came with an answer. */
export interface AnsweredContext {
  /** The client's request. */
  readonly request: JsonObject;
  /** The upstream's answer headers. */
  readonly answerHeaders: Headers;
}
