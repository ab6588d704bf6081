/**
 * The finder runs the engine's programs by itself, because the engine cannot say where a match may
 * still begin. What it finds is therefore held against what the engine finds in the whole text.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { GuardFailure } from "../../../../src/policies/guards/guard_failure.ts";
import { patternRule } from "../../../../src/policies/guards/regex/pattern_rule.ts";
import { finds, masked, ruleStream } from "../../../../src/policies/guards/regex/rule_stream.ts";
import { pieces, released } from "./masking.ts";

const RUNS = 3_000;

function rule(pattern: string) {
  return patternRule(RE2JS.compile(pattern));
}

/** All matches replaced by the engine itself, and whether there is one at all. */
function byEngine(pattern: string, text: string): { text: string; found: boolean } {
  const matcher = RE2JS.compile(pattern).matcher(text);
  let out = "";
  let copied = 0;
  let found = false;
  while (matcher.find()) {
    found = true;
    if (matcher.start() === matcher.end()) continue;
    out += `${text.slice(copied, matcher.start())}<masked>`;
    copied = matcher.end();
  }
  return { text: out + text.slice(copied), found };
}

const ATOMS = [
  ...["a", "b", "ab", "[ab]", "[^a]", ".", "(?s:.)", "\\w", "\\s", "\\n", "\\pL", "😀", "(?i:a)"],
  ...["(?i:k)", "(?i:ſ)", "\\b", "\\B", "^", "$", "(?m:^)", "(?m:$)", "\\A", "\\z", "a*", "b+"],
  ...["a?", "(?:ab)*", "(a|b)*", "(?:a|b)*?", "(?:a|ab)", "(?:ab|a)", "(?:a|)", "a{2,3}"],
  ...["b{0,2}?", ".*", ".*?", ".+b", "(?:a|b)+c", "(?:a*b|a)"],
];

const patterns = fc.array(fc.constantFrom(...ATOMS, "|"), { minLength: 1, maxLength: 5 })
  .map((atoms) => atoms.join(""))
  .filter((pattern) => isPattern(pattern));

function isPattern(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

const LETTERS = ["a", "b", "c", "A", "K", "k", "ſ", "\u212a", " ", "_", "\n", "é", "😀", "\ud83d"];

const texts = fc.array(fc.constantFrom(...LETTERS), { maxLength: 24 })
  .map((letters) => letters.join(""));

Deno.test("masked() replaces the matches that the engine finds", () => {
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      const expected = byEngine(pattern, text);
      assert.equal(masked(text, rule(pattern)), expected.text);
      assert.equal(finds(text, rule(pattern)), expected.found);
    }),
    { numRuns: RUNS },
  );
});

Deno.test("ruleStream() masks a text in pieces as it masks the whole", () => {
  const cases = texts.chain((text) => fc.tuple(fc.constant(text), pieces(text)));
  fc.assert(
    fc.property(patterns, cases, (pattern, [text, cut]) => {
      assert.equal(released(rule(pattern), cut).join(""), byEngine(pattern, text).text);
    }),
    { numRuns: RUNS },
  );
});

