import { CelError } from "../expression.ts";
import { Duration } from "../values/duration.ts";
import { REDACTED, Redacted } from "../values/redacted.ts";
import { Timestamp } from "../values/timestamp.ts";
import { type Frame, spend, spendOn, spendOnMaking } from "./frame.ts";
import { typeName } from "./kinds.ts";

/** Ints have 64 bits, signed or unsigned. */
const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 64n - 1n;

/** An int that fits; throws where it does not. */
export function checkedInt(value: bigint): bigint {
  if (value < INT_MIN || value > INT_MAX) throw new CelError("a whole number is too large");
  return value;
}

/** `+`: sums, and texts, lists and bytes put together. */
export function add(left: unknown, right: unknown, frame: Frame): unknown {
  if (isNumber(left) && isNumber(right)) return arithmetic("+", left, right);
  const text = shown(left);
  const more = shown(right);
  if (typeof text === "string" && typeof more === "string") {
    spendOnMaking(frame, text.length + more.length);
    return text + more;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    spend(frame, (left.length + right.length) >> 3);
    return [...left, ...right];
  }
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    spendOnMaking(frame, left.length + right.length);
    const joined = new Uint8Array(left.length + right.length);
    joined.set(left);
    joined.set(right, left.length);
    return joined;
  }
  return addTimes(left, right) ?? noOperator("+", left, right);
}

/** `-`, of numbers and times. */
export function subtract(left: unknown, right: unknown): unknown {
  if (isNumber(left) && isNumber(right)) return arithmetic("-", left, right);
  if (left instanceof Timestamp && right instanceof Timestamp) {
    return new Duration(left.epochNanos - right.epochNanos);
  }
  if (right instanceof Duration) {
    return addTimes(left, new Duration(-right.nanos)) ?? noOperator("-", left, right);
  }
  return noOperator("-", left, right);
}

/** `*`, `/` and `%`; of two ints the result is an int. */
export function calculate(operator: "*" | "/" | "%", left: unknown, right: unknown): unknown {
  if (isNumber(left) && isNumber(right)) return arithmetic(operator, left, right);
  return noOperator(operator, left, right);
}

/** The unary `-`. */
export function negate(value: unknown): unknown {
  if (typeof value === "bigint") return checkedInt(-value);
  if (typeof value === "number") return -value;
  if (value instanceof Duration) return new Duration(-value.nanos);
  throw new CelError(`- is not for ${typeName(value)}`);
}

/** Whether the first value comes before the second: below 0, 0 where neither does, or above. */
export function order(left: unknown, right: unknown, frame: Frame): number {
  if (isNumber(left) && isNumber(right)) return orderNumbers(left, right);
  if (typeof left === "string" && typeof right === "string") {
    spendOn(frame, left);
    return left < right ? -1 : Number(left > right);
  }
  if (typeof left === "boolean" && typeof right === "boolean") return Number(left) - Number(right);
  if (left instanceof Duration && right instanceof Duration) {
    return Number(left.nanos > right.nanos) - Number(left.nanos < right.nanos);
  }
  if (left instanceof Timestamp && right instanceof Timestamp) {
    return Number(left.epochNanos > right.epochNanos) - Number(left.epochNanos < right.epochNanos);
  }
  throw new CelError(`${typeName(left)} and ${typeName(right)} have no order`);
}

/** What is no number is neither below, above nor the same as any. */
function orderNumbers(left: number | bigint, right: number | bigint): number {
  if (left < right) return -1;
  if (left > right) return 1;
  return left <= right ? 0 : NaN;
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

type Operator = "+" | "-" | "*" | "/" | "%";

function arithmetic(operator: Operator, left: number | bigint, right: number | bigint) {
  if (typeof left === "bigint" && typeof right === "bigint") {
    return checkedInt(ofInts(operator, left, right));
  }
  return ofDoubles(operator, Number(left), Number(right));
}

function ofInts(operator: Operator, left: bigint, right: bigint): bigint {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / divisor(right);
    case "%":
      return left % divisor(right);
  }
}

function divisor(value: bigint): bigint {
  if (value === 0n) throw new CelError("division by zero");
  return value;
}

function ofDoubles(operator: Operator, left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      if (right === 0) throw new CelError("division by zero");
      return left % right;
  }
}

function addTimes(left: unknown, right: unknown): Duration | Timestamp | undefined {
  if (left instanceof Duration && right instanceof Duration) {
    return new Duration(left.nanos + right.nanos);
  }
  if (left instanceof Duration && right instanceof Timestamp) return addTimes(right, left);
  if (!(left instanceof Timestamp) || !(right instanceof Duration)) return undefined;
  const sum = Timestamp.ofNanos(left.epochNanos + right.nanos);
  if (sum === undefined) throw new CelError("the instant is outside the years 1 to 9999");
  return sum;
}

function shown(value: unknown): unknown {
  return value instanceof Redacted ? REDACTED : value;
}

function noOperator(operator: Operator, left: unknown, right: unknown): never {
  throw new CelError(`${operator} is not for ${typeName(left)} and ${typeName(right)}`);
}
