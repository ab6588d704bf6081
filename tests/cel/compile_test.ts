import assert from "node:assert/strict";
import { compileExpression, looksAt } from "../../src/cel/compile.ts";
import { checkRefusals, checkValues, fails } from "./expressions.ts";

Deno.test("compileExpression() computes with numbers of every type", () => {
  checkValues([
    ["1 + 2", 3],
    ["7 / 2", 3],
    ["-7 / 2", -3],
    ["-7 % 3", -1],
    ["7.0 / 2", 3.5],
    ["1.5 * 2", 3],
    ["0x1F + 1u", 32],
    ["-(3)", -3],
    ["9223372036854775807 - 1 == 9223372036854775806", true],
    ["18446744073709551615 + 1", fails("a whole number is too large")],
    ["1 / 0", fails("division by zero")],
    ["1 % 0", fails("division by zero")],
    ["1.5 % 0", fails("division by zero")],
    ["1.0 / 0 > 1", true],
    ["-true", fails("- is not for bool")],
    ['"a" + 1', fails("+ is not for string and int")],
    ['"a" * 2', fails("* is not for string and int")],
    ["[1] - [1]", fails("- is not for list and list")],
  ]);
});

Deno.test("compileExpression() computes with numbers that are JavaScript's", () => {
  const llm = { inputTokens: 250, ratio: 0.5 };
  checkValues([
    ["llm.inputTokens + 1", 251],
    ["1 + llm.inputTokens", 251],
    ["llm.inputTokens / 100", 2.5],
    ["llm.inputTokens % 7", 5],
    ["llm.inputTokens * 2 == 500", true],
    ["llm.inputTokens > 100 && 100 < llm.inputTokens", true],
    ["llm.inputTokens == 250 && 250 == llm.inputTokens", true],
    ["llm.inputTokens in [1, 250]", true],
    ["[250] == [llm.inputTokens]", true],
    ["[1, 2, 3][llm.ratio * 4]", 3],
    ["int(llm.inputTokens) / 100", 2],
    ["-llm.ratio", -0.5],
    ["llm.inputTokens / 0 > 1", true],
  ], { llm });
});

Deno.test("compileExpression() compares values of any type", () => {
  checkValues([
    ["1 == 1.0", true],
    ['1 == "1"', false],
    ["null == null", true],
    ["null == 0", false],
    ['"a" < "b" && "b" <= "b" && "c" > "b" && "b" >= "b"', true],
    ["1 < 1.5 && 2.5 > 2", true],
    ["false < true", true],
    ['1 < "2"', fails("int and string have no order")],
    ["[1, [2, 3]] == [1.0, [2, 3]]", true],
    ["[1] == [1, 2]", false],
    ['{"a": 1, "b": 2} == {"b": 2.0, "a": 1}', true],
    ['{"a": 1} == {"b": 1}', false],
    ['{"a": 1} != {"a": 2}', true],
    ['b"ab" == bytes("ab")', true],
    ['b"ab" == b"ac"', false],
    ['b"ab" == "ab"', false],
    ["0.0 / 0 == 0.0 / 0", false],
    ["0.0 / 0 <= 1 || 0.0 / 0 > 1", false],
    ["1 in [1.0]", true],
    ['"a" in {"a": 1}', true],
    ['"b" in {"a": 1}', false],
    ['"a" in "abc"', fails("`in` looks in lists and maps only")],
  ]);
});

Deno.test("compileExpression() takes && and || from either side", () => {
  checkValues([
    ["true && false", false],
    ["true || false", true],
    ["nope || true", true],
    ["true || nope", true],
    ["nope && false", false],
    ["false && nope", false],
    ["nope || false", fails("nope is missing")],
    ["nope && true", fails("nope is missing")],
    ["true && nope", fails("nope is missing")],
    ["1 || false", fails("a condition has to be true or false, not int")],
    ["1 || true", true],
    ["!true", false],
    ['!"a"', fails("a condition has to be true or false, not string")],
    ["true ? 1 : nope", 1],
    ["false ? nope : 2", 2],
    ['null ? 1 : "x"', fails("a condition has to be true or false, not null")],
  ]);
});

