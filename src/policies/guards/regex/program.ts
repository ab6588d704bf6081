import type { RE2JS } from "re2js";

/** What a character is to `^`, `$` and `\b`. */
export type CharKind = typeof OTHER | typeof WORD | typeof NEWLINE | typeof NONE;

/** A character that means nothing to them. */
export const OTHER = 0;
/** A letter, a digit or `_`, of ASCII only. */
export const WORD = 1;
/** A line feed. */
export const NEWLINE = 2;
/** No character: the beginning or the end of the text. */
export const NONE = 3;

// What an instruction does, in numbers of our own.

/** Goes on at `out`, or else at `second`. */
export const SPLIT = 0;
/** Goes on at `out`. */
export const JUMP = 1;
/** Goes on at `out` if all of `second`, a set of conditions, hold. */
export const ASSERT = 2;
/** Goes on at `out` after a character that it accepts. */
export const CHARACTER = 3;
/** Is the end of a match. */
export const MATCH = 4;
/** Goes nowhere. */
export const FAIL = 5;

/** A regular expression as its engine compiled it: a machine without backtracking. */
export interface Program {
  /** For each instruction what it does, and where it goes. */
  readonly operations: Uint8Array;
  readonly outs: Uint16Array;
  readonly seconds: Uint16Array;
  readonly size: number;
  readonly start: number;
  accepts(instruction: number, rune: number): boolean;
  /** Characters of one class are the same to the program; there are so many classes. */
  readonly classes: number;
  classOf(rune: number): number;
  /** One character of each class. */
  readonly samples: readonly number[];
  /** What each class is to the program's conditions; `OTHER` where none asks. */
  readonly kinds: readonly CharKind[];
  /** What the beginning of the text is to them. */
  readonly kindAtStart: CharKind;
}

/** Instructions that a program may have. */
export const PROGRAM_SIZE_MAX = 10_000;

/** Reads the program of a compiled expression. */
export function programOf(pattern: RE2JS): Program {
  const { prog, dfa } = pattern.re2();
  const raw: readonly EngineInstruction[] = prog.inst;
  if (raw.length > PROGRAM_SIZE_MAX) throw new Error("cannot run a regular expression: too large");
  const operations = Uint8Array.from(raw, ({ op }) => operationOf(op));
  const isAsking = operations.includes(ASSERT);
  const bounds: Int32Array = dfa.classBounds;
  const samples = [0, ...bounds];
  const latin = Uint16Array.from({ length: 256 }, (_, rune) => dfa.runeClass(rune));
  return {
    operations,
    outs: Uint16Array.from(raw, ({ out }) => out),
    seconds: Uint16Array.from(raw, ({ arg }, at) => {
      const operation = operations[at];
      return operation === SPLIT || operation === ASSERT ? arg : 0;
    }),
    size: raw.length,
    start: prog.start,
    accepts: (at, rune) => accepts(raw[at], rune),
    classes: samples.length,
    classOf: (rune) => latin[rune] ?? dfa.runeClass(rune),
    samples,
    kinds: samples.map((sample) => isAsking ? kindOf(sample) : OTHER),
    kindAtStart: isAsking ? NONE : OTHER,
  };
}

/** The conditions that hold between two characters. */
export function conditionsBetween(before: CharKind, after: CharKind): number {
  return (before === NONE ? BEGIN_TEXT | BEGIN_LINE : 0) |
    (before === NEWLINE ? BEGIN_LINE : 0) |
    (after === NONE ? END_TEXT | END_LINE : 0) |
    (after === NEWLINE ? END_LINE : 0) |
    ((before === WORD) === (after === WORD) ? NO_WORD_BOUNDARY : WORD_BOUNDARY);
}

/** What a character is to the conditions. */
export function kindOf(rune: number): CharKind {
  if (rune === 10) return NEWLINE;
  const isWord = (rune >= 48 && rune <= 57) || (rune >= 65 && rune <= 90) || rune === 95 ||
    (rune >= 97 && rune <= 122);
  return isWord ? WORD : OTHER;
}

// The engine's numbers, as in every port of RE2.
const BEGIN_LINE = 1;
const END_LINE = 2;
const BEGIN_TEXT = 4;
const END_TEXT = 8;
const WORD_BOUNDARY = 16;
const NO_WORD_BOUNDARY = 32;

const ANY_RUNE = 10;
const ANY_RUNE_BUT_NEWLINE = 11;

interface EngineInstruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  matchRune(rune: number): boolean;
}

function operationOf(op: number): number {
  const operation = OPERATIONS.get(op);
  if (operation !== undefined) return operation;
  throw new Error(`cannot run a regular expression: unknown instruction ${op}`);
}

const OPERATIONS: ReadonlyMap<number, number> = new Map([
  [1, SPLIT],
  [2, SPLIT],
  [3, JUMP],
  [4, ASSERT],
  [5, FAIL],
  [6, MATCH],
  [7, JUMP],
  [8, CHARACTER],
  [9, CHARACTER],
  [ANY_RUNE, CHARACTER],
  [ANY_RUNE_BUT_NEWLINE, CHARACTER],
]);

function accepts(instruction: EngineInstruction | undefined, rune: number): boolean {
  switch (instruction?.op) {
    case undefined:
      return false;
    case ANY_RUNE:
      return true;
    case ANY_RUNE_BUT_NEWLINE:
      return rune !== 10;
    default:
      return instruction?.matchRune(rune) ?? false;
  }
}
