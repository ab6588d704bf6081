import { isIn } from "../engine/equality.ts";
import { type Frame, spend } from "../engine/frame.ts";
import { adopt, type CelMap, isMap, keysOf, memberOf } from "../engine/kinds.ts";
import {
  any,
  binary,
  bytes,
  type FunctionTable,
  list,
  map,
  type Overload,
  text,
  unary,
} from "../engine/signature.ts";
import { extreme } from "./numbers.ts";

const size: readonly Overload[] = [
  unary(text, (given, frame) => BigInt(codePoints(given, frame))),
  unary(bytes, (given) => BigInt(given.length)),
  unary(list, (given) => BigInt(given.length)),
  unary(map, (given) => BigInt(keysOf(given).length)),
];

/** Functions of lists and maps, and of what has a size or holds something. */
export const collections: FunctionTable = {
  functions: {
    size,
    max: extreme(1),
    min: extreme(-1),
    flatten: [unary(map, entries), unary(list, indexed)],
    flattenRecursive: [unary(map, flattenAll), unary(list, flattenAll)],
  },
  methods: {
    size,
    contains: [
      binary(text, text, (whole, part, frame) => {
        spend(frame, whole.length >> 4);
        return whole.includes(part);
      }),
      binary(list, any, (items, item, frame) => isIn(item, items, frame)),
      binary(map, any, (whole, key, frame) => isIn(key, whole, frame)),
    ],
    max: extreme(1),
    min: extreme(-1),
    merge: [binary(map, map, merge)],
  },
};

function codePoints(given: string, frame: Frame): number {
  if (!/[\ud800-\udfff]/.test(given)) return given.length;
  spend(frame, given.length >> 1);
  return [...given].length;
}

/** The members of both; of those under the same key, the one on the right. */
function merge(left: CelMap, right: CelMap, frame: Frame): ReadonlyMap<unknown, unknown> {
  return new Map([...entries(left, frame), ...entries(right, frame)]);
}

function entries(given: CelMap, frame: Frame): Map<unknown, unknown> {
  const keys = keysOf(given);
  spend(frame, keys.length);
  return new Map(keys.flatMap((key) => {
    const value = memberOf(given, key);
    return value === undefined ? [] : [[key, value] as const];
  }));
}

function indexed(given: readonly unknown[], frame: Frame): Map<unknown, unknown> {
  spend(frame, given.length);
  return new Map(given.map((item, index) => [String(index), adopt(item) ?? null]));
}

/** Every value that is no map and no list, under its path: `a.b`, `a.0`. */
function flattenAll(given: CelMap | readonly unknown[], frame: Frame): Map<string, unknown> {
  const found = new Map<string, unknown>();
  function visit(prefix: string, value: unknown): void {
    spend(frame, 8 + (prefix.length >> 5));
    const members = membersOf(value, frame);
    if (members === undefined) found.set(prefix, value);
    for (const [key, member] of members ?? []) {
      visit(prefix === "" ? `${key}` : `${prefix}.${key}`, member);
    }
  }
  visit("", given);
  return found;
}

function membersOf(value: unknown, frame: Frame): Map<unknown, unknown> | undefined {
  if (Array.isArray(value)) return indexed(value, frame);
  return isMap(value) ? entries(value, frame) : undefined;
}