Deno.test("ruleStream() masks several rules in order as they mask the whole", () => {
  const cases = texts.chain((text) => fc.tuple(fc.constant(text), pieces(text)));
  const several = fc.array(patterns, { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(several, cases, (chain, [text, cut]) => {
      const whole = chain.reduce((made, pattern) => byEngine(pattern, made).text, text);
      const out = chain.reduce<readonly string[]>(
        (made, pattern) => released(rule(pattern), made),
        cut,
      );
      assert.equal(out.join(""), whole);
    }),
    { numRuns: 1_000 },
  );
});

/** A pattern, what comes piece by piece, and what each piece lets go; the last is at the end. */
const HELD: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["secret", ["no match", " sec", "ond secre", "t!"], [
    "no match",
    " ",
    "second ",
    "<masked>!",
    "",
  ]],
  ["secret", ["my s", "ecre", "t"], ["my ", "", "<masked>", ""]],
  ["secret", ["my s", "ecre", "cy"], ["my ", "", "secrecy", ""]],
  ["\\bcat\\b", ["a cat", "alog cat", "."], ["a ", "catalog ", "<masked>.", ""]],
  ["\\d{4}-\\d{4}", ["12345", "-6789 0"], ["1", "<masked> ", "0"]],
  ["(?i)key=\\w+", ["KEY=a", "bc", " x"], ["", "", "<masked> x", ""]],
  ["end$", ["the end", " of the end"], ["the ", "end of the ", "<masked>"]],
  ["(?m)^#.*$", ["# a\nb", "\n#", " c\n"], ["<masked>\nb", "\n", "<masked>\n", ""]],
  ["^first", ["first", " and first"], ["<masked>", " and first", ""]],
  ["a.*z", ["b a", "xz", "yz", "\nq"], ["b ", "", "", "<masked>\nq", ""]],
  ["a.*?z", ["b a", "xz", "yz"], ["b ", "<masked>", "yz", ""]],
  ["(?:a*b|a)", ["aa", "ac", "b"], ["", "<masked><masked><masked>c", "<masked>", ""]],
  ["😀", ["x\ud83d", "\ude00", "\ud83d"], ["x", "<masked>", "", "\ud83d"]],
  ["x*", ["ab", "xx", "c"], ["ab", "", "<masked>c", ""]],
];

Deno.test("ruleStream() holds back only what a match may begin in", () => {
  for (const [pattern, cut, expected] of HELD) {
    assert.deepEqual(released(rule(pattern), cut), expected, pattern);
  }
});

Deno.test("ruleStream() fails rather than hold back a text without end", () => {
  const stream = ruleStream(rule("(?s)BEGIN.*END"));
  const push = () => {
    for (let pushed = 0; pushed < 100_000; pushed += 1_000) stream.push("x".repeat(1_000));
  };
  assert.doesNotThrow(push);
  assert.equal(stream.push("\nBEGIN"), "\n");
  assert.throws(push, new GuardFailure("a rule holds back more than 65536 characters of a stream"));
});

/** Patterns that make backtracking engines hang, and others that are large. */
const HOSTILE = [
  ["(a+)+$", `${"a".repeat(5_000)}!`],
  ["(a|aa)+$", `${"a".repeat(5_000)}!`],
  ["(x+x+)+y", "x".repeat(5_000)],
  ["(a|b)*a(a|b){20}[cd]", "ab".repeat(5_000)],
  ["((a?){30}){30}", "a".repeat(5_000)],
  ["[0-9a-f]{1000}", "0a".repeat(5_000)],
  [".*.*.*=.*", "a".repeat(5_000)],
  ["\\pL{500}x", "é".repeat(5_000)],
  ["(?s).{0,500}needle", "hay ".repeat(2_500)],
] as const;

Deno.test("masked() takes bounded time for patterns that hang others", () => {
  for (const [pattern, text] of HOSTILE) {
    const beganMs = performance.now();
    const one = rule(pattern);
    const stream = ruleStream(one);
    try {
      for (let at = 0; at < text.length; at += 7) stream.push(text.slice(at, at + 7));
      stream.end();
    } catch (error) {
      assert.ok(error instanceof GuardFailure, pattern);
    }
    const tookMs = performance.now() - beganMs;
    assert.ok(tookMs < 3_000, `${pattern} took ${tookMs} ms`);
  }
});

Deno.test("masked() fails where looking for all matches would take too long", () => {
  const text = "a".repeat(20_000);
  assert.throws(
    () => masked(text, { ...rule("(?:a*b|a)"), mayFind: () => true }),
    new GuardFailure("a pattern takes too long on this text"),
  );
});

Deno.test("patternRule() searches many texts at once", () => {
  const one = rule("\\bkey-\\d+");
  const streams = [ruleStream(one), ruleStream(one)];
  const out = ["a ke", "y-1", "2 b"].map((piece, at) =>
    streams.map((stream, which) => stream.push(which === at % 2 ? piece : "key-")).join("|")
  );
  assert.equal(out.length, 3);
  assert.equal(released(one, ["a ke", "y-1", "2 b"]).join(""), "a <masked> b");
});
