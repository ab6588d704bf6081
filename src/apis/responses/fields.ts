import { GatewayError } from "../../errors.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";

/** A text member of a request; null counts as absent, another type is refused. */
export function stringIn(object: Mapping, name: string, place = name): string | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw wrongType(place, "a string");
}

/** A text member that has to be there. */
export function requiredString(object: Mapping, name: string, place = name): string {
  const value = stringIn(object, name, place);
  if (value === undefined) throw missing(place);
  return value;
}

/** A number member of a request; null counts as absent, another type is refused. */
export function numberIn(object: Mapping, name: string, place = name): number | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || typeof value === "number") return value;
  throw wrongType(place, "a number");
}

/** A boolean member of a request; null counts as absent, another type is refused. */
export function booleanIn(object: Mapping, name: string, place = name): boolean | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw wrongType(place, "a boolean");
}

/** An object member of a request; null counts as absent, another type is refused. */
export function mappingIn(object: Mapping, name: string, place = name): Mapping | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || isMapping(value)) return value;
  throw wrongType(place, "an object");
}

/** A list member of a request; null counts as absent, another type is refused. */
export function listIn(object: Mapping, name: string, place = name): readonly unknown[] {
  const value = object[name] ?? [];
  if (Array.isArray(value)) return value;
  throw wrongType(place, "a list");
}

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

/** The refusal of a member that has the wrong type. */
export function wrongType(place: string, expected: string): GatewayError {
  return new GatewayError("invalid-request", `invalid field: ${place} must be ${expected}`, {
    code: "invalid_type",
    param: place,
  });
}

/** The refusal of a request without a member that it needs. */
export function missing(place: string): GatewayError {
  return new GatewayError("invalid-request", `missing field: ${place}`, {
    code: "missing_required_parameter",
    param: place,
  });
}
