import { CelError, type Expression, type Variables } from "../../cel/expression.ts";
import { isJson } from "../../lib/is_json.ts";

/** Members of a body and the expressions that say their values. */
export type Transformations = ReadonlyMap<string, Expression>;

/** The members' values, in their order; undefined for one that has none, which is removed. */
export function evaluated(
  transformations: Transformations,
  variables: Variables,
): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [name, expression] of transformations) {
    values.set(name, valueOf(expression, variables));
  }
  return values;
}

/** What is no JSON would be sent as something else, or not at all. */
function valueOf(expression: Expression, variables: Variables): unknown {
  try {
    const value = expression.evaluate(variables);
    return isJson(value) ? value : undefined;
  } catch (cause) {
    if (cause instanceof CelError) return undefined;
    throw cause;
  }
}
