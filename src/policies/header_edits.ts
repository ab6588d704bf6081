import type { EditableHeaders } from "../lib/header_record.ts";

/** Changes to a set of headers, in the order add, set, remove. */
export interface HeaderEdits {
  readonly add?: Readonly<Record<string, string>> | undefined;
  readonly set?: Readonly<Record<string, string>> | undefined;
  readonly remove?: readonly string[] | undefined;
}

/** A compiled edit, or several in a row. */
export type EditHeaders = (headers: EditableHeaders) => void;

/** Compiles edits; undefined when there is nothing to do. */
export function headerEdits(...several: readonly (HeaderEdits | undefined)[]) {
  const steps = several.filter((edits) => edits !== undefined).map(compile);
  if (steps.length === 0) return undefined;
  return (headers: EditableHeaders): void => steps.forEach((step) => step(headers));
}

function compile({ add, set, remove }: HeaderEdits): EditHeaders {
  const added = Object.entries(add ?? {});
  const replaced = Object.entries(set ?? {});
  return (headers) => {
    for (const [name, value] of added) headers.append(name, value);
    for (const [name, value] of replaced) headers.set(name, value);
    for (const name of remove ?? []) headers.delete(name);
  };
}
