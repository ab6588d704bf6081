import { parseDurationMs } from "../../lib/duration.ts";

/**
 * How long a provider asks to be left alone, by the headers of its answer; undefined where they do
 * not say, or say that it is over. More than 30 days count as 30.
 */
export function rateLimitHintMs(headers: Headers, epochMs: number): number | undefined {
  return retryAfterHintMs(headers, epochMs) ?? atMost(
    resetMs(headers.get("x-ratelimit-reset"), epochMs) ??
      shortestMs(WINDOWS.map((window) => headers.get(`x-ratelimit-reset-${window}`))),
  );
}

/** The same of an answer that is about no rate limit, whatever it says of those beside. */
export function retryAfterHintMs(headers: Headers, epochMs: number): number | undefined {
  return atMost(
    retryAfterMs(headers.get("retry-after"), epochMs) ??
      positive(Number(headers.get("retry-after-ms") ?? Number.NaN)),
  );
}

function atMost(hintMs: number | undefined): number | undefined {
  return hintMs === undefined ? undefined : Math.min(Math.ceil(hintMs), LONGEST_MS);
}

const LONGEST_MS = 30 * 24 * 3_600_000;

/** From here on a number of `x-ratelimit-reset` is a date in seconds, or in milliseconds. */
const EPOCH_S_MIN = LONGEST_MS / 1_000;
const EPOCH_MS_MIN = 100_000_000_000;

/** https://platform.openai.com/docs/guides/rate-limits, and Cerebras, which names the window. */
const WINDOWS = ["requests", "tokens", "requests-day", "tokens-minute"];

/** https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
function retryAfterMs(value: string | null, epochMs: number): number | undefined {
  if (value === null) return undefined;
  return secondsMs(value) ?? positive(Date.parse(value) - epochMs);
}

function resetMs(value: string | null, epochMs: number): number | undefined {
  const number = numberIn(value);
  if (number === undefined) return durationMs(value);
  if (number < EPOCH_S_MIN) return positive(number * 1_000);
  return positive((number < EPOCH_MS_MIN ? number * 1_000 : number) - epochMs);
}

/** Which of the windows was exceeded is not told; to come back too early costs one more answer. */
function shortestMs(values: readonly (string | null)[]): number | undefined {
  const found = values.map(durationMs).filter((value) => value !== undefined);
  return found.length === 0 ? undefined : Math.min(...found);
}

function durationMs(value: string | null): number | undefined {
  if (value === null) return undefined;
  return secondsMs(value) ?? positive(parseDurationMs(value.trim()) ?? Number.NaN);
}

function secondsMs(value: string): number | undefined {
  const seconds = numberIn(value);
  return seconds === undefined ? undefined : positive(seconds * 1_000);
}

function numberIn(value: string | null): number | undefined {
  return value !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

function positive(value: number): number | undefined {
  return value > 0 ? value : undefined;
}
