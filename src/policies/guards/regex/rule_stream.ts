import { GuardFailure } from "../guard_failure.ts";
import type { Rule } from "./finder.ts";

/**
 * Characters that a rule may hold back of a stream. What a pattern without an end needs beyond them
 * cannot be judged, and so must not go on.
 */
const HELD_MAX = 65_536;

/** One rule at work on one text that comes piece by piece. */
export interface RuleStream {
  /** What may go on, with its matches masked. */
  push(piece: string): string;
  end(): string;
  /** Whether there was a match, empty ones included. */
  readonly found: boolean;
}

/** Begins to mask a text by a rule. */
export function ruleStream({ mask, open }: Pick<Rule, "mask" | "open">): RuleStream {
  const finder = open();
  let text = "";
  let base = 0;
  let before = -1;
  let found = false;

  function advance(isEnd: boolean): string {
    let out = "";
    let copied = base;
    const decided = finder.advance({ text, base, before, isEnd }, (start, end) => {
      found = true;
      if (start === end) return;
      out += text.slice(copied - base, start - base) + mask;
      copied = end;
    });
    const ready = Math.max(copied, decided) - base;
    const released = isEnd ? ready : wholeCharacters(text, ready);
    out += text.slice(copied - base, released);
    if (released > 0) {
      before = text.charCodeAt(released - 1);
      text = text.slice(released);
      base += released;
    }
    return out;
  }

  return {
    get found() {
      return found;
    },
    push(piece) {
      text += piece;
      const out = advance(false);
      if (text.length > HELD_MAX) {
        throw new GuardFailure(`a rule holds back more than ${HELD_MAX} characters of a stream`);
      }
      return out;
    },
    end: () => advance(true),
  };
}

/** So many characters, but one less where the last would be the first half of a pair. */
function wholeCharacters(text: string, length: number): number {
  const isHalf = length === text.length && (text.charCodeAt(length - 1) & 0xfc00) === 0xd800;
  return isHalf ? length - 1 : length;
}

/** A whole text with the matches of a rule masked. */
export function masked(text: string, rule: Rule): string {
  if (!rule.mayFind(text)) return text;
  let out = "";
  let copied = 0;
  rule.open().advance({ text, base: 0, before: -1, isEnd: true }, (start, end) => {
    if (start === end) return;
    out += text.slice(copied, start) + rule.mask;
    copied = end;
  });
  return copied === 0 ? text : out + text.slice(copied);
}

/** Whether a rule finds anything in a whole text, be it empty. */
export function finds(text: string, rule: Rule): boolean {
  if (!rule.mayFind(text)) return false;
  let found = false;
  rule.open().advance({ text, base: 0, before: -1, isEnd: true }, () => {
    found = true;
  });
  return found;
}
