import type { JsonEdits } from "./json_edit.ts";

/** The keys and indexes that lead to a value inside a JSON object. */
export type JsonPath = readonly (string | number)[];

/** A value to put where a path leads. */
export interface PathEdit {
  readonly path: JsonPath;
  readonly value: unknown;
}

/**
 * The edits of top-level members that put values where paths lead; what is on no path is shared
 * with the object, which stays as it is. A path that leads nowhere changes nothing, nor does a
 * value that is there already.
 */
export function editPaths(
  object: Readonly<Record<string, unknown>>,
  edits: readonly PathEdit[],
): JsonEdits {
  const copies = new Set<object>();
  const changed = edits.reduce<unknown>(
    (whole, { path, value }) => put(whole, path, value, copies),
    object,
  );
  if (changed === object || !isRecord(changed)) return {};
  const entries = Object.entries(changed).filter(([key, value]) => value !== object[key]);
  return { set: Object.fromEntries(entries) };
}

/** The value where a path leads; undefined where it leads nowhere. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  return path.reduce((inner, key) => has(inner, key) ? inner[key] : undefined, value);
}

/** A copy with the value in its place; a copy that was made for an earlier edit is used again. */
function put(whole: unknown, [key, ...rest]: JsonPath, value: unknown, copies: Set<object>) {
  if (key === undefined) return value;
  if (!has(whole, key)) return whole;
  const inner: unknown = put(whole[key], rest, value, copies);
  if (inner === whole[key]) return whole;
  const copy = copies.has(whole) ? whole : Array.isArray(whole) ? [...whole] : { ...whole };
  copies.add(copy);
  Object.defineProperty(copy, key, {
    value: inner,
    enumerable: true,
    writable: true,
    configurable: true,
  });
  return copy;
}

type Container = object & Readonly<Record<string | number, unknown>>;

function has(value: unknown, key: string | number): value is Container {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) &&
    Array.isArray(value) === (typeof key === "number");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
