import { isDigitCode, isWordCode } from "./digits.ts";

/** A number so far: its digits, the length of each of its groups, and where it ends. */
export interface Groups {
  readonly digits: string;
  readonly lengths: readonly number[];
  readonly end: number;
}

/** What may stand between two groups, and how many digits there are at most. */
export interface Grouping {
  readonly signs: string;
  readonly signsMax: number;
  readonly digitsMax: number;
  /** Whether a number may end before an index; before a word character it may not by default. */
  readonly mayEndAt?: (text: string, index: number) => boolean;
}

/**
 * Walks through groups of digits, and asks at each end where a number may end whether it is whole;
 * gives the last end where it is, or -1.
 */
export function longestEnd(
  text: string,
  index: number,
  { signs, signsMax, digitsMax, mayEndAt = noWordAt }: Grouping,
  isWhole: (groups: Groups) => boolean,
): number {
  let end = -1;
  let digits = "";
  const lengths: number[] = [];
  for (let at = index; isDigitCode(text.charCodeAt(at));) {
    const begin = at;
    while (isDigitCode(text.charCodeAt(at)) && digits.length + at - begin <= digitsMax) at++;
    digits += text.slice(begin, at);
    if (digits.length > digitsMax) return end;
    lengths.push(at - begin);
    if (mayEndAt(text, at) && isWhole({ digits, lengths, end: at })) end = at;
    const signsEnd = at + signsMax;
    while (at < signsEnd && at < text.length && signs.includes(text.charAt(at))) at++;
  }
  return end;
}

function noWordAt(text: string, index: number): boolean {
  return !isWordCode(text.charCodeAt(index));
}
