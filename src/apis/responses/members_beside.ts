import type { Mapping } from "../../lib/mapping.ts";

/** Members that are neither absent nor among the known ones, by their names behind a prefix. */
export function membersBeside(
  object: Mapping,
  known: ReadonlySet<string>,
  prefix = "",
): Readonly<Record<string, unknown>> {
  const rest = Object.entries(object).filter(([name, value]) =>
    value !== null && value !== undefined && !known.has(name)
  );
  return Object.fromEntries(rest.map(([name, value]) => [`${prefix}${name}`, value]));
}
