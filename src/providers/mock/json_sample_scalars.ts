import { RE2JS } from "re2js";
import type { JsonObject } from "../../apis/api.ts";
import { numberOf } from "./json.ts";
import { samplePattern } from "./pattern_sample.ts";

/** A number that a schema allows: 1 or the nearest to it. */
export function sampleNumber(schema: JsonObject, whole: boolean, ordinal: number): number {
  const above = numberOf(schema.exclusiveMinimum) ?? -Infinity;
  const below = numberOf(schema.exclusiveMaximum) ?? Infinity;
  const low = Math.max(numberOf(schema.minimum) ?? -Infinity, above);
  const high = Math.min(numberOf(schema.maximum) ?? Infinity, below);
  const multiple = numberOf(schema.multipleOf) ?? 0;
  const step = multiple > 0 ? multiple : 1;
  const inside = (value: number) =>
    value >= low && value <= high && value !== above && value !== below;
  const near = Math.min(Math.max(1, low), high);
  const up = Math.ceil(near / step) * step;
  const down = Math.floor(near / step) * step;
  const steps = [up, up + step, down, down - step].filter(inside);
  const first = steps[0] ?? (whole ? near : between(low, high));
  const wanted = first + ordinal * step;
  return ordinal > 0 && inside(wanted) ? wanted : first;
}

function between(low: number, high: number): number {
  if (Number.isFinite(low) && Number.isFinite(high)) return low + (high - low) / 2;
  return Number.isFinite(low) ? low + 1 : high - 1;
}

/** A string that a schema allows: its format's example, one for its pattern, or its name. */
export function sampleString(schema: JsonObject, name: string, ordinal: number): string {
  const lengthMin = Math.min(numberOf(schema.minLength) ?? 0, LENGTH_MAX);
  const lengthMax = numberOf(schema.maxLength) ?? Infinity;
  const fits = (text: string) => text.length >= lengthMin && text.length <= lengthMax;
  const example = typeof schema.format === "string" ? FORMATS.get(schema.format) : undefined;
  const pattern = typeof schema.pattern === "string" ? schema.pattern : undefined;
  if (example !== undefined && (pattern === undefined || mayMatch(pattern, example))) {
    return example;
  }
  const matching = pattern === undefined ? undefined : samplePattern(pattern, fits);
  if (matching !== undefined) return matching;
  const text = ordinal === 0 ? name : `${name} ${ordinal + 1}`;
  return [...text.padEnd(lengthMin, ".")].slice(0, lengthMax).join("");
}

const LENGTH_MAX = 10_000;

const FORMATS: ReadonlyMap<string, string> = new Map([
  ["date-time", "2024-01-02T03:04:05Z"],
  ["date", "2024-01-02"],
  ["time", "03:04:05Z"],
  ["duration", "P1D"],
  ["email", "user@example.com"],
  ["hostname", "example.com"],
  ["ipv4", "192.0.2.1"],
  ["ipv6", "2001:db8::1"],
  ["uuid", "00000000-0000-4000-8000-000000000000"],
  ["uri", "https://example.com/"],
]);

/** Whether a text matches a pattern; a pattern that RE2 does not know cannot say no. */
function mayMatch(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(pattern).test(text);
  } catch {
    return true;
  }
}
