import { RE2JS } from "re2js";

/** A text that matches a regular expression and fits; undefined where none is found. */
export function samplePattern(
  pattern: string,
  fits: (text: string) => boolean,
): string | undefined {
  if (pattern.length > PATTERN_LENGTH_MAX) return undefined;
  try {
    const regex = RE2JS.compile(pattern);
    for (const extra of EXTRA_REPEATS) {
      const text = alternation({ pattern, extra, at: 0 });
      if (fits(text) && regex.test(text)) return text;
    }
  } catch {
    return undefined;
  }
}

const PATTERN_LENGTH_MAX = 1000;
const TEXT_LENGTH_MAX = 10_000;

/** How often an open repetition (`*`, `+`, `{2,}`) is repeated beyond what it demands. */
const EXTRA_REPEATS = [0, 1, 3, 7, 15, 31, 63];

/** Walks a pattern from left to right, taking the first way through it. */
interface Cursor {
  readonly pattern: string;
  readonly extra: number;
  at: number;
}

function alternation(cursor: Cursor): string {
  const first = sequence(cursor);
  while (take(cursor, "|")) sequence(cursor);
  return first;
}

function sequence(cursor: Cursor): string {
  let text = "";
  while (cursor.at < cursor.pattern.length && !/[|)]/.test(cursor.pattern.charAt(cursor.at))) {
    const one = atom(cursor);
    const count = repeats(cursor);
    if (text.length + one.length * count > TEXT_LENGTH_MAX) throw new RangeError("too long");
    text += one.repeat(count);
  }
  return text;
}

function atom(cursor: Cursor): string {
  if (take(cursor, "(")) {
    if (take(cursor, "?")) skip(cursor, /^(?::|P?<\w+>|[a-z]+:)/);
    const text = alternation(cursor);
    skip(cursor, /^\)/);
    return text;
  }
  if (take(cursor, "^") || take(cursor, "$") || take(cursor, "\\b")) return "";
  return characterOf(skip(cursor, ELEMENT));
}

/** A class, an escape or a character. */
const ELEMENT =
  /^(?:\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\\[pP]\{\w+\}|\\x[\da-fA-F]{2}|\\.|[^[\\])/su;

function repeats(cursor: Cursor): number {
  const [all = "", range, min = "", open, max] =
    /^(?:[*+?]|(\{(\d+)(?:(,)(\d*))?\}))/.exec(cursor.pattern.slice(cursor.at)) ?? [];
  cursor.at += all.length;
  if (all === "") return 1;
  take(cursor, "?");
  if (range === undefined) {
    return all === "?" ? Math.min(cursor.extra, 1) : cursor.extra + (all === "+" ? 1 : 0);
  }
  if (open === undefined) return Number(min);
  return Math.min(Number(min) + cursor.extra, max === "" ? Infinity : Number(max));
}

function take(cursor: Cursor, text: string): boolean {
  if (!cursor.pattern.startsWith(text, cursor.at)) return false;
  cursor.at += text.length;
  return true;
}

function skip(cursor: Cursor, part: RegExp): string {
  const [text] = part.exec(cursor.pattern.slice(cursor.at)) ?? [];
  if (text === undefined) throw new RangeError(`cannot sample ${cursor.pattern}`);
  cursor.at += text.length;
  return text;
}

/** The first character that one element of a pattern (`a`, `\d`, `[^x]`, `.`) matches. */
function characterOf(element: string): string {
  if (!/^[\\[.]/.test(element)) return element;
  const regex = RE2JS.compile(`^${element}$`);
  const found = CANDIDATES.find((character) => regex.test(character));
  if (found === undefined) throw new RangeError(`cannot sample ${element}`);
  return found;
}

const CANDIDATES: readonly string[] = [
  ..."a0A-_ \t\n",
  ...Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)),
];
