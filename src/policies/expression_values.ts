import { looksAt } from "../cel/compile.ts";
import { CelError, type Expression, type Variables } from "../cel/expression.ts";

/** The value of an expression; undefined where it has none. */
export function valueOf(expression: Expression, variables: Variables): unknown {
  try {
    return expression.evaluate(variables);
  } catch (cause) {
    if (cause instanceof CelError) return undefined;
    throw cause;
  }
}

/**
 * The values of a header, of which a list gives several; undefined where one of them would be
 * illegal, as with a line break, which could begin a header of somebody else's choice.
 */
export function headerValues(value: unknown): readonly string[] | undefined {
  const texts = Array.isArray(value) ? value.map(headerText) : [headerText(value)];
  const legal = texts.filter((text) => text !== undefined);
  return legal.length === texts.length ? legal : undefined;
}

function headerText(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && /^[\t\x20-\x7e\x80-\xff]*$/.test(text) ? text : undefined;
}

/** A scalar as text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  const isScalar = typeof value === "number" || typeof value === "boolean" ||
    typeof value === "bigint";
  return isScalar ? String(value) : undefined;
}

/** A body: texts and bytes as they are, all else as JSON, and nothing where there is no value. */
export function bodyBytes(value: unknown): Uint8Array<ArrayBuffer> {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value === undefined || value === null) return new Uint8Array(0);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return new TextEncoder().encode(text);
}

/** Whether any of them looks at the body of the request or of the response. */
export function looksAtBody(
  expressions: readonly Expression[],
  message: "request" | "response",
): boolean {
  const paths = [`${message}.body`, `${message}.bodyPrefix`];
  return expressions.some((expression) => paths.some((path) => looksAt(expression, path)));
}
