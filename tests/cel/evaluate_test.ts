import assert from "node:assert/strict";
import { compileExpression } from "../../src/cel/compile.ts";
import { CelError } from "../../src/cel/expression.ts";
import { checkValues } from "./expressions.ts";

Deno.test("test() is true for true alone", () => {
  const truths = ["true", "1 == 1", "nope || true"];
  const rest = ["false", "1", '"true"', "null", "nope", "[true]", 'fail("x")'];
  for (const source of truths) assert.equal(compileExpression(source).test({}), true, source);
  for (const source of rest) assert.equal(compileExpression(source).test({}), false, source);
});

Deno.test("evaluate() looks at variables only where the expression does", () => {
  let looked = 0;
  const variables = {
    get request() {
      looked += 1;
      return { a: 1 };
    },
    get broken(): unknown {
      throw new RangeError("the body is too large");
    },
  };
  checkValues([["1", 1]], variables);
  assert.equal(looked, 0);
  assert.equal(compileExpression("false && request.a == 1").test(variables), false);
  assert.equal(looked, 0);
  assert.equal(compileExpression("request.a == 1").test(variables), true);
  assert.equal(looked, 1);
  assert.throws(
    () => compileExpression("broken").evaluate(variables),
    (error) => error instanceof CelError && error.cause instanceof RangeError,
  );
  assert.equal(
    compileExpression("inherited.a == 1").test(Object.create({ inherited: { a: 1 } })),
    true,
  );
});

Deno.test("evaluate() gives data of its own", () => {
  const jwt = { groups: ["a"], nested: { n: 1n, when: new Date(0), bytes: new Uint8Array([104]) } };
  const value = compileExpression("jwt").evaluate({ jwt });
  assert.deepEqual(value, {
    groups: ["a"],
    nested: { n: 1, when: "1970-01-01T00:00:00Z", bytes: "aA==" },
  });
  assert.notEqual(value, jwt);
  assert.deepEqual(compileExpression('b"hi"').evaluate({}), new Uint8Array([104, 105]));
});
