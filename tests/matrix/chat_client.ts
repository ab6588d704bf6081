import type { JsonObject } from "../support/json.ts";

/** A client of one chat API, written against that API's documentation and not the gateway. */
export interface ChatClient {
  readonly name: ClientName;
  /** The header in which it looks for the id of a request. */
  readonly requestIdHeader: string;
  request(wish: Wish, to: { readonly model: string; readonly stream: boolean }): {
    readonly path: string;
    readonly body: JsonObject;
  };
  /** Reads an answer that came whole. */
  readWhole(body: unknown): Answer;
  /** Reads a stream as far as it came; fails where it breaks the API's own rules. */
  readStream(events: readonly SseEvent[]): Streamed;
  /** Reads an error's body; fails where it has not the API's form. */
  readError(body: unknown): ToldError;
}

/** The APIs that clients speak. */
export type ClientName = "completions" | "messages" | "responses" | "gemini";

/** What is asked for, in no API's words. */
export interface Wish {
  readonly system?: string;
  readonly said: readonly Said[];
  readonly tools?: readonly Tool[];
  /** The schema that the answer shall fit. */
  readonly schema?: JsonObject;
  readonly maxTokens?: number;
  /** Whether the model shall think, and show what. */
  readonly thinks?: boolean;
}

/** A turn of the conversation. */
export type Said =
  | { readonly by: "user"; readonly text: string; readonly image?: Image }
  | { readonly by: "model"; readonly text: string }
  | { readonly by: "model"; readonly again: readonly unknown[] }
  | { readonly by: "tools"; readonly results: readonly ToolResult[] };

/** A picture in base64. */
export interface Image {
  readonly mediaType: string;
  readonly data: string;
}

/** A function that the model may call. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
}

/** What a function gave back. */
export interface ToolResult {
  readonly call: ToolCall;
  readonly text: string;
}

/** A call of a function. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly args: unknown;
}

/** What a client has understood of an answer. */
export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly ToolCall[];
  readonly finish: string;
  readonly isRefused: boolean;
  /** Why it was refused, in the words that the client would show. */
  readonly refusal: string;
  readonly usage: Usage;
  /** The answer as the client would put it into the conversation that it sends next. */
  readonly again: readonly unknown[];
}

/** Tokens: `input` includes both caches, `output` the reasoning; undefined where not told. */
export interface Usage {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly cacheRead: number | undefined;
  readonly cacheWrite: number | undefined;
  readonly reasoning: number | undefined;
}

/** A stream that was read: whole, or up to an error. */
export type Streamed =
  | { readonly answer: Answer }
  | { readonly error: ToldError; readonly textBefore: string };

/** An error as its API tells it. */
export interface ToldError {
  /** The API's word for the kind of error. */
  readonly type: string;
  readonly message: string;
}

/** An event of a stream. */
export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
}
