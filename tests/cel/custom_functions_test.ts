import assert from "node:assert/strict";
import { compileExpression } from "../../src/cel/compile.ts";
import { compileFunctions } from "../../src/cel/custom_functions.ts";
import { CelError, CelSyntaxError } from "../../src/cel/expression.ts";

const functions = compileFunctions(
  `
// What comes from within; braces in comments } and strings are none.
isInternal() { request.headers["x-env"] == "internal" }

this.joined(prefix, parts...) { prefix + this + parts.join("") }
braces(x) { {"a}": x, 'b': "}", "c": """}""", "d": r'\\}'} }
quadruple(x) { twice(twice(x)) }  // defined before what it calls
twice(x) { x + x }
this.loud() { this.upperAscii() + "!" }
pairs(list) { list.map(x, list.map(y, x * y)) }
rest(first, others...) { size(others) }
`,
  { random: () => 0.25 },
);

Deno.test("compileFunctions() makes functions that expressions call", () => {
  const variables = { request: { headers: { "x-env": "internal" } }, x: 7 };
  const rows: readonly (readonly [string, unknown])[] = [
    ["isInternal()", true],
    ['"a".joined(">", "b", "c")', ">abc"],
    ['"a".joined(">")', ">a"],
    ["braces(x)", { "a}": 7, b: "}", c: "}", d: "\\}" }],
    ["quadruple(2)", 8],
    ['"a".loud().loud()', "A!!"],
    ["pairs([1, 2])", [[1, 2], [2, 4]]],
    ["[1].map(x, twice(x))", [2]],
    ["rest(1, 2, 3)", 2],
    ["rest(1)", 0],
  ];
  for (const [source, expected] of rows) {
    assert.deepEqual(compileExpression(source, functions).evaluate(variables), expected, source);
  }
  assert.throws(
    () => compileExpression("twice(nope)", functions).evaluate({}),
    { name: "CelError", message: "nope is missing" },
  );
});

Deno.test("compileFunctions() hands what bodies look at on to their callers", () => {
  const expression = compileExpression("isInternal() && jwt.sub == 'a'", functions);
  assert.deepEqual(expression.paths, new Set(["request.headers.x-env", "jwt.sub"]));
  assert.deepEqual(expression.roots, new Set(["request", "jwt"]));
});

Deno.test("compileFunctions() hides the variables of a caller's own", () => {
  const hidden = compileFunctions("peek() { secret }");
  assert.throws(() => compileExpression("1.with(secret, peek())", hidden).evaluate({}), CelError);
});

Deno.test("compileExpression() refuses wrong calls of defined functions", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["twice()", "0: twice() takes 1 argument, not 0"],
    ['"a".joined()', "4: joined() takes 1 to 31 arguments, not 0"],
    ["1 + twic(2)", "4: there is no function twic() (did you mean twice?)"],
    ['"a".lod()', "4: there is no function .lod() (did you mean .loud?)"],
    ["joined(1)", "0: there is no function joined() (did you mean .joined?)"],
  ];
  for (const [source, refusal] of rows) {
    assert.throws(() => compileExpression(source, functions), (error) => {
      assert.ok(error instanceof CelSyntaxError);
      assert.equal(`${error.offset}: ${error.message}`, refusal, source);
      return true;
    });
  }
});

Deno.test("compileFunctions() refuses what is no block of definitions, with the place", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["x", "0: a definition is needed here, such as name(a, b) { a + b }"],
    ["a() { 1 }\nb { 2 }", "10: a definition is needed here, such as name(a, b) { a + b }"],
    ["a() { {", "0: a() has no closing }"],
    ['a() { "}', "6: unterminated string"],
    ["if() { 1 }", '0: "if" is no name of a function'],
    ["a(x, in) { 1 }", '0: "in" is no name of a parameter'],
    ["a() { 1 + }", "10: unexpected token: the end"],
    ["a() { 1 }\nb() { sized(1) }", "16: there is no function sized() (did you mean size?)"],
    ["a() {}", "5: unexpected token: the end"],
    ["a() { 1 } a() { 2 }", "10: a() is defined twice"],
    ["size(x) { 1 }", "0: size() is a function already"],
    ["has(x) { 1 }", "0: has() is a function already"],
    ["this.trim() { 1 }", "0: trim() is a function already"],
    ["this.map(a) { 1 }", "0: map() is a function already"],
    ["a(1) { 1 }", '0: "1" is no name of a parameter'],
    ["a(this) { 1 }", '0: "this" is no name of a parameter'],
    ["a(x..., y) { 1 }", '0: "x..." is no name of a parameter'],
    ["a(x, x) { 1 }", "0: two parameters have the same name"],
    ["a() { a() }", "0: a() calls itself"],
    ["a() { b() } b() { a() }", "0: a() calls itself"],
  ];
  for (const [source, refusal] of rows) {
    assert.throws(() => compileFunctions(source), (error) => {
      assert.ok(error instanceof CelSyntaxError, `${source}: ${error}`);
      assert.equal(`${error.offset}: ${error.message}`, refusal, source);
      return true;
    }, source);
  }
});

Deno.test("compileFunctions() takes an empty block", () => {
  assert.deepEqual([...compileFunctions(" // nothing\n").keys()], []);
});
