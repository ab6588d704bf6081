import fc from "fast-check";
import type { Rule } from "../../../../src/policies/guards/regex/finder.ts";
import { ruleStream } from "../../../../src/policies/guards/regex/rule_stream.ts";

/** A text in pieces of any lengths, which may part the halves of a character. */
export function pieces(text: string): fc.Arbitrary<readonly string[]> {
  return fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 }).map(
    (lengths) => {
      const cut: string[] = [];
      for (let at = 0, turn = 0; at < text.length; turn++) {
        const length = lengths[turn % lengths.length] ?? 1;
        cut.push(text.slice(at, at + length));
        at += length;
      }
      return cut;
    },
  );
}

/** What a rule lets go on of a text that comes in pieces, piece by piece. */
export function released(rule: Rule, cut: readonly string[]): readonly string[] {
  const stream = ruleStream(rule);
  const out = cut.map((piece) => stream.push(piece));
  return [...out, stream.end()];
}
