import type { Expression } from "../cel/expression.ts";
import { parseDurationMs } from "../lib/duration.ts";
import { isMapping } from "../lib/mapping.ts";
import { looksAtBody, valueOf } from "./expression_values.ts";
import type { Policy } from "./policy.ts";
import type { Subject } from "./subject.ts";

/** The longest delay: what an expression says beyond it is taken for it. */
export const DELAY_MS_MAX = 10 * 60_000;

/** How long requests wait. */
export interface DelaySettings {
  /** In milliseconds, or for each request anew. */
  readonly duration: number | Expression;
  /** Lets time pass; rejects when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Lets requests wait before they go on, for as long as their clients do. */
export function delay({ duration, sleep }: DelaySettings): Policy {
  const wait = (ms: number, { signal }: Subject) => {
    if (!(ms > 0)) return undefined;
    return sleep(Math.min(ms, DELAY_MS_MAX), signal).then(() => undefined);
  };
  if (typeof duration === "number") {
    return { name: "delay", apply: (subject) => wait(duration, subject) };
  }
  const needsBody = looksAtBody([duration], "request");
  const waitAsSaid = (subject: Subject) =>
    wait(millisecondsOf(valueOf(duration, subject.variables)), subject);
  return {
    name: "delay",
    apply(subject) {
      return needsBody ? subject.body().then(() => waitAsSaid(subject)) : waitAsSaid(subject);
    },
  };
}

/** A number is of milliseconds; what is neither that nor a duration is no delay. */
function millisecondsOf(value: unknown): number {
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  if (typeof value === "string") return parseDurationMs(value) ?? 0;
  if (!isMapping(value)) return 0;
  const { seconds = 0, nanos = 0 } = value;
  return Number(seconds) * 1_000 + Number(nanos) / 1e6;
}
