import { CelError } from "../expression.ts";
import { checkedInt } from "../engine/operators.ts";
import {
  any,
  bool,
  bytes,
  type FunctionTable,
  number,
  type Reader,
  text,
  unary,
} from "../engine/signature.ts";
import { CelObject } from "../values/cel_object.ts";
import { Redacted } from "../values/redacted.ts";
import { Timestamp } from "../values/timestamp.ts";

const timestamp: Reader<Timestamp> = (value) => value instanceof Timestamp ? value : undefined;

const redacted: Reader<Redacted> = (value) => value instanceof Redacted ? value : undefined;

/** Conversions between types. */
export const conversions: FunctionTable = {
  functions: {
    string: [unary(any, toText)],
    bytes: [unary(text, (given) => new TextEncoder().encode(given)), unary(bytes, same)],
    bool: [unary(bool, same), unary(text, toBool)],
    int: [
      unary(number, toInt),
      unary(text, (given) => readInt(given, /^[+-]?\d{1,20}$/)),
      unary(timestamp, ({ epochMs }) => BigInt(Math.floor(epochMs / 1000))),
    ],
    uint: [
      unary(number, (given) => unsigned(toInt(given))),
      unary(text, (given) => unsigned(readInt(given, /^\+?\d{1,20}$/))),
    ],
    double: [unary(number, Number), unary(text, toDouble)],
  },
  methods: {
    // Of a text that was never redacted too: an expression may run where either is.
    unredacted: [unary(redacted, (given) => given.unredacted()), unary(text, same)],
  },
};

function same<Value>(value: Value): Value {
  return value;
}

function toText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return decodeUtf8(value);
  if (value instanceof CelObject) return value.text();
  const isScalar = typeof value === "number" || typeof value === "bigint" ||
    typeof value === "boolean";
  return isScalar ? String(value) : undefined;
}

/** The text that bytes are; throws where they are no UTF-8. */
export function decodeUtf8(given: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(given);
  } catch (cause) {
    throw new CelError("the bytes are not text in UTF-8", { cause });
  }
}

function toBool(given: string): boolean {
  if (given === "true" || given === "false") return given === "true";
  throw new CelError("bool() takes the texts true and false only");
}

function toInt(given: number | bigint): bigint {
  if (typeof given === "bigint") return given;
  if (!Number.isFinite(given)) throw new CelError("a number without end is no whole number");
  return checkedInt(BigInt(Math.trunc(given)));
}

function readInt(given: string, form: RegExp): bigint {
  if (!form.test(given)) throw new CelError("the text is no whole number");
  return checkedInt(BigInt(given.replace(/^\+/, "")));
}

function unsigned(given: bigint): bigint {
  if (given < 0n) throw new CelError("uint() takes no number below 0");
  return given;
}

function toDouble(given: string): number {
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(given);
  if (!isNumber) throw new CelError("the text is no number");
  return Number(given);
}
