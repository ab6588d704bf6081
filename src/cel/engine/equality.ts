import { CelError } from "../expression.ts";
import { CelObject, MapObject } from "../values/cel_object.ts";
import { Redacted } from "../values/redacted.ts";
import { type Frame, spend, spendOn } from "./frame.ts";
import { adopt, type CelMap, isMap, keyOf, keysOf, memberOf } from "./kinds.ts";

/** Whether values are the same; values of different types are not, numbers of any type may be. */
export function equal(left: unknown, right: unknown, frame: Frame): boolean {
  if (left === right) return true;
  if (left instanceof Redacted || right instanceof Redacted) {
    throw new CelError("a redacted value is compared by its unredacted() only");
  }
  switch (typeof left) {
    case "string":
      if (typeof right === "string") spendOn(frame, left);
      return false;
    case "number":
    case "bigint":
      return isNumber(right) && sameNumber(left, right);
    case "object":
      return typeof right === "object" && left !== null && right !== null &&
        equalObjects(left, right, frame);
    default:
      return false;
  }
}

/** Whether a list holds a value, or a map a key. */
export function isIn(value: unknown, container: unknown, frame: Frame): boolean {
  if (isMap(container)) return memberOf(container, keyOf(value) ?? value) !== undefined;
  if (!Array.isArray(container)) throw new CelError("`in` looks in lists and maps only");
  return container.some((item) => {
    spend(frame, 1);
    return equal(value, adopt(item), frame);
  });
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Orders compare an int and a double by what they stand for; `===` would not. */
function sameNumber(left: number | bigint, right: number | bigint): boolean {
  return left <= right && left >= right;
}

function equalObjects(left: object, right: object, frame: Frame): boolean {
  spend(frame, 1);
  if (left instanceof Uint8Array) {
    return right instanceof Uint8Array && equalBytes(left, right, frame);
  }
  if (Array.isArray(left)) {
    spend(frame, left.length >> 2);
    return Array.isArray(right) && left.length === right.length &&
      left.every((item, index) => equal(adopt(item), adopt(right[index]), frame));
  }
  if (isMap(left)) return isMap(right) && equalMaps(left, right, frame);
  return left instanceof CelObject && right instanceof CelObject &&
    !(right instanceof MapObject) && left.equals(right);
}

function equalBytes(left: Uint8Array, right: Uint8Array, frame: Frame): boolean {
  spend(frame, left.length >> 4);
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

function equalMaps(left: CelMap, right: CelMap, frame: Frame): boolean {
  const keys = keysOf(left);
  spend(frame, keys.length);
  return keys.length === keysOf(right).length && keys.every((key) => {
    const other = memberOf(right, key);
    return other !== undefined && equal(memberOf(left, key), other, frame);
  });
}
