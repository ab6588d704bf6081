import type { Mapping } from "../../lib/mapping.ts";

/** Members that no modelled field says, by the client's names; a map takes any name. */
export type Unmodelled = Map<string, unknown>;

/**
 * Notes the members of an object beside the known ones. Those that say nothing, null and empty
 * lists, are left out: clients send answers back with all that stood in them.
 */
export function noteOthers(
  object: Mapping,
  known: ReadonlySet<string>,
  parent: string,
  unmodelled: Unmodelled,
): void {
  for (const key in object) {
    if (!known.has(key)) note(object[key], `${parent}${key}`, unmodelled);
  }
}

/** Notes one value, unless it says nothing. */
export function note(value: unknown, name: string, unmodelled: Unmodelled): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value) && value.length === 0) return;
  if (!unmodelled.has(name)) unmodelled.set(name, value);
}
