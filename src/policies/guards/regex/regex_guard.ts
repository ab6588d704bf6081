import type { Guard, GuardedText, Judgement, Rejection, TextScope, TextStream } from "../guard.ts";
import type { Rule } from "./finder.ts";
import { finds, masked, ruleStream } from "./rule_stream.ts";

/** What a guard by rules looks for, where, and what it does with what it finds. */
export interface RegexGuardSettings {
  readonly rules: readonly Rule[];
  readonly scopes: ReadonlySet<TextScope>;
  /** The answer to a text in which something is found; without one it is masked. */
  readonly rejection?: Rejection | undefined;
}

const PASS: Judgement = { type: "pass" };

/** Masks what its rules find, in their order, or rejects it. */
export function regexGuard({ rules, scopes, rejection }: RegexGuardSettings): Guard {
  function mask(texts: readonly GuardedText[]): Judgement {
    const made = texts.map(({ text }) => rules.reduce(masked, text));
    const isChanged = made.some((text, at) => text !== texts[at]?.text);
    return isChanged ? { type: "mask", texts: made } : PASS;
  }

  function judge(texts: readonly GuardedText[], reject: Rejection): Judgement {
    const isFound = texts.some(({ text }) => rules.some((rule) => finds(text, rule)));
    return isFound ? { type: "reject", rejection: reject } : PASS;
  }

  return {
    name: "regex",
    scopes,
    check: (texts) => rejection === undefined ? mask(texts) : judge(texts, rejection),
    openStream: () => textStream(rules, rejection),
  };
}

/** Each rule sees what those before it let go on. */
function textStream(rules: readonly Rule[], rejection: Rejection | undefined): TextStream {
  const streams = rules.map(ruleStream);
  let rejected: Rejection | undefined;

  function pass(piece: string, isEnd: boolean): string {
    if (rejected !== undefined) return "";
    let text = piece;
    for (const stream of streams) {
      text = stream.push(text);
      if (isEnd) text += stream.end();
      // What stands before the match has been cleared by the rules so far, but not by the others.
      if (rejection !== undefined && stream.found) {
        rejected = rejection;
        return "";
      }
    }
    return text;
  }

  return {
    get rejection() {
      return rejected;
    },
    push: (piece) => pass(piece, false),
    end: () => pass("", true),
  };
}
