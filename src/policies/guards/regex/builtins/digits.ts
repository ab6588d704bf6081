import type { Finder } from "../finder.ts";

/**
 * Numbers of one form, written with or without signs between their digits.
 *
 * Whether a number begins at a position must depend on nothing but the character before it and
 * `lengthMax` characters from there, of which all but the last are of the alphabet.
 */
export interface NumberForm {
  /** What such a number may be written with, beside digits. */
  readonly signs: string;
  /** Those of them that it may begin with. */
  readonly openers?: string;
  /** The sign after which none begins, beside letters and digits. */
  readonly notAfter?: string;
  /** Characters of the longest one, with the two behind it that tell whether it ends there. */
  readonly lengthMax: number;
  /** The end of the longest number that begins at an index, or -1. */
  endAt(text: string, index: number): number;
}

/** Finds numbers; those that overlap are one. */
export function numberFinder(form: NumberForm): Finder {
  const alphabet = alphabetOf(form.signs);
  const openers = alphabetOf(form.openers ?? "");
  const notAfter = form.notAfter?.charCodeAt(0);
  let scanned = 0;
  let start = -1;
  let end = -1;
  return {
    advance({ text, base, before, isEnd }, found) {
      const whole = base + text.length;
      const decided = isEnd ? whole : base + openFrom(text, { alphabet, openers }, form.lengthMax);
      for (; scanned < decided; scanned++) {
        const index = scanned - base;
        if (!openers[text.charCodeAt(index)]) continue;
        const previous = index === 0 ? before : text.charCodeAt(index - 1);
        if (isWordCode(previous) || previous === notAfter) continue;
        const numberEnd = form.endAt(text, index);
        if (numberEnd < 0) continue;
        if (start >= 0 && scanned >= end) {
          found(start, end);
          start = -1;
        }
        if (start < 0) [start, end] = [scanned, base + numberEnd];
        else end = Math.max(end, base + numberEnd);
      }
      if (start >= 0 && decided >= end) {
        found(start, end);
        start = -1;
      }
      return start >= 0 ? start : decided;
    },
  };
}

/** Whether a character code is a letter, a digit or `_` of ASCII; -1 is no character. */
export function isWordCode(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 ||
    (code >= 97 && code <= 122);
}

/** Whether a character code is a digit. */
export function isDigitCode(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Whether the last digit is the check digit that Luhn's formula gives for the others. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = digits.length - 1, weight = 1; index >= 0; index--, weight = 3 - weight) {
    const product = (digits.charCodeAt(index) - 48) * weight;
    sum += product > 9 ? product - 9 : product;
  }
  return sum % 10 === 0;
}

function alphabetOf(signs: string): Uint8Array {
  const alphabet = new Uint8Array(128);
  for (const sign of `0123456789${signs}`) alphabet[sign.charCodeAt(0)] = 1;
  return alphabet;
}

interface Alphabets {
  readonly alphabet: Uint8Array;
  readonly openers: Uint8Array;
}

/** The first index from which on a number may go on into what has not come yet. */
function openFrom(text: string, { alphabet, openers }: Alphabets, lengthMax: number): number {
  const earliest = Math.max(0, text.length - lengthMax);
  let index = text.length;
  while (index > earliest && alphabet[text.charCodeAt(index - 1)]) index--;
  while (index < text.length && !openers[text.charCodeAt(index)]) index++;
  return index;
}
