import { GatewayError } from "../errors.ts";
import { rateLimitHintMs, retryAfterHintMs } from "../routing/health/rate_limit_hint.ts";
import { defined } from "../lib/defined.ts";
import type { Upstream } from "../routing/backend.ts";
import type { Groups, Member, Outcome } from "../routing/groups.ts";
import type { RetryPlan, Timeouts } from "../routing/retry.ts";
import { modelDenied } from "../routing/virtual_models.ts";
import { type AnswerOfTry, type Attempt, onlyAttempt, openAttempt } from "./attempt.ts";
import { isClientsOwn } from "./clients_own.ts";
import type { Exchange } from "./exchange.ts";
import type { AttemptFacts } from "./facts.ts";

/** What a request is tried on, and how often. */
export interface Tries<Target extends Upstream> {
  readonly groups: Groups<Target>;
  readonly retry: RetryPlan | undefined;
  readonly timeouts: Timeouts;
  /** Pins requests to a member of a group. */
  readonly affinity?: string | undefined;
}

/** An upstream's answer that is not the client's, because another try follows. */
export class GaveWay extends Error {
  override readonly name = "GaveWay";
  readonly answer: AnswerOfTry;

  constructor({ status, headers }: AnswerOfTry) {
    super(`answered with status ${status}`);
    this.answer = { status, headers };
  }
}

type Ask<Target extends Upstream> = (target: Target, attempt: Attempt) => Promise<Response>;

/** Has one target answer a request, once. */
export async function askOnly<Target extends Upstream>(
  exchange: Exchange,
  target: Target,
  timeouts: Timeouts,
  ask: Ask<Target>,
): Promise<Response> {
  const { headMsMax = target.headMsMax, firstContentMsMax } = timeouts;
  if (headMsMax === undefined && firstContentMsMax === undefined) {
    return await ask(target, onlyAttempt(exchange));
  }
  const attempt = openAttempt(exchange, {
    number: 0,
    givesWay: () => false,
    headMsMax,
    firstContentMsMax,
  });
  try {
    return await ask(target, attempt);
  } finally {
    attempt.close();
  }
}

/**
 * Has the targets of some groups answer a request, one after the other, until one does.
 *
 * Another try follows only where nothing of an answer has reached the client. The last failure is
 * the client's: an upstream's own error as it came.
 */
export async function askInTurn<Target extends Upstream>(
  exchange: Exchange,
  tries: Tries<Target>,
  ask: Ask<Target>,
): Promise<Response> {
  const rounds = new Rounds(exchange, tries);
  for (;;) {
    const round = rounds.next();
    try {
      const response = await ask(round.member.target, round.attempt);
      round.answered(response.status);
      return response;
    } catch (cause) {
      const waitMs = round.failed(cause);
      if (waitMs === undefined) throw cause;
      if (waitMs > 0) await pause(waitMs, exchange.signal);
    }
  }
}

/** Owns what has been tried for one request. */
class Rounds<Target extends Upstream> {
  readonly #exchange: Exchange;
  readonly #tries: Tries<Target>;
  readonly #tried = new Set<Member<Target>>();
  readonly #facts: AttemptFacts[] = [];
  readonly #triesMax: number;
  #number = 0;

  constructor(exchange: Exchange, tries: Tries<Target>) {
    this.#exchange = exchange;
    this.#tries = tries;
    const { retry, groups } = tries;
    const wanted = retry === undefined ? 1 : retry.triesMax ?? groups.members.length;
    const mayRetry = retry?.precondition?.test(exchange.subject.variables) ?? true;
    this.#triesMax = mayRetry ? wanted : 1;
  }