Deno.test("compileExpression() reads texts, bytes, lists and maps", () => {
  checkValues([
    ["\"a\\n\\u00e9\" + 'b'", "a\néb"],
    ['r"\\d" + """x"y"""', '\\dx"y'],
    ['b"\\xff"', new Uint8Array([255])],
    ["[1, 'a', null, [true]]", [1, "a", null, [true]]],
    ["[1] + [2]", [1, 2]],
    ['{"a": 1, 2: "b", true: [3]}', { a: 1, 2: "b", true: [3] }],
    ["{1: 'x'}[1.0]", "x"],
    ['{"a": {"b": 7}}.a["b"]', 7],
    ['{"a": 1, "a": 2}', fails("a map has the same key twice")],
    ["{null: 1}", fails("null cannot be a key")],
    ["{1: 2}[[1]]", fails("list cannot be a key")],
    ["[1, 2][2]", fails("a member is missing")],
    ["[1, 2][-1]", fails("a member is missing")],
    ['"abc"[0]', fails("a member is missing")],
  ]);
});

Deno.test("compileExpression() finds members of variables", () => {
  const variables = {
    jwt: { sub: "u", org: { "team-a": 1 }, nothing: null },
    count: 3,
    list: [{ a: 1 }],
    map: new Map<unknown, unknown>([["k", { v: 1 }], [1n, "one"]]),
    when: new Date(0),
  };
  checkValues([
    ["jwt.sub", "u"],
    ['jwt["sub"]', "u"],
    ['jwt.org["team-a"]', 1],
    ['jwt["s" + "ub"]', "u"],
    ["list[0].a", 1],
    ["map.k.v", 1],
    ["map[1]", "one"],
    ["when", "1970-01-01T00:00:00Z"],
    ["jwt.nothing", null],
    ["jwt.nope", fails("jwt.nope is missing")],
    ["jwt.nope.deeper", fails("jwt.nope.deeper is missing")],
    ["nope", fails("nope is missing")],
    ["count.x", fails("count.x is missing")],
    ["jwt[count]", fails("a member is missing")],
  ], variables);
});

Deno.test("compileExpression() never reaches what objects inherit", () => {
  class Request {
    secret = 1;
  }
  const variables = {
    plain: { a: 1 },
    list: [1],
    text: "a",
    odd: JSON.parse('{"__proto__": {"x": 1}}'),
    request: new Request(),
    call: () => 1,
  };
  const names = ["constructor", "__proto__", "prototype", "toString", "hasOwnProperty", "length"];
  for (const name of names) {
    for (const root of ["plain", "list", "text"]) {
      const member = `${root}["${name}"]`;
      checkValues([[`has(${member})`, false], [member, fails(`${root}.${name} is missing`)]]);
      checkValues([[`has(${member})`, false]], variables);
    }
    if (name !== "prototype" && name !== "__proto__") {
      checkValues([[name, fails(`${name} is missing`)]], variables);
    }
  }
  checkValues([
    ['odd["__proto__"].x', 1],
    ["odd.mapValues(v, 1)", JSON.parse('{"__proto__": 1}')],
    ["request.secret", fails("a variable holds what expressions know no type for")],
    ["call", fails("call is missing")],
  ], variables);
  const merged = compileExpression("odd.merge({})").evaluate(variables);
  assert.equal(Object.getPrototypeOf(merged), Object.prototype);
});

Deno.test("compileExpression() does not see what is added to every object", () => {
  Object.defineProperty(Object.prototype, "added", { value: "x", configurable: true });
  try {
    checkValues([
      ["added", fails("added is missing")],
      ["has(plain.added)", false],
      ['"added" in plain', false],
      ["has({'a': 1}.added)", false],
    ], { plain: { a: 1 } });
  } finally {
    Reflect.deleteProperty(Object.prototype, "added");
  }
});

