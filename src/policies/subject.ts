import type { Usage } from "../chat/usage.ts";
import type { Redacted } from "../cel/values/redacted.ts";
import type { Variables } from "../cel/expression.ts";
import type { RequestHead } from "../lib/request_head.ts";

/** One request as policies see it and change it. */
export interface Subject {
  /** The request line and the headers, as policies so far have made them. */
  readonly head: RequestHead;
  /** `ip:port` at the other end of the client's connection. */
  readonly peer: string;
  /** Aborted, with the reason, when the client leaves or a deadline passes. */
  readonly signal: AbortSignal;
  /** What expressions see now; lazy, so that what nobody looks at costs nothing. */
  readonly variables: Variables;
  /** Who the client has been shown to be; policies add to it. */
  readonly identity: Identity;
  /** Changes the headers that later policies, and the upstream, see. */
  editHeaders(edit: (headers: Headers) => void): void;
  /** Changes other parts of the request likewise; a path is without, a query with its `?`. */
  rewrite(changes: HeadChanges): void;
  /**
   * The body, unfolded; read once, the same bytes for all who ask. Throws the 413 beyond the limit
   * of the configuration, or beyond `bytesMax`, if that is less.
   */
  body(bytesMax?: number): Promise<Uint8Array<ArrayBuffer>>;
  replaceBody(bytes: Uint8Array<ArrayBuffer>): void;
  /** Edits the head of the answer, whoever makes it, refusals too; in the order of the calls. */
  onAnswer(edit: (answer: AnswerHead) => void): void;
  /** Replaces the whole answer, before the edits of `onAnswer`. */
  onResponse(change: (response: Response) => Response | Promise<Response>): void;
  /** Is told once, at the end, whatever that was, what the request consumed. */
  onSettled(settle: (consumption: Consumption) => void): void;
}

/** Parts of a request that a policy gives another value. */
export interface HeadChanges {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly scheme?: "http" | "https";
  /** The host that the upstream is told; by default its own. */
  readonly authority?: string;
}

/** The head of an answer on its way to the client. */
export interface AnswerHead {
  status: number;
  readonly headers: Headers;
}

/** What the authentication of a request found, as expressions see it. */
export interface Identity {
  /** Verified claims; `rawToken` is the token itself, redacted in every text form. */
  jwt?: Readonly<Record<string, unknown>>;
  apiKey?: KnownKey;
  /** The key itself, which expressions see redacted. */
  presentedKey?: Redacted;
  basicAuth?: { readonly username: string };
  /** What an external authorizer said of the request. */
  extauthz?: Readonly<Record<string, unknown>>;
  /** Set by transformations. */
  metadata?: Readonly<Record<string, unknown>>;
}

/** An API key that the gateway knows. */
export interface KnownKey {
  /** Stands for the key where the key itself must not be: the first half of its SHA-256, in hex. */
  readonly id: string;
  /** As in the configuration. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Whether the key may ask for a model; true for all where the key says nothing. */
  allowsModel(model: string): boolean;
  /** What the list of models shows of a name; a wildcard may show the names it covers. */
  allowedNames(model: string): readonly string[];
}

/** What a request consumed, when all of it is known. */
export interface Consumption {
  /** Whether a model answered with success, wholly or in part. */
  readonly answered: boolean;
  /** The status that the client saw. */
  readonly status: number;
  readonly usage: Usage | undefined;
  /** Undefined where the catalog has no price for it. */
  readonly costUsd: number | undefined;
  /** What expressions see at the end: `llm` with usage and cost, `response`. */
  readonly variables: Variables;
}
