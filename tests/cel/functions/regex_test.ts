import assert from "node:assert/strict";
import { compileExpression } from "../../../src/cel/compile.ts";
import { checkRefusals, checkValues, fails } from "../expressions.ts";

Deno.test("matches() and regexReplace() know RE2's syntax", () => {
  checkValues([
    ['"/v1/chat".matches("^/v[0-9]+/")', true],
    ['matches("abc", "b")', true],
    ['"abc".matches("^b")', false],
    ['"abc".matches(pattern)', true],
    ['"ABC".matches("(?i)b")', true],
    ['"a1b22".regexReplace("[0-9]+", "#")', "a#b#"],
    [
      '"john smith".regexReplace("(\\\\w+) (?P<last>\\\\w+)", "$last, $1 ${1}!")',
      "smith, john john!",
    ],
    ['"a".regexReplace("a", "$$1 $ $9 $nope")', "$1 $  "],
    ['"abc".regexReplace("", "-")', "-a-b-c-"],
    ['"x".regexReplace("(a)|x", "[$1]")', "[]"],
    ['"😀a".regexReplace("a", "b")', "😀b"],
    ['"abc".matches(bad)', fails("a computed regular expression is none")],
    ['"abc".matches(long)', fails("a computed regular expression is too long")],
    ["[].matches('a')", fails("matches() is not for list")],
    ["'a'.matches(1)", fails("matches() is not for int")],
  ], { pattern: "b.", bad: "(", long: "a".repeat(201) });
});

Deno.test("matches() refuses a wrong pattern at load", () => {
  checkRefusals([
    [
      'request.path.matches("a(?=b)")',
      "21: no regular expression in RE2 syntax: invalid or unsupported Perl syntax",
    ],
    [
      'request.path.regexReplace("[", "x")',
      "26: no regular expression in RE2 syntax: missing closing ]",
    ],
  ]);
});

Deno.test("matches() takes linear time whatever the pattern", () => {
  const patterns = ["(a+)+$", "(a|aa)+$", "^(a|a?)+$", "(.*a){11}$", "^(([a-z])+.)+[A-Z]([a-z])+$"];
  const text = `${"a".repeat(5_000)}!`;
  for (const pattern of patterns) {
    const begin = performance.now();
    const expression = compileExpression(`text.matches(${JSON.stringify(pattern)})`);
    assert.equal(expression.test({ text }), false);
    assert.ok(performance.now() - begin < 1_000, pattern);
  }
});
