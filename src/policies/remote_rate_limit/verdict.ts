import { type Reports, wholeSeconds } from "../rate_limit/reports.ts";
import { Refusal } from "../refusal.ts";
import { isForeignHeader } from "../shared/foreign_headers.ts";
import type { Subject } from "../subject.ts";
import type { HeaderPair, LimitStatus, RateLimitAnswer } from "./messages.ts";

/** Puts what the service says into the request, and into the answer to it, whoever makes that. */
export function announce(subject: Subject, answer: RateLimitAnswer, reports: Reports): void {
  const request = legal(answer.requestHeaders);
  if (request.length > 0) subject.editHeaders((headers) => put(headers, request));
  const response = legal(answer.responseHeaders);
  if (response.length > 0) subject.onAnswer(({ headers }) => put(headers, response));
  reports.note(subject, answer.statuses.flatMap(levelOf));
}

/** The refusal of a request beyond its limits. */
export function exceeded({ body, responseHeaders, statuses }: RateLimitAnswer): Refusal {
  const over = statuses.filter(({ isOver }) => isOver);
  const waitS = wholeSeconds(Math.max(0, ...over.map(({ resetMs }) => resetMs)));
  const details = {
    code: "rate_limit_exceeded",
    headers: waitS === 0 ? {} : { "retry-after": String(waitS) },
  };
  if (body.length === 0) return new Refusal("rate-limited", "rate limit exceeded", details);
  const named = legal(responseHeaders).find(([name]) => name === "content-type");
  const headers = new Headers({
    ...details.headers,
    "content-type": named?.[1] ?? "text/plain; charset=utf-8",
  });
  return new Refusal("rate-limited", "rate limit exceeded", details, {
    status: 429,
    headers,
    body,
  });
}

function legal(headers: readonly HeaderPair[]): readonly HeaderPair[] {
  return headers.filter(([name, value]) => isForeignHeader(name, value));
}

const REPORT = ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"];

/** A service that reports on its limits in headers of its own reports alone. */
function put(headers: Headers, pairs: readonly HeaderPair[]): void {
  if (pairs.some(([name]) => REPORT.includes(name))) {
    for (const name of REPORT) headers.delete(name);
  }
  for (const [name, value] of pairs) headers.set(name, value);
}

function levelOf({ isOver, limit, remaining, resetMs }: LimitStatus) {
  if (limit === undefined) return [];
  const spec = { id: "", capacity: limit, perFill: limit, intervalMs: resetMs };
  return [{ spec, isEnough: !isOver, remaining, resetMs }];
}
