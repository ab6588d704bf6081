import { GatewayError } from "../errors.ts";
import type { Exchange } from "./exchange.ts";

/** One try to have a request answered by an upstream. */
export interface Attempt {
  /** From 0. */
  readonly number: number;
  /** Aborted when this try, or the whole request, has to end. */
  readonly signal: AbortSignal;
  /** Whether such an answer is not for the client, because another try follows. */
  givesWay(answer: AnswerOfTry): boolean;
  /** Whether the first content of a stream has a deadline. */
  readonly hasContentDeadline: boolean;
  /** Begins the wait for the first content of a stream, if that has a deadline. */
  awaitFirstContent(): void;
  /** The wait for the head of an answer is over; that for a stream's first content goes on. */
  headCame(): void;
  /** There is content: no deadline but that of the request counts any more. */
  contentCame(): void;
}

/** What of an answer says whether another try follows. */
export interface AnswerOfTry {
  readonly status: number;
  readonly headers: Headers;
}

/** How long one try may take, in milliseconds. */
export interface AttemptTimes {
  /** Until the head of the upstream's answer. */
  readonly headMsMax?: number | undefined;
  /** Until the first content of a stream. */
  readonly firstContentMsMax?: number | undefined;
}

interface AttemptOptions extends AttemptTimes {
  readonly number: number;
  readonly givesWay: (answer: AnswerOfTry) => boolean;
}

/** The only try of a request: nothing but the request's own end ends it. */
export function onlyAttempt({ signal }: Exchange): Attempt {
  return { ...ONLY, signal };
}

const ONLY = {
  number: 0,
  givesWay: () => false,
  hasContentDeadline: false,
  awaitFirstContent: () => {},
  headCame: () => {},
  contentCame: () => {},
} as const satisfies Omit<Attempt, "signal">;

/** Begins a try; `close` ends its deadlines. */
export function openAttempt(
  exchange: Exchange,
  { number, givesWay, headMsMax, firstContentMsMax }: AttemptOptions,
): Attempt & { close(): void } {
  const controller = new AbortController();
  let head: ReturnType<typeof setTimeout> | undefined;
  let content: ReturnType<typeof setTimeout> | undefined;
  const abort = (reason: GatewayError) => controller.abort(reason);
  if (exchange.signal.aborted) controller.abort(exchange.signal.reason);
  exchange.attempt = { abort };
  exchange.answered = undefined;
  delete exchange.facts.upstreamHeadersMs;
  if (headMsMax !== undefined) head = setTimeout(() => abort(callTimeout()), headMsMax);
  const contentCame = () => {
    clearTimeout(content);
    clearTimeout(head);
  };
  return {
    number,
    signal: controller.signal,
    givesWay,
    hasContentDeadline: firstContentMsMax !== undefined,
    awaitFirstContent() {
      if (firstContentMsMax === undefined) return;
      content = setTimeout(() => abort(firstContentTimeout(firstContentMsMax)), firstContentMsMax);
    },
    headCame: () => clearTimeout(head),
    contentCame,
    close: contentCame,
  };
}

/** The upstream did not answer in time. */
function callTimeout(): GatewayError {
  return new GatewayError("upstream-timeout", "upstream call timeout", {
    code: "upstream_call_timeout",
  });
}

function firstContentTimeout(ms: number): GatewayError {
  return new GatewayError("upstream-timeout", `no content within ${ms} ms`, {
    code: "first_token_timeout",
  });
}
