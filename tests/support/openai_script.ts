import type { BreakOff } from "./http_server.ts";

/** What the stand-in does with one request; everything has an honest default. */
export interface Script {
  /** The answer's text; a stream sends it in `events` pieces, or word by word. */
  readonly text?: string;
  readonly events?: number;
  /** Time before each content event of a stream. */
  readonly intervalMs?: number;
  /** Sends each content event only when the test calls `Upstream.step` once more. */
  readonly stepped?: boolean;
  /** Time before the answer's head. */
  readonly headDelayMs?: number;
  readonly toolCalls?: readonly ScriptedCall[];
  /** `null` for a provider that never reports usage. */
  readonly usage?: ScriptedUsage | null;
  readonly responseModel?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An error answer; a missing `body` gives OpenAI's own wording. */
  readonly fail?: { readonly status: number; readonly body?: string };
  /** Where and how the answer breaks off: before its head, or after that many content events. */
  readonly cut?: { readonly after: "request" | number; readonly how: BreakOff };
  /** Leaves out the `[DONE]` at the end of a stream. */
  readonly noDone?: boolean;
  /** Replaces that content event by something that is not JSON. */
  readonly malformedAt?: number;
  readonly encoding?: "gzip" | "br";
  /** Sends a stream in writes of that many bytes, wherever they fall. */
  readonly writeBytes?: number;
  readonly eventsPerWrite?: number;
  /** A whole answer with status 200, whatever it is. */
  readonly rawBody?: string;
}

export interface ScriptedCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export interface ScriptedUsage {
  readonly input: number;
  readonly output: number;
  readonly cached?: number;
  readonly reasoning?: number;
}

/** The usage of an answer whose script names none. */
export const defaultUsage: ScriptedUsage = { input: 21, output: 14 };

/** The text of an answer whose script names none. */
export const defaultText = "The quick brown fox jumps over the lazy dog.";

/** The member of a request body that carries a script through client and gateway. */
export function scripted(script: Script): { metadata: { script: string } } {
  return { metadata: { script: JSON.stringify(script) } };
}
