import type { Expression } from "../../cel/expression.ts";
import type { ProblemPath } from "../../config/normalised.ts";
import type { CompileContext } from "../compile_context.ts";

/** An expression with the name of what it gives a value. */
interface NamedExpression {
  readonly name: string;
  readonly expression: Expression;
}

/** Compiles CEL by name; what is no CEL is left out, and a problem. */
export function namedExpressions(
  sources: Readonly<Record<string, string>> | undefined,
  at: ProblemPath,
  context: CompileContext,
): readonly NamedExpression[] {
  return Object.entries(sources ?? {}).flatMap(([name, source]) => {
    const expression = context.expression(source, [...at, name]);
    return expression === undefined ? [] : [{ name, expression }];
  });
}
