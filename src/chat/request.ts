import type { ChatApiName } from "./api_name.ts";
import type { Block, CacheHint } from "./block.ts";

/**
 * What a client asks of a model, whichever API it speaks.
 *
 * A concept is modelled where two APIs have it; what one API alone knows stays in `native`.
 * Optional members are missing where the client said nothing: defaults are the target API's.
 */
export interface ChatRequest {
  /** The client's API. */
  readonly api: ChatApiName;
  /** The model that is asked for upstream. */
  readonly model: string;
  /** System and developer messages in their order: text blocks, mostly. */
  readonly instructions: readonly Block[];
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  /** Whether the model may call several tools at once. */
  readonly parallelToolCalls?: boolean;
  readonly sampling: Sampling;
  /** How many answers are wanted, if more than one. */
  readonly candidates?: number;
  readonly maxOutputTokens?: number;
  readonly reasoning?: Reasoning;
  readonly output?: OutputFormat;
  readonly verbosity?: string;
  readonly stream: boolean;
  /** Opaque id of the end user. */
  readonly user?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly serviceTier?: string;
  /** Top-level members of the client's request that nothing above says, by the client's names. */
  readonly native: Readonly<Record<string, unknown>>;
}

/** What one side said, until the other side's turn; tool results are the user's. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly blocks: readonly Block[];
}

/** A tool the model may call. */
export type Tool = FunctionTool | NativeTool;

/** A function with a JSON schema of its arguments. */
export interface FunctionTool {
  readonly type: "function";
  readonly name: string;
  readonly description?: string;
  /** JSON schema as the client wrote it; undefined where it gave none. */
  readonly schema?: unknown;
  /** Whether arguments are to keep to the schema exactly. */
  readonly strict?: boolean;
  readonly cache?: CacheHint;
}

/** A tool that only the client's API knows, such as a provider's own web search. */
export interface NativeTool {
  readonly type: "native";
  readonly api: ChatApiName;
  /** What the client calls it, for the report of a loss: `web_search_20250305`. */
  readonly name: string;
  readonly value: unknown;
}

/** Which tools the model must or may call. */
export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };

/** How the next token is chosen. */
export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly logitBias?: Readonly<Record<string, number>>;
  /** How many alternatives to tell for each token; 0 for the chosen tokens alone. */
  readonly topLogprobs?: number;
}

/** How hard to think. Either part may be missing; `enabled` false forbids it. */
export interface Reasoning {
  readonly enabled?: boolean;
  /** `minimal`, `low`, `medium`, `high`, `xhigh`, `max`. */
  readonly effort?: string;
  readonly budgetTokens?: number;
  /** Whether the client wants to see what the model thought, where it said so. */
  readonly shown?: boolean;
}

/** What form the answer must have. */
export type OutputFormat =
  | { readonly type: "text" }
  | { readonly type: "json" }
  | {
    readonly type: "json-schema";
    readonly schema: unknown;
    readonly name?: string;
    readonly description?: string;
    readonly strict?: boolean;
  };
