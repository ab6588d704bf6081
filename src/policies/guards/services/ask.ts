import { BodyTooLarge, declaredLength, readBody } from "../../../lib/read_body.ts";
import type { Callout } from "../../callout.ts";
import { GuardFailure } from "../guard_failure.ts";

/** So long a guard's server may take. */
export const ASK_TIMEOUT_MS = 10_000;

/** So much it may answer: it may give back all that it was asked about. */
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

/** What a guard's server is asked. */
export interface Question {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The request's; its reason is thrown on when it aborts. */
  readonly signal: AbortSignal;
  readonly timeoutMs?: number | undefined;
}

/** Asks a guard's server, and gives its answer as JSON; whatever else it does is a failure. */
export async function ask(callout: Callout, question: Question): Promise<unknown> {
  const { signal, timeoutMs = ASK_TIMEOUT_MS } = question;
  signal.throwIfAborted();
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new TooLate()), timeoutMs);
  const leave = () => controller.abort(signal.reason);
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await answer(callout, question, controller.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (controller.signal.aborted) {
      throw new GuardFailure(`its server did not answer within ${timeoutMs} ms`);
    }
    throw error instanceof GuardFailure
      ? error
      : new GuardFailure("its server cannot be asked", { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", leave);
  }
}

class TooLate extends Error {}

async function answer(callout: Callout, question: Question, signal: AbortSignal): Promise<unknown> {
  const response = await callout({
    method: question.method ?? "POST",
    path: question.path,
    headers: {
      ...question.headers,
      "content-type": "application/json",
      accept: "application/json",
    },
    body: JSON.stringify(question.body),
    signal,
  });
  if (!response.ok) {
    response.body?.cancel().catch(() => {});
    throw new GuardFailure(`its server answered with status ${response.status}`);
  }
  return parsed(await bodyOf(response));
}

async function bodyOf(response: Response): Promise<string> {
  try {
    const declared = declaredLength(response.headers);
    return new TextDecoder().decode(await readBody(response, declared, ANSWER_BYTES_MAX));
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    response.body?.cancel().catch(() => {});
    throw new GuardFailure(`its server answered more than ${ANSWER_BYTES_MAX} bytes`);
  }
}

/** The parser's own message would quote the text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GuardFailure("its server did not answer with JSON");
  }
}

/** The failure of a guard whose server said what its protocol does not have. */
export function unexpected(what: string): GuardFailure {
  return new GuardFailure(`its server's answer has no ${what} as expected`);
}
