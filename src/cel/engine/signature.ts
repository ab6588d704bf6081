import { CelError } from "../expression.ts";
import { REDACTED, Redacted } from "../values/redacted.ts";
import { type Frame, spend, spendOn } from "./frame.ts";
import { type CelMap, isMap, typeName } from "./kinds.ts";

/** Functions by name, and methods by name; those of a namespace are functions: `math.abs`. */
export interface FunctionTable {
  readonly functions: Readonly<Record<string, readonly Overload[]>>;
  readonly methods: Readonly<Record<string, readonly Overload[]>>;
}

/** One way to call a function; of a method the receiver is the first argument. */
export interface Overload {
  readonly arityMin: number;
  readonly arityMax: number;
  /** The value; undefined where the arguments are of other types. */
  call(args: readonly unknown[], frame: Frame): unknown;
}

/** Takes an argument of one type; undefined where it is of another. */
export type Reader<Type> = (value: unknown) => Type | undefined;

/** How many arguments a call may have at most. */
export const ARGUMENTS_MAX = 32;

/** A function of nothing. */
export function nullary(call: (frame: Frame) => unknown): Overload {
  return { arityMin: 0, arityMax: 0, call: (_args, frame) => call(frame) };
}

/** A function of one argument. */
export function unary<A>(read: Reader<A>, call: (a: A, frame: Frame) => unknown): Overload {
  return {
    arityMin: 1,
    arityMax: 1,
    call(args, frame) {
      const a = read(args[0]);
      return a === undefined ? undefined : call(a, frame);
    },
  };
}

/** A function of two arguments. */
export function binary<A, B>(
  readA: Reader<A>,
  readB: Reader<B>,
  call: (a: A, b: B, frame: Frame) => unknown,
): Overload {
  return {
    arityMin: 2,
    arityMax: 2,
    call(args, frame) {
      const a = readA(args[0]);
      const b = readB(args[1]);
      return a === undefined || b === undefined ? undefined : call(a, b, frame);
    },
  };
}

/** A function of three arguments. */
export function ternary<A, B, C>(
  readA: Reader<A>,
  readB: Reader<B>,
  readC: Reader<C>,
  call: (a: A, b: B, c: C, frame: Frame) => unknown,
): Overload {
  return {
    arityMin: 3,
    arityMax: 3,
    call(args, frame) {
      const a = readA(args[0]);
      const b = readB(args[1]);
      const c = readC(args[2]);
      if (a === undefined || b === undefined || c === undefined) return undefined;
      return call(a, b, c, frame);
    },
  };
}

/** A function of any number of arguments, at least one, all of one type. */
export function variadic<A>(
  read: Reader<A>,
  call: (all: readonly A[], frame: Frame) => unknown,
): Overload {
  return {
    arityMin: 1,
    arityMax: ARGUMENTS_MAX,
    call(args, frame) {
      const all = args.flatMap((arg) => {
        const value = read(arg);
        return value === undefined ? [] : [value];
      });
      return all.length === args.length ? call(all, frame) : undefined;
    },
  };
}

/** Calls the first of several ways that takes the arguments. */
export function callOverload(
  name: string,
  overloads: readonly Overload[],
  args: readonly unknown[],
  frame: Frame,
): unknown {
  spend(frame, 1);
  for (const arg of args) spendOn(frame, arg);
  for (const overload of overloads) {
    if (args.length < overload.arityMin || args.length > overload.arityMax) continue;
    const value = overload.call(args, frame);
    if (value === undefined) continue;
    spendOn(frame, value);
    return value;
  }
  throw new CelError(`${name}() is not for ${args.map(typeName).join(", ") || "nothing"}`);
}

/** Any value. */
export const any: Reader<unknown> = (value) => value;

/** Text; a secret shows as what it is redacted to. */
export const text: Reader<string> = (value) => {
  if (typeof value === "string") return value;
  return value instanceof Redacted ? REDACTED : undefined;
};

/** A whole number. */
export const int: Reader<bigint> = (value) => {
  if (typeof value === "bigint") return value;
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : undefined;
};

/** A whole number that stands for a place or a count. */
export const count: Reader<number> = (value) => {
  const whole = int(value);
  return whole === undefined ? undefined : Number(whole);
};

/** A number of either type. */
export const number: Reader<number | bigint> = (value) =>
  typeof value === "number" || typeof value === "bigint" ? value : undefined;

/** True or false. */
export const bool: Reader<boolean> = (value) => typeof value === "boolean" ? value : undefined;

/** Bytes. */
export const bytes: Reader<Uint8Array> = (value) => value instanceof Uint8Array ? value : undefined;

/** A list; its elements are as they came. */
export const list: Reader<readonly unknown[]> = (value) => Array.isArray(value) ? value : undefined;

/** A map of any kind. */
export const map: Reader<CelMap> = (value) => isMap(value) ? value : undefined;
