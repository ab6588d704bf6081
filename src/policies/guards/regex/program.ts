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

/** What one instruction of a program does. */
export type Instruction =
  | { readonly type: "split"; readonly out: number; readonly second: number }
  | { readonly type: "jump"; readonly out: number }
  | { readonly type: "assert"; readonly out: number; readonly conditions: number }
  | { readonly type: "character"; readonly out: number; accepts(rune: number): boolean }
  | { readonly type: "match" }
  | { readonly type: "fail" };

/** A regular expression as its engine compiled it: a machine without backtracking. */
export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
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

/** Reads the program of a compiled expression. */
export function programOf(pattern: RE2JS): Program {
  const { prog, dfa } = pattern.re2();
  const raw: readonly EngineInstruction[] = prog.inst;
  const bounds: Int32Array = dfa.classBounds;
  const instructions = raw.map(instructionOf);
  const asked = instructions.reduce(
    (all, one) => one.type === "assert" ? all | one.conditions : all,
    0,
  );
  const samples = [0, ...bounds];
  return {
    instructions,
    start: prog.start,
    classes: samples.length,
    classOf: (rune) => dfa.runeClass(rune),
    samples,
    kinds: samples.map((sample) => asked === 0 ? OTHER : kindOf(sample)),
    kindAtStart: asked === 0 ? OTHER : NONE,
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

interface EngineInstruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  matchRune(rune: number): boolean;
}

function instructionOf(instruction: EngineInstruction): Instruction {
  const { op, out, arg } = instruction;
  switch (op) {
    case 1:
    case 2:
      return { type: "split", out, second: arg };
    case 3:
    case 7:
      return { type: "jump", out };
    case 4:
      return { type: "assert", out, conditions: arg };
    case 5:
      return { type: "fail" };
    case 6:
      return { type: "match" };
    case 8:
    case 9:
      return { type: "character", out, accepts: (rune) => instruction.matchRune(rune) };
    case 10:
      return { type: "character", out, accepts: () => true };
    case 11:
      return { type: "character", out, accepts: (rune) => rune !== 10 };
    default:
      throw new Error(`cannot run a regular expression: unknown instruction ${op}`);
  }
}
