import type { Subject } from "./subject.ts";

/** What is done to requests on their way; compiled once, and shared by all of them. */
export interface Policy {
  /** Its key in the configuration: `jwtAuth`. */
  readonly name: string;
  /**
   * Lets a request go on, which is nothing; answers it; or throws the `GatewayError` that refuses
   * it, which the client sees in its API's words.
   */
  apply(subject: Subject): Verdict | Promise<Verdict>;
}

/** Nothing, or the answer that ends the request here. */
export type Verdict = Reply | undefined;

/** An answer that the gateway makes itself. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

/** What is done to a request to a model, when its body is as it will be sent. */
export interface ModelPolicy {
  readonly name: string;
  /** Lets the call go on, or throws. What is reserved is settled by `subject.onSettled`. */
  apply(subject: Subject, call: ModelEstimate): void | Promise<void>;
}

/** What a call to a model may cost, before it is made. */
export interface ModelEstimate {
  readonly provider: string;
  readonly model: string;
  /** Tokens of the prompt: counted where `isCounted`, else a fourth of its characters. */
  readonly inputTokens: number;
  /** Whether `tokenize` had the prompt counted. */
  readonly isCounted: boolean;
  /** The client's limit of tokens to generate for each answer, if it gave one. */
  readonly outputTokensMax: number | undefined;
  /** How many answers the client wants to its prompt; one where it does not say. */
  readonly answers?: number | undefined;
  /** Whether such a call is paid by its tokens at the end: embeddings and rerank are not. */
  readonly isCharged: boolean;
  /** The price of so many tokens; undefined where the catalog knows none. */
  costUsd(inputTokens: number, outputTokens: number): number | undefined;
}
