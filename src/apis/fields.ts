import { GatewayError } from "../errors.ts";
import { isMapping, type Mapping } from "../lib/mapping.ts";

/**
 * A text that a client's request names; null counts as absent, another type is refused. `place` is
 * where it stands in the request, in the words of the client's API.
 */
export function stringIn(object: Mapping, name: string, place = name): string | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw wrongType(place, "a string");
}

/** A number that a request names, as `stringIn`. */
export function numberIn(object: Mapping, name: string, place = name): number | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || typeof value === "number") return value;
  throw wrongType(place, "a number");
}

/** A boolean that a request names, as `stringIn`. */
export function booleanIn(object: Mapping, name: string, place = name): boolean | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw wrongType(place, "a boolean");
}

/** An object that a request names, as `stringIn`. */
export function mappingIn(object: Mapping, name: string, place = name): Mapping | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || isMapping(value)) return value;
  throw wrongType(place, "an object");
}

/** A list that a request names, as `stringIn`; empty where it names none. */
export function listIn(object: Mapping, name: string, place = name): readonly unknown[] {
  const value = object[name] ?? [];
  if (Array.isArray(value)) return value;
  throw wrongType(place, "a list");
}

/** A text that has to be there. */
export function requiredString(object: Mapping, name: string, place = name): string {
  return required(stringIn(object, name, place), place);
}

/** An object that has to be there. */
export function requiredMapping(object: Mapping, name: string, place = name): Mapping {
  return required(mappingIn(object, name, place), place);
}

/** A list that has to be there, though it may be empty. */
export function requiredList(object: Mapping, name: string, place = name): readonly unknown[] {
  required(object[name] ?? undefined, place);
  return listIn(object, name, place);
}

/** What a request must have there. */
export function required<T>(value: T | undefined, place: string): T {
  if (value === undefined) throw missing(place);
  return value;
}

/** The refusal of a member whose meaning cannot be read. */
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
