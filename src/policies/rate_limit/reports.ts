import type { Subject } from "../subject.ts";
import type { Level } from "./engine.ts";

const LIMIT = "x-ratelimit-limit";
const REMAINING = "x-ratelimit-remaining";
const RESET = "x-ratelimit-reset";

/** Owns what the answers to requests say of their limits: the one with the least left. */
export class Reports {
  readonly #reports = new WeakMap<Subject, { level: Level }>();

  /** Notes what the limits of one policy have left; those of others may have less. */
  note(subject: Subject, levels: readonly Level[]): void {
    const level = least(levels);
    if (level === undefined) return;
    const known = this.#reports.get(subject);
    if (known !== undefined) {
      if (level.remaining < known.level.remaining) known.level = level;
      return;
    }
    const report = { level };
    this.#reports.set(subject, report);
    subject.onAnswer(({ headers }) => write(headers, report.level));
  }
}

/** Whole seconds, of which a part counts as one. */
export function wholeSeconds(ms: number): number {
  return Math.max(0, Math.ceil(ms / 1000));
}

function least(levels: readonly Level[]): Level | undefined {
  let found: Level | undefined;
  for (const level of levels) {
    if (found === undefined || level.remaining < found.remaining) found = level;
  }
  return found;
}

/** Numbers that somebody else gave are left alone, and not mixed with these. */
function write(headers: Headers, { spec, remaining, resetMs }: Level): void {
  if (headers.has(LIMIT) || headers.has(REMAINING) || headers.has(RESET)) return;
  headers.set(LIMIT, String(spec.capacity));
  headers.set(REMAINING, String(Math.max(0, remaining)));
  headers.set(RESET, String(wholeSeconds(resetMs)));
}
