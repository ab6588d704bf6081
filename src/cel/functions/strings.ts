import { CelError } from "../expression.ts";
import { type Frame, spend, spendOnMaking } from "../engine/frame.ts";
import { adopt } from "../engine/kinds.ts";
import {
  binary,
  count,
  type FunctionTable,
  list,
  type Overload,
  ternary,
  text,
  unary,
} from "../engine/signature.ts";

/** Functions of texts; places in a text are counted in code points, from 0. */
export const strings: FunctionTable = {
  functions: {},
  methods: {
    startsWith: [binary(text, text, (whole, start) => whole.startsWith(start))],
    endsWith: [binary(text, text, (whole, end) => whole.endsWith(end))],
    charAt: [binary(text, count, charAt)],
    indexOf: [
      binary(text, text, (whole, part, frame) => indexOf(whole, part, 0, frame)),
      ternary(text, text, count, indexOf),
    ],
    lastIndexOf: [
      binary(text, text, (whole, part, frame) => lastIndexOf(whole, part, Infinity, frame)),
      ternary(text, text, count, lastIndexOf),
    ],
    join: [
      unary(list, (items, frame) => join(items, "", frame)),
      binary(list, text, join),
    ],
    lowerAscii: [unary(text, (given, frame) => changeCase(given, /[A-Z]+/g, lower, frame))],
    upperAscii: [unary(text, (given, frame) => changeCase(given, /[a-z]+/g, upper, frame))],
    trim: [unary(text, (given) => given.trim())],
    replace: [
      ternary(text, text, text, (given, old, put, frame) => replace(given, old, put, -1, frame)),
      replaceSome(),
    ],
    split: [
      binary(text, text, (given, separator) => split(given, separator, -1)),
      ternary(text, text, count, split),
    ],
    substring: [
      binary(text, count, (given, start, frame) => substring(given, start, Infinity, frame)),
      ternary(text, count, count, substring),
    ],
    stripPrefix: [
      binary(text, text, (given, start) => {
        return given.startsWith(start) ? given.slice(start.length) : given;
      }),
    ],
    stripSuffix: [
      binary(text, text, (given, end) => {
        return given.endsWith(end) ? given.slice(0, given.length - end.length) : given;
      }),
    ],
  },
};

function charAt(whole: string, index: number, frame: Frame): string {
  const points = pointsOf(whole, frame);
  if (index < 0 || index > points.length) throw outside();
  return points[index] ?? "";
}

function indexOf(whole: string, part: string, from: number, frame: Frame): bigint {
  spend(frame, whole.length >> 4);
  const points = pointsOf(whole, frame);
  if (from < 0 || from > points.length) throw outside();
  return placeOf(whole, whole.indexOf(part, unitsBefore(points, from)), frame);
}

function lastIndexOf(whole: string, part: string, until: number, frame: Frame): bigint {
  if (until < 0) throw outside();
  spend(frame, whole.length >> 4);
  const start = until === Infinity ? until : unitsBefore(pointsOf(whole, frame), until);
  return placeOf(whole, whole.lastIndexOf(part, start), frame);
}

function substring(given: string, start: number, end: number, frame: Frame): string {
  const points = pointsOf(given, frame);
  const last = end === Infinity ? points.length : end;
  if (start < 0 || last > points.length || start > last) throw outside();
  return typeof points === "string"
    ? points.slice(start, last)
    : points.slice(start, last).join("");
}

/** The code points of a text: the text itself, where each is one unit of UTF-16. */
function pointsOf(whole: string, frame: Frame): string | readonly string[] {
  if (!/[\ud800-\udfff]/.test(whole)) return whole;
  spend(frame, whole.length >> 1);
  return [...whole];
}

function unitsBefore(points: string | readonly string[], place: number): number {
  return typeof points === "string" ? place : points.slice(0, place).join("").length;
}

function placeOf(whole: string, unit: number, frame: Frame): bigint {
  return BigInt(unit < 0 ? -1 : pointsOf(whole.slice(0, unit), frame).length);
}

function changeCase(
  given: string,
  letters: RegExp,
  change: (run: string) => string,
  frame: Frame,
): string {
  spend(frame, given.length >> 1);
  return given.replace(letters, change);
}

function lower(run: string): string {
  return run.toLowerCase();
}

function upper(run: string): string {
  return run.toUpperCase();
}

function outside(): CelError {
  return new CelError("the place is outside the text");
}

function join(items: readonly unknown[], separator: string, frame: Frame): string {
  const texts = items.map((item) => {
    const given = text(adopt(item));
    if (given === undefined) throw new CelError("join() is for lists of texts only");
    spend(frame, 1);
    spendOnMaking(frame, given.length + separator.length);
    return given;
  });
  return texts.join(separator);
}

function replaceSome(): Overload {
  return {
    arityMin: 4,
    arityMax: 4,
    call([given, old, put, limit], frame) {
      const texts = [text(given), text(old), text(put)];
      const most = count(limit);
      const [whole, part, other] = texts;
      if (whole === undefined || part === undefined || other === undefined) return undefined;
      return most === undefined ? undefined : replace(whole, part, other, most, frame);
    },
  };
}

/** Replaces up to `most` places, all of them where it is negative. */
function replace(given: string, old: string, put: string, most: number, frame: Frame): string {
  // The empty text is found before every code point and at the end.
  const parts = old === "" ? ["", ...given, ""] : given.split(old);
  const places = most < 0 ? parts.length - 1 : Math.min(most, parts.length - 1);
  spend(frame, parts.length);
  spendOnMaking(frame, given.length + places * put.length);
  const head = parts.slice(0, places + 1).join(put);
  const kept = parts.slice(places + 1);
  return kept.length === 0 ? head : head + old + kept.join(old);
}

/** Splits into up to `most` parts, as many as there are where it is negative. */
function split(given: string, separator: string, most: number): string[] {
  if (most === 0) return [];
  const parts = separator === "" ? [...given] : given.split(separator);
  if (most < 0 || parts.length <= most) return parts;
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)];
}
