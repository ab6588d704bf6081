import { CelError } from "../expression.ts";
import { checkedInt, order } from "../engine/operators.ts";
import {
  any,
  binary,
  type FunctionTable,
  int,
  list,
  number,
  type Overload,
  type Reader,
  unary,
  variadic,
} from "../engine/signature.ts";
import type { Frame } from "../engine/frame.ts";
import { adopt } from "../engine/kinds.ts";

const WORD_MASK = 2n ** 64n - 1n;

const double: Reader<number> = (value) => {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
};

/** Functions of numbers. */
export const numbers: FunctionTable = {
  functions: {
    "math.greatest": extreme(1),
    "math.least": extreme(-1),
    "math.ceil": rounding(Math.ceil),
    "math.floor": rounding(Math.floor),
    "math.round": rounding(roundFromZero),
    "math.trunc": rounding(Math.trunc),
    "math.abs": [unary(number, (given) => given < 0 ? absolute(given) : given)],
    "math.sign": [unary(number, sign)],
    "math.sqrt": [unary(double, Math.sqrt)],
    "math.isNaN": [unary(double, Number.isNaN)],
    "math.isInf": [unary(double, (given) => Math.abs(given) === Infinity)],
    "math.isFinite": [unary(double, Number.isFinite)],
    "math.bitAnd": [binary(int, int, (left, right) => left & right)],
    "math.bitOr": [binary(int, int, (left, right) => left | right)],
    "math.bitXor": [binary(int, int, (left, right) => left ^ right)],
    "math.bitNot": [unary(int, (given) => ~given)],
    "math.bitShiftLeft": [binary(int, int, shiftLeft)],
    "math.bitShiftRight": [binary(int, int, shiftRight)],
  },
  methods: {},
};

/** The largest, or the smallest, of its arguments or of a list. */
export function extreme(sign: 1 | -1): readonly Overload[] {
  return [
    unary(list, (items, frame) => best(items.map(adopt), sign, frame)),
    variadic(any, (items, frame) => best(items, sign, frame)),
  ];
}

function best(items: readonly unknown[], sign: 1 | -1, frame: Frame): unknown {
  const [first, ...others] = items;
  if (first === undefined) throw new CelError("an empty list has no largest and no smallest");
  return others.reduce((found, item) => order(item, found, frame) * sign > 0 ? item : found, first);
}

/** Whole numbers stay what they are. */
function rounding(round: (given: number) => number): readonly Overload[] {
  return [unary(number, (given) => typeof given === "bigint" ? given : round(given))];
}

/** A half is rounded away from 0. */
function roundFromZero(given: number): number {
  return Math.sign(given) * Math.round(Math.abs(given));
}

function absolute(given: number | bigint): number | bigint {
  return typeof given === "bigint" ? checkedInt(-given) : -given;
}

function sign(given: number | bigint): number | bigint {
  if (typeof given === "number") return Math.sign(given);
  return given > 0n ? 1n : given < 0n ? -1n : 0n;
}

function shiftLeft(given: bigint, places: bigint): bigint {
  if (places < 0n) throw new CelError("a number is shifted by at least 0 places");
  return places > 63n ? 0n : BigInt.asIntN(64, given << places);
}

/** As of 64 bits without a sign. */
function shiftRight(given: bigint, places: bigint): bigint {
  if (places < 0n) throw new CelError("a number is shifted by at least 0 places");
  return places > 63n ? 0n : BigInt.asIntN(64, (given & WORD_MASK) >> places);
}
