import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { CelError } from "../expression.ts";
import { CelObject, MapObject } from "../values/cel_object.ts";
import { HeaderMap } from "../values/header_map.ts";
import { Timestamp } from "../values/timestamp.ts";

/** What keys may be; a double that is whole is the same key as the int. */
export type Key = string | bigint | boolean;

/** A map in an expression: one of its own making, data from outside, or an object that is one. */
export type CelMap = ReadonlyMap<unknown, unknown> | Mapping | MapObject;

/** The type of a value as messages name it. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case "bigint":
      return "int";
    case "number":
      return "double";
    case "boolean":
      return "bool";
    case "string":
      return "string";
    default:
      if (value === null) return "null";
      if (value instanceof CelObject) return value.type;
      if (value instanceof Uint8Array) return "bytes";
      return Array.isArray(value) ? "list" : "map";
  }
}

/** Whether a value is a map of any kind. */
export function isMap(value: unknown): value is CelMap {
  return value instanceof Map || value instanceof MapObject || isPlainObject(value);
}

/** Whether a value is an object as JSON makes them, so that no member is inherited. */
export function isPlainObject(value: unknown): value is Mapping {
  if (!isMapping(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * A value from outside as expressions take it; undefined, which is no value, where it is missing.
 */
export function adopt(value: unknown): unknown {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
    case "bigint":
      return value;
    case "object":
      return value === null || isKnown(value) ? value : adoptObject(value);
    default:
      return undefined;
  }
}

function isKnown(value: object): boolean {
  return Array.isArray(value) || isMap(value) || value instanceof CelObject ||
    value instanceof Uint8Array;
}

function adoptObject(value: object): unknown {
  if (value instanceof Date) {
    const timestamp = Timestamp.ofMs(value.getTime());
    if (timestamp !== undefined) return timestamp;
  }
  if (value instanceof Headers) return new HeaderMap(value);
  throw new CelError("a variable holds what expressions know no type for");
}

/** What a map or list holds at a key; undefined where it holds nothing. */
export function memberOf(container: unknown, key: unknown): unknown {
  if (Array.isArray(container)) return elementAt(container, key);
  if (container instanceof MapObject) {
    return typeof key === "string" ? container.get(key) : undefined;
  }
  if (container instanceof Map) return adopt(container.get(keyOf(key)));
  if (!isPlainObject(container) || typeof key !== "string") return undefined;
  return Object.hasOwn(container, key) ? adopt(container[key]) : undefined;
}

function elementAt(list: readonly unknown[], key: unknown): unknown {
  const index = typeof key === "bigint" ? Number(key) : key;
  return typeof index === "number" && Number.isInteger(index) ? adopt(list[index]) : undefined;
}

/** A value as a key of a map; undefined where it can be none. */
export function keyOf(value: unknown): Key | undefined {
  switch (typeof value) {
    case "string":
    case "bigint":
    case "boolean":
      return value;
    case "number":
      return Number.isInteger(value) ? BigInt(value) : undefined;
    default:
      return undefined;
  }
}

/** The keys of a map. */
export function keysOf(map: CelMap): Key[] {
  if (map instanceof MapObject) return map.keys();
  if (!(map instanceof Map)) return Object.keys(map);
  return [...map.keys()].flatMap((key) => keyOf(key) ?? []);
}
