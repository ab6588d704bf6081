import type { ChatApiName } from "./api_name.ts";

/** A piece of a turn or of an answer; their order is that of the conversation. */
export type Block =
  | TextBlock
  | MediaBlock
  | ReasoningBlock
  | RefusalBlock
  | ToolCallBlock
  | ToolResultBlock
  | NativeBlock;

/** Text as it was written, blanks included. */
export interface TextBlock {
  readonly type: "text";
  readonly text: string;
  readonly cache?: CacheHint;
  readonly logprobs?: readonly TokenLogprob[];
}

/** An image, a document or a sound. */
export interface MediaBlock {
  readonly type: "media";
  /** As in RFC 6838, `image/png`; `image/*` where only the kind is known. */
  readonly mediaType: string;
  readonly source: MediaSource;
  /** A file name or title. */
  readonly name?: string;
  /** How closely to look at an image. */
  readonly detail?: string;
  readonly cache?: CacheHint;
}

/** Base64 without line breaks, an address, or the id of a file that the API's provider holds. */
export type MediaSource =
  | { readonly data: string }
  | { readonly url: string }
  | { readonly fileId: string; readonly api: ChatApiName };

/** What a model thought, or a summary of it. */
export interface ReasoningBlock {
  readonly type: "reasoning";
  /** Empty where it is only there in sealed form. */
  readonly text: string;
  readonly seal?: Seal;
}

/**
 * A signature or a ciphertext that lets the provider that issued it take its own words back.
 *
 * It is replayed unchanged, and only to the API that it came from: to others it means nothing.
 */
export interface Seal {
  readonly api: ChatApiName;
  readonly value: string;
  /** The id that its item has at the provider. */
  readonly id?: string;
  /** Whether the value is the whole content, encrypted, and there is no text beside it. */
  readonly redacted?: boolean;
}

/** A model's own words that it will not answer. */
export interface RefusalBlock {
  readonly type: "refusal";
  readonly text: string;
}

/** A call of a tool by the model. */
export interface ToolCallBlock {
  readonly type: "tool-call";
  readonly id: string;
  readonly name: string;
  /** JSON text of the arguments as the model wrote it; free text for `custom` tools. */
  readonly input: string;
  readonly custom?: boolean;
  readonly seal?: Seal;
  readonly cache?: CacheHint;
}

/** What a tool gave back. */
export interface ToolResultBlock {
  readonly type: "tool-result";
  readonly callId: string;
  /** Text and media only. */
  readonly blocks: readonly Block[];
  /** Whether the tool failed; undefined where the client's API cannot say. */
  readonly failed?: boolean;
  readonly cache?: CacheHint;
}

/** What only one API knows; it is given back to that API and is a loss for all others. */
export interface NativeBlock {
  readonly type: "native";
  readonly api: ChatApiName;
  /** What the client calls it, for the report of a loss: `server_tool_use`. */
  readonly name: string;
  readonly value: unknown;
}

/** A wish that the prompt be cached up to here; without a time to live, the provider's default. */
export interface CacheHint {
  readonly ttlSeconds?: number;
}

/** How likely a token was, and which others were. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes?: readonly number[];
  readonly top: readonly Omit<TokenLogprob, "top">[];
}