Deno.test("compileExpression() refuses texts that are no expressions, with the place", () => {
  checkRefusals([
    ["", "0: unexpected token: the end"],
    ["1 +", "3: unexpected token: the end"],
    ["request.", "8: expected a name, got the end"],
    ["(1", "2: expected `)`, got the end"],
    ['"a', "0: unterminated string"],
    ["a ==== b", "4: unexpected token: `==`"],
    ["if", "0: reserved identifier: if"],
    ["99999999999999999999", "0: the number does not fit into 64 bits"],
    ["[1].exists(1, true)", "11: exists(var, predicate) invalid predicate iteration variable"],
    ["x.with(1, true)", "7: a name is needed here, such as x in list.exists(x, x > 1)"],
    ["has(1)", "4: has() takes a name or a member, such as has(jwt.sub)"],
    ["(".repeat(200) + "1" + ")".repeat(200), "100: the expression is too long or too deep"],
    ["!".repeat(20_000) + "true", "0: the expression is too long or too deep"],
    [`1${" + 1".repeat(3_000)}`, "0: the expression is too long or too deep"],
    ["sized(a)", "0: there is no function sized() (did you mean size?)"],
    ["1 + startsWith(a)", "4: there is no function startsWith() (did you mean .startsWith?)"],
    ['a.b.startWith("x")', "4: there is no function .startWith() (did you mean .startsWith?)"],
    ["math.absolut(1)", "5: there is no function math.absolut() (did you mean math.abs?)"],
    ["x.frobnicate()", "2: there is no function .frobnicate()"],
    ["size()", "0: size() takes 1 argument, not 0"],
    ['"a".startsWith()', "4: startsWith() takes 1 argument, not 0"],
    ['"a".substring(1, 2, 3)', "4: substring() takes 1 to 2 arguments, not 3"],
    ["random(1)", "0: random() takes no arguments, not 1"],
    ["default(a)", "0: default() takes 2 arguments, not 1"],
    ['path.matches("(")', "13: no regular expression in RE2 syntax: missing closing )"],
  ]);
});

Deno.test("compileExpression() says which variables an expression looks at", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["1 + 1", ""],
    ["jwt.sub", "jwt.sub"],
    ['request.headers["x-a"] == llm.inputTokens', "request.headers.x-a llm.inputTokens"],
    ["request.headers[jwt.name]", "request.headers jwt.name"],
    ["json(request.body).messages.exists(m, m.role == jwt.role)", "request.body jwt.role"],
    ["jwt.with(request, request.x) || request.y", "jwt request.y"],
    ["has(jwt.a.b)", "jwt.a.b"],
    ["request", "request"],
  ];
  for (const [source, paths] of rows) {
    const expression = compileExpression(source);
    const roots = new Set(paths.split(" ").flatMap((path) => path.split(".")[0] || []));
    assert.deepEqual([...expression.paths].sort(), paths.split(" ").filter(Boolean).sort(), source);
    assert.deepEqual(expression.roots, roots, source);
  }
  const everything = compileExpression("variables()");
  assert.ok(everything.roots.has("request") && everything.roots.has("llmRequest"));
});

Deno.test("looksAt() knows what is within what", () => {
  const looks = (source: string) => looksAt(compileExpression(source), "request.body");
  assert.equal(looks("request.body"), true);
  assert.equal(looks("request.body.a"), true);
  assert.equal(looks("toJson(request)"), true);
  assert.equal(looks("variables()"), true);
  assert.equal(looks("request.bodyPrefix"), false);
  assert.equal(looks("request.headers"), false);
});

Deno.test("compileExpression() tells names that no variable has", () => {
  const { unknownNames } = compileExpression("lm.inputTokens > 1 && has(jwt.sub) && zzz == lm.x");
  assert.deepEqual(unknownNames, [
    { name: "lm", offset: 0, hint: " (did you mean llm?)" },
    { name: "zzz", offset: 38, hint: "" },
  ]);
  assert.deepEqual(compileExpression("[1].exists(x, x == llm.y)").unknownNames, []);
});

Deno.test("compileExpression() tells whether a value is shown as several fields", () => {
  assert.equal(compileExpression("flatten(jwt)").isFlattened, true);
  assert.equal(compileExpression("flattenRecursive(jwt)").isFlattened, true);
  assert.equal(compileExpression("size(flatten(jwt))").isFlattened, false);
});
