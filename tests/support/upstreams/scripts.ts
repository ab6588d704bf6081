import type { BreakOff } from "../http_server.ts";
import { isObject, type JsonObject } from "../json.ts";

/** What a stand-in does with one request, whatever API it speaks; all has an honest default. */
export interface Script {
  /** The answer's text; a stream sends the pieces as they are. */
  readonly text?: string | readonly string[];
  readonly reasoning?: ScriptedReasoning;
  readonly toolCalls?: readonly ScriptedCall[];
  /** Refuses in the provider's own way. */
  readonly refusal?: boolean;
  readonly finish?: Finish;
  readonly usage?: Partial<ScriptedUsage>;
  /** An error in place of the answer, or in the middle of its stream. */
  readonly fault?: Fault;
  /** Breaks a stream off after that many content events. */
  readonly cutAfter?: number;
  readonly cutHow?: BreakOff;
  /** Time before each content event of a stream. */
  readonly delayMs?: number;
  /** Time before the answer's head. */
  readonly headDelayMs?: number;
  /** Sends each content event only when the test calls `step` once more. */
  readonly stepped?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thoughts before the answer; the stand-in signs them. */
export interface ScriptedReasoning {
  readonly text: string;
  /** Hides the thoughts where the API knows how to. */
  readonly redacted?: boolean;
}

/** A call of a tool; the stand-in makes its id. */
export interface ScriptedCall {
  readonly name: string;
  readonly args: JsonObject;
}

/** Why an answer ended. */
export type Finish = "stop" | "length" | "tools" | "stop-sequence" | "refusal" | "content-filter";

/** An error in the provider's own words, by its HTTP status. */
export interface Fault {
  readonly status: number;
  /** The provider's own name of the error, where the status says too little. */
  readonly type?: string;
  readonly message?: string;
  readonly retryAfterS?: number;
  /** Comes after that many content events of a stream that has begun well. */
  readonly inStreamAfter?: number;
}

/** Tokens: `input` includes both caches, `output` the reasoning. */
export interface ScriptedUsage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

/** The usage of an answer whose script names none. */
export const defaultUsage: ScriptedUsage = {
  input: 100,
  cacheRead: 40,
  cacheWrite: 10,
  output: 30,
  reasoning: 12,
};

/** A user's text that carries a script through clients and gateways. */
export function scripted(script: Script): string {
  return `script: ${JSON.stringify(script)}`;
}

/** The script in a user's text, if there is one. */
export function scriptIn(text: string): Script | undefined {
  if (!text.startsWith("script: ")) return undefined;
  const script: unknown = JSON.parse(text.slice("script: ".length));
  return isObject(script) ? script : undefined;
}

/** What a request asks, whatever API it came through. */
export interface Ask {
  readonly model: string;
  readonly system: string;
  readonly turns: readonly AskTurn[];
  readonly tools: readonly AskTool[];
  readonly toolChoice: "auto" | "none" | "required" | { readonly name: string };
  readonly parallelTools: boolean;
  /** What it says of its reasoning; absent when there shall be none. */
  readonly reasoning?: unknown;
  /** The schema that the answer must fit. */
  readonly schema?: unknown;
  readonly maxTokens?: number;
  /** Fewer tokens than this cut the answer short. */
  readonly tokensEnough: number;
  readonly stop: readonly string[];
  /** Temperature and its like, under their neutral names. */
  readonly sampling: JsonObject;
}

/** A tool that may be called. */
export interface AskTool {
  readonly name: string;
  readonly description?: unknown;
  readonly schema: unknown;
}

/** One side's turn. */
export interface AskTurn {
  readonly role: "user" | "assistant";
  readonly blocks: readonly AskBlock[];
}

/** A piece of a turn. */
export type AskBlock =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "image" | "document" | "audio" | "video" | "thought" | "other" }
  | { readonly kind: "call"; readonly name: string; readonly args: unknown }
  | {
    readonly kind: "result";
    readonly name: string;
    readonly text: string;
    readonly failed?: boolean;
    /** Pictures and files that the result brings besides its text. */
    readonly media?: number;
  };

/** A script of which nothing is left open. */
export interface Answer {
  readonly reasoning?: ScriptedReasoning;
  readonly texts: readonly string[];
  readonly toolCalls: readonly ScriptedCall[];
  readonly finish: Finish;
  /** The stop sequence that ended the text. */
  readonly stopSequence?: string;
  readonly usage: ScriptedUsage;
}

/** Settles what a script leaves open. */
export function answerOf(script: Script, ask: Ask): Answer {
  const text = script.text ?? "";
  const toolCalls = script.toolCalls ?? [];
  const finish = script.finish ??
    (script.refusal ? "refusal" : toolCalls.length > 0 ? "tools" : "stop");
  const [stopSequence] = ask.stop;
  return {
    ...(script.reasoning && { reasoning: script.reasoning }),
    texts: typeof text === "string" ? piecesOf(text) : text,
    toolCalls,
    finish,
    ...(finish === "stop-sequence" && stopSequence !== undefined && { stopSequence }),
    usage: { ...defaultUsage, ...script.usage },
  };
}

/** A text in the uneven pieces in which models say it. */
export function piecesOf(text: string): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length;) {
    const length = pieceLengths[pieces.length % pieceLengths.length] ?? 1;
    pieces.push(characters.slice(at, at + length).join(""));
    at += length;
  }
  return pieces;
}

const pieceLengths = [3, 11, 1, 7, 16, 5];
