import type { Variables } from "../../cel/expression.ts";

/** Looks at the texts of a request or an answer, in the order of the configuration. */
export interface Guard {
  /** Its key in the configuration: `regex`. */
  readonly name: string;
  /** Which texts of a request it looks at; of answers it looks at all that a model wrote. */
  readonly scopes: ReadonlySet<TextScope>;
  /** Judges texts as a whole. */
  check(texts: readonly GuardedText[], context: GuardContext): Judgement | Promise<Judgement>;
  /** Masks or judges a text that comes piece by piece, without waiting for its end, if it can. */
  openStream?(): TextStream;
}

/** Where in a request a text stands. */
export type TextScope = "systemPrompt" | "messages" | "toolOutput" | "toolInput";

/** One text that a guard may look at and mask. */
export interface GuardedText {
  readonly scope: TextScope;
  /** `system`, `user`, `assistant` or `tool`. */
  readonly role: string;
  readonly text: string;
}

/** What a guard may know beside the texts. */
export interface GuardContext {
  readonly phase: "request" | "response";
  readonly signal: AbortSignal;
  readonly variables: Variables;
  /** Those of the client's request; in the response phase those of the upstream's answer. */
  readonly headers: Headers;
}

/** What a guard makes of texts; masked texts stand in the order of those that it saw. */
export type Judgement =
  | { readonly type: "pass" }
  | { readonly type: "mask"; readonly texts: readonly string[] }
  | { readonly type: "reject"; readonly rejection: Rejection };

/** The answer that a client gets in place of the model's. */
export interface Rejection {
  readonly status: number;
  readonly body: string;
  /** Edits of the answer's headers. */
  readonly editHeaders?: ((headers: Headers) => void) | undefined;
}

/** One text that comes piece by piece. */
export interface TextStream {
  /** What of the text so far may go on; the rest is held back while a match may begin in it. */
  push(piece: string): string;
  /** What is left when the text has ended. */
  end(): string;
  /** Set when a match says that nothing more may go on. */
  readonly rejection: Rejection | undefined;
}
