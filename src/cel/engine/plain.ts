import { CelError } from "../expression.ts";
import { CelObject } from "../values/cel_object.ts";
import { type Frame, spend, spendOnMaking } from "./frame.ts";
import { adopt, isMap, keysOf, memberOf } from "./kinds.ts";

/**
 * A value as JSON-like data of its own: whole numbers are numbers, secrets are redacted.
 *
 * Bytes stay bytes where they are the whole value, and are Base64 within lists and maps.
 */
export function plain(value: unknown, frame: Frame): unknown {
  return value instanceof Uint8Array ? value : plainMember(value, frame);
}

/** The same for a value within another, where bytes are Base64. */
export function plainMember(value: unknown, frame: Frame): unknown {
  switch (typeof value) {
    case "string":
      // What is held once may be written out many times.
      spendOnMaking(frame, value.length);
      return value;
    case "bigint":
      return Number(value);
    case "object":
      return value === null ? null : plainObject(value, frame);
    default:
      return value;
  }
}

function plainObject(value: object, frame: Frame): unknown {
  spend(frame, 1);
  if (value instanceof Uint8Array) return base64(value, frame);
  if (Array.isArray(value)) {
    spend(frame, value.length);
    return value.map((item) => plainMember(adopt(item) ?? null, frame));
  }
  if (isMap(value)) return Object.fromEntries(plainEntries(value, frame));
  if (value instanceof CelObject) return value.plain();
  throw new CelError("a variable holds what expressions know no type for");
}

function plainEntries(map: object, frame: Frame): [string, unknown][] {
  if (!isMap(map)) return [];
  return keysOf(map).flatMap((key): [string, unknown][] => {
    spend(frame, 1);
    const value = memberOf(map, key);
    return value === undefined ? [] : [[String(key), plainMember(value, frame)]];
  });
}

function base64(bytes: Uint8Array, frame: Frame): string {
  spendOnMaking(frame, bytes.length);
  let binary = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(binary);
}
