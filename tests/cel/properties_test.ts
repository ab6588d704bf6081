import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type CompiledExpression, compileExpression } from "../../src/cel/compile.ts";
import { compileFunctions } from "../../src/cel/custom_functions.ts";
import { CelError, CelSyntaxError } from "../../src/cel/expression.ts";
import { functionTable, macros } from "../../src/cel/functions/index.ts";

const { functions, methods } = functionTable(() => 0.5);

/** Texts that are often expressions, and often nearly. */
const source = fc.letrec<{ node: string }>((tie) => {
  const node = tie("node");
  const atom = fc.oneof(
    fc.constantFrom(
      "x",
      "y",
      "x.a",
      "x.b.c",
      "true",
      "null",
      '""',
      '"aé😀"',
      'b"\\xff"',
      "[]",
      "{}",
    ),
    fc.constantFrom("0", "1", "-1", "2u", "1.5", "1e300", "9223372036854775807", "y[0]", '"("'),
    fc.constantFrom('timestamp("2024-01-01T00:00:00Z")', 'duration("1h")', 'ip("::1")'),
  );
  const functionNames = [
    ...Object.keys(functions),
    ...Object.keys(macros).filter((n) => !/^\./.test(n)),
  ];
  const methodNames = [
    ...Object.keys(methods),
    ...Object.keys(macros).flatMap((name) => name.startsWith(".") ? name.slice(1) : []),
  ];
  return {
    node: fc.oneof(
      { depthSize: "small" },
      atom,
      fc.tuple(node, fc.constantFrom(..."+ - * / % < <= > >= == != in && ||".split(" ")), node)
        .map((parts) => `(${parts.join(" ")})`),
      fc.tuple(fc.constantFrom(...functionNames), fc.array(node, { maxLength: 3 }))
        .map(([name, args]) => `${name}(${args.join(", ")})`),
      fc.tuple(node, fc.constantFrom(...methodNames), fc.array(node, { maxLength: 3 }))
        .map(([receiver, name, args]) => `(${receiver}).${name}(${args.join(", ")})`),
      fc.tuple(node, fc.constantFrom(...methodNames), node)
        .map(([receiver, name, body]) => `(${receiver}).${name}(x, ${body})`),
      fc.tuple(node, node).map(([base, key]) => `(${base})[${key}]`),
      fc.tuple(node, node, node).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc.array(node, { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
      fc.tuple(node, node).map(([key, value]) => `{${key}: ${value}}`),
    ),
  };
}).node;

const variables = fc.record({
  x: fc.oneof(fc.jsonValue(), fc.anything()),
  y: fc.oneof(fc.jsonValue(), fc.anything({ withBigInt: true, withDate: true, withMap: true })),
}, { requiredKeys: [] });

function compiled(text: string): CompiledExpression | undefined {
  try {
    return compileExpression(text, undefined, { random: () => 0.5 });
  } catch (error) {
    assert.ok(error instanceof CelSyntaxError, `${text}: ${error}`);
    assert.ok(error.offset >= 0 && error.offset <= text.length, `${text}: ${error.offset}`);
    return undefined;
  }
}

Deno.test("compileExpression() throws nothing but CelSyntaxError on any text", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string(),
    source.map((text) => text.slice(1)),
  );
  fc.assert(fc.property(anyText, (text) => void compiled(text)), { numRuns: 2_000 });
});

Deno.test("compileFunctions() throws nothing but CelSyntaxError on any text", () => {
  const definition = fc.tuple(fc.string(), source).map(([name, body]) => `${name}(x) { ${body} }`);
  const anyText = fc.oneof(fc.string(), definition, source.map((body) => `f(x, y...) { ${body}`));
  fc.assert(
    fc.property(anyText, (text) => {
      try {
        compileFunctions(text);
      } catch (error) {
        assert.ok(error instanceof CelSyntaxError, `${text}: ${error}`);
      }
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("evaluate() throws nothing but CelError, and gives plain data", () => {
  let values = 0;
  fc.assert(
    fc.property(source, variables, (text, given) => {
      const expression = compiled(text);
      if (expression === undefined) return;
      try {
        const value = expression.evaluate(given);
        assert.ok(value instanceof Uint8Array || isPlain(value), text);
        assert.equal(expression.test(given), value === true, text);
        values += 1;
      } catch (error) {
        assert.ok(error instanceof CelError, `${text}: ${error}`);
        assert.equal(expression.test(given), false, text);
        assert.doesNotMatch(error.message, /\n/);
      }
    }),
    { numRuns: 5_000 },
  );
  assert.ok(values > 500, `only ${values} expressions had a value`);
});

Deno.test("evaluate() quotes no value of a variable in its errors", () => {
  const secret = "s3cr3t-token";
  fc.assert(
    fc.property(source, (text) => {
      try {
        compiled(text)?.evaluate({ x: secret, y: { a: [secret], [secret]: secret } });
      } catch (error) {
        assert.ok(error instanceof CelError);
        assert.ok(!error.message.includes(secret), `${text}: ${error.message}`);
      }
    }),
    { numRuns: 3_000 },
  );
});

function isPlain(value: unknown): boolean {
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== "object" || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}
