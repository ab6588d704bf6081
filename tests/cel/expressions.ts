import assert from "node:assert/strict";
import { compileExpression } from "../../src/cel/compile.ts";
import { CelError, CelSyntaxError, type Variables } from "../../src/cel/expression.ts";

/** Checks the values of expressions; an `Error` is the error that one must end with. */
export function checkValues(
  rows: readonly (readonly [source: string, expected: unknown])[],
  variables: Variables = {},
): void {
  for (const [source, expected] of rows) {
    const expression = compileExpression(source, undefined, { random: () => 0.5 });
    if (expected instanceof Error) {
      const error = { name: "CelError", message: expected.message };
      assert.throws(() => expression.evaluate(variables), error, source);
    } else {
      assert.deepEqual(valueOf(source, variables), expected, source);
    }
  }
}

function valueOf(source: string, variables: Variables): unknown {
  try {
    return compileExpression(source, undefined, { random: () => 0.5 }).evaluate(variables);
  } catch (error) {
    if (error instanceof CelError) return `${error.message}`;
    throw error;
  }
}

/** Checks what texts that are no expressions are refused with, as `offset: message`. */
export function checkRefusals(rows: readonly (readonly [source: string, refusal: string])[]): void {
  for (const [source, refusal] of rows) {
    assert.throws(() => compileExpression(source), (error) => {
      assert.ok(error instanceof CelSyntaxError, `${source}: ${error}`);
      assert.equal(`${error.offset}: ${error.message}`, refusal, source.slice(0, 80));
      return true;
    });
  }
}

/** The error that an expression has to end with. */
export function fails(message: string): CelError {
  return new CelError(message);
}