  next(): Round<Target> {
    const { groups } = this.#tries;
    let member = this.#pick();
    if (member === undefined) {
      this.#tried.clear();
      member = this.#pick();
    }
    if (member === undefined) throw groups.members.length === 0 ? noTarget() : modelDenied();
    const isLast = ++this.#number >= this.#triesMax;
    return new Round(this.#exchange, this.#tries, member, {
      number: this.#number - 1,
      isLast,
      hasOther: this.#tried.size < groups.members.length,
      note: (facts) => this.#note(facts),
    });
  }

  /** The next member that the client may use; those that it may not count as tried. */
  #pick(): Member<Target> | undefined {
    const { groups, affinity } = this.#tries;
    for (;;) {
      const member = groups.pick(this.#tried, affinity);
      if (member === undefined) return undefined;
      this.#tried.add(member);
      if (member.target.allows?.(this.#exchange.subject.variables) !== false) return member;
    }
  }

  /** One try alone is told by the other facts. */
  #note(facts: AttemptFacts): void {
    this.#facts.push(facts);
    if (this.#facts.length > 1) this.#exchange.facts.attempts = this.#facts;
  }
}

interface RoundOptions {
  readonly number: number;
  readonly isLast: boolean;
  /** Whether a target is left that has not been tried. */
  readonly hasOther: boolean;
  readonly note: (facts: AttemptFacts) => void;
}

/** One try of one member; owns its deadlines and its entry in the member's health. */
class Round<Target extends Upstream> {
  readonly member: Member<Target>;
  readonly attempt: ReturnType<typeof openAttempt>;
  readonly #exchange: Exchange;
  readonly #tries: Tries<Target>;
  readonly #options: RoundOptions;
  readonly #end: (outcome: Outcome) => void;
  readonly #startedMs: number;
  /** The wait that another try needs which mends the answer at hand. */
  #waitsMs: number | undefined;

  constructor(
    exchange: Exchange,
    tries: Tries<Target>,
    member: Member<Target>,
    options: RoundOptions,
  ) {
    this.member = member;
    this.#exchange = exchange;
    this.#tries = tries;
    this.#options = options;
    this.#startedMs = exchange.services.clock.now();
    const { retry, timeouts } = tries;
    this.attempt = openAttempt(exchange, {
      number: options.number,
      givesWay: (answer) => {
        this.#waitsMs = options.isLast ? undefined : this.#waitFor(answer);
        return this.#waitsMs !== undefined;
      },
      headMsMax: retry?.headMsMax ?? timeouts.headMsMax ?? member.target.headMsMax,
      firstContentMsMax: retry?.firstContentMsMax ?? timeouts.firstContentMsMax,
    });
    this.#end = member.health.begin();
  }

  /** The answer is the client's; how it ends is seen when the request does. */
  answered(status: number): void {
    this.attempt.close();
    const { facts, subject } = this.#exchange;
    subject.onSettled(({ variables }) => {
      const isCut = facts.ending === "upstream-cut";
      this.#end({
        status: isCut ? undefined : status,
        durationMs: facts.endedMs - this.#startedMs,
        neutral: facts.ending === "client-gone" ||
          isClientsOwn(this.member.target, status),
        variables: () => variables,
      });
      this.#note({ status, error: facts.error });
    });
  }

  /** How long to wait before the next try; undefined where this failure is the client's. */
  failed(cause: unknown): number | undefined {
    this.attempt.close();
    const { signal, subject } = this.#exchange;
    const answer = answerOf(cause);
    this.#end({
      status: answer?.status,
      ...defined({ headers: answer?.headers }),
      durationMs: this.#exchange.services.clock.now() - this.#startedMs,
      neutral: signal.aborted || !isUpstreamsFault(cause) ||
        isClientsOwn(this.member.target, answer?.status),
      retryBackoffMs: this.#tries.retry?.backoffMs || undefined,
      variables: () => subject.variables,
    });
    this.#note({ status: answer?.status, error: errorOf(cause) });
    if (signal.aborted || this.#options.isLast) return undefined;
    const waitMs = this.#waitAfter(cause);
    if (waitMs !== undefined) subject.undo();
    return waitMs;
  }

  #waitAfter(cause: unknown): number | undefined {
    if (cause instanceof GaveWay) return this.#waitsMs;
    if (!(cause instanceof GatewayError) || !isUpstreamsFault(cause)) return undefined;
    const isRefusal = cause.kind === "upstream-refused";
    return isRefusal && !this.#mends(cause.status) ? undefined : this.#waitMs(undefined);
  }

  #mends(status: number): boolean {
    return this.#tries.retry?.codes.has(status) === true;
  }

  /** The wait before another try may mend an answer; undefined where none can. */
  #waitFor({ status, headers }: AnswerOfTry): number | undefined {
    const { retry } = this.#tries;
    const mends = this.#mends(status) ||
      (retry?.condition?.test(this.#exchange.subject.variables) ?? false);
    if (!mends) return undefined;
    const hintMs = status === 429 ? rateLimitHintMs : retryAfterHintMs;
    return this.#waitMs(hintMs(headers, this.#exchange.services.clock.epochMs()));
  }

  /** Another target need not wait; the same one is given the time that it asks for. */
  #waitMs(askedMs: number | undefined): number | undefined {
    const { backoffMs, retryAfterMsMax } = this.#tries.retry ?? NO_RETRY;
    if (this.#options.hasOther) return backoffMs;
    if (askedMs === undefined) return backoffMs;
    return askedMs <= retryAfterMsMax ? Math.max(askedMs, backoffMs) : undefined;
  }

  #note({ status, error }: Pick<AttemptFacts, "status" | "error">): void {
    this.#options.note({
      backend: this.member.name,
      endpoint: this.member.target.endpoint,
      status,
      error,
      durationMs: this.#exchange.services.clock.now() - this.#startedMs,
    });
  }
}

const NO_RETRY = { backoffMs: 0, retryAfterMsMax: 0 };

/** Errors of a request, which no other target can mend, are not the upstream's. */
function isUpstreamsFault(cause: unknown): boolean {
  if (cause instanceof GaveWay) return true;
  return cause instanceof GatewayError && cause.kind.startsWith("upstream-");
}

function answerOf(cause: unknown): AnswerOfTry | undefined {
  if (cause instanceof GaveWay) return cause.answer;
  if (!(cause instanceof GatewayError) || cause.kind !== "upstream-refused") return undefined;
  return { status: cause.status, headers: new Headers(cause.headers) };
}

function errorOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : "failed";
}

function noTarget(): GatewayError {
  return new GatewayError("no-backend", "no healthy backends", {
    code: "no_healthy_backend",
    status: 503,
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", leave);
      resolve();
    }, ms);
    signal.addEventListener("abort", leave, { once: true });
  });
}
