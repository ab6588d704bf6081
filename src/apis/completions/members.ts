import { GatewayError } from "../../errors.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";

/** A string that a request names; null counts as absent, another type is refused. */
export function stringIn(object: Mapping, key: string, parent = ""): string | undefined {
  const value = object[key] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw wrongType(`${parent}${key}`, "a string");
}

/** A number that a request names, as `stringIn`. */
export function numberIn(object: Mapping, key: string, parent = ""): number | undefined {
  const value = object[key] ?? undefined;
  if (value === undefined || typeof value === "number") return value;
  throw wrongType(`${parent}${key}`, "a number");
}

/** A boolean that a request names, as `stringIn`. */
export function booleanIn(object: Mapping, key: string, parent = ""): boolean | undefined {
  const value = object[key] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw wrongType(`${parent}${key}`, "a boolean");
}

/** An object that a request names, as `stringIn`. */
export function mappingIn(object: Mapping, key: string, parent = ""): Mapping | undefined {
  const value = object[key] ?? undefined;
  if (value === undefined || isMapping(value)) return value;
  throw wrongType(`${parent}${key}`, "an object");
}

/** A list that a request names, as `stringIn`. */
export function listIn(object: Mapping, key: string, parent = ""): readonly unknown[] | undefined {
  const value = object[key] ?? undefined;
  if (value === undefined || Array.isArray(value)) return value;
  throw wrongType(`${parent}${key}`, "an array");
}

/** What a request must have there. */
export function required<T>(value: T | undefined, param: string): T {
  if (value !== undefined) return value;
  throw new GatewayError("invalid-request", `missing field: ${param}`, {
    code: "missing_required_parameter",
    param,
  });
}

/** The refusal of a member whose meaning cannot be read. */
export function wrongType(param: string, expected: string): GatewayError {
  return new GatewayError("invalid-request", `invalid field: ${param} must be ${expected}`, {
    code: "invalid_type",
    param,
  });
}

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
