import type { Expression, Variables } from "../../cel/expression.ts";
import { isMapping } from "../../lib/mapping.ts";
import { bodyBytes, headerValues, valueOf } from "../expression_values.ts";
import { isForeignName } from "../shared/foreign_headers.ts";

/** A value by its name: a header, or an entry of the metadata. */
export interface NamedExpression {
  /** Of headers in lower case. */
  readonly name: string;
  readonly expression: Expression;
}

/** What is to be done to a request or a response. */
export interface Transform {
  readonly metadata: readonly NamedExpression[];
  readonly replace: Expression | undefined;
  readonly add: readonly NamedExpression[];
  readonly set: readonly NamedExpression[];
  readonly remove: readonly string[];
  readonly body: Expression | undefined;
}

/** The values of one transformation, all of them found before the first is put in its place. */
export interface Changes {
  /** All headers there are to be, where they are replaced. */
  readonly replace: readonly NamedValues[] | undefined;
  readonly add: readonly NamedValues[];
  readonly set: readonly NamedValues[];
  readonly remove: readonly string[];
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

interface NamedValues {
  readonly name: string;
  /** Undefined where the expression has no value, or an illegal one. */
  readonly values: readonly string[] | undefined;
}

/** Every expression of it. */
export function expressionsOf(transform: Transform): readonly Expression[] {
  const { metadata, add, set, replace, body } = transform;
  const named = [...metadata, ...add, ...set].map(({ expression }) => expression);
  return [...named, replace, body].filter((expression) => expression !== undefined);
}

/** The metadata that has a value. */
export function metadataOf(
  { metadata }: Transform,
  variables: Variables,
): Readonly<Record<string, unknown>> {
  const values = metadata.map(({ name, expression }) => {
    return [name, valueOf(expression, variables)] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** What the expressions make of what they see now. */
export function changesOf(transform: Transform, variables: Variables): Changes {
  const { replace, body } = transform;
  return {
    replace: replace === undefined ? undefined : allHeaders(valueOf(replace, variables)),
    add: namedValues(transform.add, variables),
    set: namedValues(transform.set, variables),
    remove: transform.remove,
    body: body === undefined ? undefined : bodyBytes(valueOf(body, variables)),
  };
}

function namedValues(
  named: readonly NamedExpression[],
  variables: Variables,
): readonly NamedValues[] {
  return named.map(({ name, expression }) => {
    return { name, values: headerValues(valueOf(expression, variables)) };
  });
}

/** What says how a message is framed a replacement of all headers neither takes nor gives. */
function allHeaders(value: unknown): readonly NamedValues[] {
  if (!isMapping(value)) return [];
  return Object.entries(value)
    .map(([name, values]) => ({ name: name.toLowerCase(), values: headerValues(values) }))
    .filter(({ name }) => isForeignName(name));
}

/** Puts headers in their places; `setPseudo` is given those that begin with a colon. */
export function editHeaders(
  headers: Headers,
  changes: Changes,
  setPseudo: (name: string, value: string) => void,
): void {
  if (changes.replace !== undefined) {
    for (const name of [...headers.keys()]) if (isForeignName(name)) headers.delete(name);
    for (const { name, values } of changes.replace) append(headers, name, values);
  }
  for (const { name, values } of changes.add) {
    if (name.startsWith(":")) pseudo(name, values, setPseudo);
    else append(headers, name, values);
  }
  for (const { name, values } of changes.set) {
    if (name.startsWith(":")) pseudo(name, values, setPseudo);
    else {
      // What a client sent must not stand in for a value that could not be found.
      headers.delete(name);
      append(headers, name, values);
    }
  }
  for (const name of changes.remove) headers.delete(name);
  if (changes.body === undefined) return;
  for (const name of OF_OLD_BODY) headers.delete(name);
}

const OF_OLD_BODY = ["content-length", "content-encoding"];

function append(headers: Headers, name: string, values: readonly string[] = []): void {
  for (const value of values) headers.append(name, value);
}

function pseudo(
  name: string,
  values: readonly string[] | undefined,
  setPseudo: (name: string, value: string) => void,
): void {
  const last = values?.at(-1);
  if (last !== undefined) setPseudo(name, last);
}
