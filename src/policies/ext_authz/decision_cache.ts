import type { Expression, Variables } from "../../cel/expression.ts";
import { parseDurationMs } from "../../lib/duration.ts";
import { boundedCache } from "../auth/bounded_cache.ts";
import { valueOf } from "../expression_values.ts";
import type { Decision } from "./check.ts";

/** How decisions are remembered. */
export interface CacheSettings {
  readonly key: readonly Expression[];
  /** A length of time, or a point in time. */
  readonly ttl: Expression;
  readonly entriesMax: number;
  epochMs(): number;
}

/** Remembers decisions for requests that are alike. */
export interface DecisionCache {
  /** What tells requests apart; undefined where one of the expressions has no value. */
  keyOf(variables: Variables): string | undefined;
  get(key: string): Decision | undefined;
  /** For as long as the expression says, once the decision has been applied. */
  put(key: string, decision: Decision, variables: Variables): void;
}

/** The longest body of a denial that is worth its memory. */
const BODY_BYTES_MAX = 16 * 1024;

/** An empty cache. */
export function decisionCache({ key, ttl, entriesMax, epochMs }: CacheSettings): DecisionCache {
  const entries = boundedCache<{ readonly decision: Decision; readonly untilMs: number }>(
    entriesMax,
  );
  return {
    keyOf(variables) {
      const values = key.map((expression) => valueOf(expression, variables));
      if (values.some((value) => value === undefined || value === null)) return undefined;
      return JSON.stringify(values.map(shown));
    },
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (epochMs() < entry.untilMs) return entry.decision;
      entries.delete(key);
      return undefined;
    },
    put(key, decision, variables) {
      if (decision.type === "denied" && bodyBytesOf(decision) > BODY_BYTES_MAX) return;
      const nowMs = epochMs();
      const untilMs = endOf(valueOf(ttl, variables), nowMs);
      if (untilMs > nowMs) entries.set(key, { decision, untilMs });
    },
  };
}

/** JSON knows no large integers, and writes bytes as it writes lists. */
function shown(value: unknown): unknown {
  if (typeof value === "bigint") return ["integer", String(value)];
  return value instanceof Uint8Array ? ["bytes", value.toBase64()] : [typeof value, plain(value)];
}

function plain(value: unknown): string {
  return JSON.stringify(value, (_, member) => typeof member === "bigint" ? `${member}` : member);
}

function bodyBytesOf(decision: Decision): number {
  return decision.type === "denied" ? decision.reply?.body?.length ?? 0 : 0;
}

/** Values of CEL's types of time are texts here, as JSON writes them. */
function endOf(value: unknown, nowMs: number): number {
  if (typeof value !== "string") return -Infinity;
  const ms = parseDurationMs(value);
  if (ms !== undefined) return nowMs + ms;
  const instantMs = Date.parse(value);
  return Number.isNaN(instantMs) ? -Infinity : instantMs;
}
