import * as v from "valibot";
import type { Provider } from "../../../src/providers/provider.ts";
import { mock } from "../../../src/providers/mock/index.ts";

/** A conversation of one message. */
export const HELLO = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] };

/** A mock provider with the settings that a config would give. */
export function provider(settings: unknown = {}): Provider {
  return mock.connect(v.parse(mock.settings, settings), { now: () => 0 });
}

export interface AskOptions {
  readonly method?: string;
  readonly path?: string;
  readonly signal?: AbortSignal;
}

/** Sends one body (text as it is, all else as JSON) to a provider. */
export async function ask(
  { answer }: Provider,
  body: unknown,
  options: AskOptions = {},
): Promise<Response> {
  if (!answer) throw new Error("the mock answers nothing");
  return await answer({
    method: options.method ?? "POST",
    path: options.path ?? "/v1/chat/completions",
    headers: new Headers(),
    body: typeof body === "string" ? body : JSON.stringify(body),
    signal: options.signal ?? new AbortController().signal,
  });
}

/** The JSON of a whole answer. */
export async function answerOf(settings: unknown, body: unknown): Promise<unknown> {
  return await (await ask(provider(settings), body)).json();
}

/** The `data` of every event of a streamed answer. */
export async function eventsOf(settings: unknown, body: object): Promise<readonly string[]> {
  return events(await (await ask(provider(settings), { ...body, stream: true })).text());
}

/** The `data` of every event of a text. */
export function events(text: string): readonly string[] {
  return text.split("\n\n").slice(0, -1).map((event) => event.replace(/^data: /, ""));
}

/** What reading a stream gives until it ends or fails. */
export async function readAll(
  response: Response,
): Promise<{ readonly chunks: readonly string[]; readonly error?: unknown }> {
  const chunks: string[] = [];
  try {
    for await (const chunk of response.body ?? []) chunks.push(new TextDecoder().decode(chunk));
    return { chunks };
  } catch (error) {
    return { chunks, error };
  }
}

/** Runs with timers that fire at once, and tells for how many milliseconds each was set. */
export async function withInstantTimers(run: () => Promise<unknown>): Promise<readonly number[]> {
  const delaysMs: number[] = [];
  const real = globalThis.setTimeout;
  Object.assign(globalThis, {
    setTimeout: (fire: () => void, delayMs: number) => {
      delaysMs.push(delayMs);
      return real(fire, 0);
    },
  });
  try {
    await run();
  } finally {
    globalThis.setTimeout = real;
  }
  return delaysMs;
}

/** A test that also fails when it leaves a timer or a resource behind. */
export function cleanTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: true, sanitizeResources: true });
}

/** Lets everything run that waits for nothing, so that a pending read has set its timer. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
