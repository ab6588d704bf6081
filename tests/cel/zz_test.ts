import assert from "node:assert/strict";
import { compileExpression } from "../../src/cel/compile.ts";
import { compileFunctions } from "../../src/cel/custom_functions.ts";

const TOO_MUCH = { name: "CelError", message: "the expression does more work than it may" };

const list = Array.from({ length: 2_000 }, (_, index) => index + 0.5);
const text = "ab".repeat(1_000_000);
const deep = Array.from({ length: 500 }, () => list);

Deno.test("evaluate() gives up on work without end, and soon", () => {
  const doublings = compileFunctions(
    `f0(s) { s + s }\n${
      Array.from({ length: 40 }, (_, n) => `f${n + 1}(s) { f${n}(f${n}(s)) }`).join("\n")
    }`,
  );
  const sources = [
    "list.exists(a, list.exists(b, list.exists(c, a + b + c < 0)))",
    "list.all(a, list.all(b, a != b + 0.25))",
    "list.map(a, list.map(b, b))",
    "list.map(a, list.filter(b, true))",
    "list.map(a, text + text)",
    "list.map(a, text)",
    "toJson(list.map(a, text))",
    "list.map(a, list.map(b, text)).size()",
    "list.all(a, deep == deep.map(d, d + []))",
    "list.map(a, text).join('')",
    'text.replace("a", text)',
    'text.regexReplace("a", "$0" + text)',
    "list.map(a, text.matches('(a|b|c){100}d'))",
    "list.exists(a, text.contains('abc'))",
    "list.exists(a, json(body).size() > 3)",
    "list.map(a, sha256.encode(text))",
    "list.map(a, url.encode(text))",
    "list.map(a, flattenRecursive(deep))",
    "list.map(a, deep)",
    "coalesce(list.map(a, list.map(b, list)), 1)",
    "list.all(a, list.all(b, true)) || list.all(a, list.all(b, true)) || true",
    `f40("a")`,
    ...["lowerAscii()", "trim().size()", "split('a')", "indexOf('c')"].map((call) => {
      return `list.map(a, text.${call})`;
    }),
  ];
  for (const source of sources) {
    const begin = performance.now();
    const expression = compileExpression(source, doublings);
    assert.throws(() => expression.evaluate({ list, text, deep, body: text }), TOO_MUCH, source);
    console.log(source.slice(0,60), (performance.now() - begin).toFixed());
  }
});

Deno.test("evaluate() has enough work for a large body", () => {
  const messages = Array.from({ length: 4_000 }, (_, index) => {
    return { role: "user", content: "lorem ipsum ".repeat(40) + index };
  });
  const body = new TextEncoder().encode(JSON.stringify({ messages }));
  assert.ok(body.length > 1_900_000);
  const sources = [
    'json(request.body).messages.exists(m, m.content.contains("3999")) && ' +
    'json(request.body).messages.all(m, m.role == "user") && has(json(request.body).messages)',
    'json(request.body).messages.exists(m, m.content.matches("(?i)secret|3999"))',
    'string(request.body).contains("nope") || string(request.body).contains("3999")',
    'string(request.body).matches("39[0-9]9\\"")',
    "sha256.encode(request.body).size() == 64",
    'toJson(json(request.body).merge({"model": "x"})).size() > 1000',
  ];
  for (const source of sources) {
    assert.equal(compileExpression(source).evaluate({ request: { body } }), true, source);
  }
});
