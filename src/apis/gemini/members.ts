import { GatewayError } from "../../errors.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";

/**
 * A member of a message of Google's, by its name in JSON or in protobuf: both are accepted
 * (https://protobuf.dev/programming-guides/json/, `maxOutputTokens` and `max_output_tokens`).
 * Null counts as absent.
 */
export function member(object: Mapping, name: string): unknown {
  return object[name] ?? object[snakeCase(name)] ?? undefined;
}

/** A string that a request names; another type is refused, naming the `path` to it. */
export function stringIn(object: Mapping, name: string, path = ""): string | undefined {
  const value = member(object, name);
  if (value === undefined || typeof value === "string") return value;
  throw wrongType(path + name, "a string");
}

/** A number that a request names, as `stringIn`; protobuf takes numbers in quotes too. */
export function numberIn(object: Mapping, name: string, path = ""): number | undefined {
  const value = member(object, name);
  if (value === undefined || typeof value === "number") return value;
  if (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  throw wrongType(path + name, "a number");
}

/** A boolean that a request names, as `stringIn`. */
export function booleanIn(object: Mapping, name: string, path = ""): boolean | undefined {
  const value = member(object, name);
  if (value === undefined || typeof value === "boolean") return value;
  throw wrongType(path + name, "a boolean");
}

/** An object that a request names, as `stringIn`. */
export function mappingIn(object: Mapping, name: string, path = ""): Mapping | undefined {
  const value = member(object, name);
  if (value === undefined || isMapping(value)) return value;
  throw wrongType(path + name, "an object");
}

/** A list that a request names, as `stringIn`; empty where it names none. */
export function listIn(object: Mapping, name: string, path = ""): readonly unknown[] {
  const value = member(object, name) ?? [];
  if (Array.isArray(value)) return value;
  throw wrongType(path + name, "an array");
}

/** A list of objects that a request names, as `listIn`. */
export function mappingsIn(object: Mapping, name: string, path = ""): readonly Mapping[] {
  return listIn(object, name, path).map((entry, at) => {
    if (isMapping(entry)) return entry;
    throw wrongType(`${path}${name}[${at}]`, "an object");
  });
}

/** The refusal of a member whose meaning cannot be read. */
export function wrongType(param: string, expected: string): GatewayError {
  return new GatewayError("invalid-request", `invalid field: ${param} must be ${expected}`, {
    param,
  });
}

/** Members that no modelled field says, by the client's names. */
export type Unmodelled = Map<string, unknown>;

/** Notes the members of an object beside the known ones, which are named in camel case. */
export function noteOthers(
  object: Mapping,
  known: ReadonlySet<string>,
  path: string,
  unmodelled: Unmodelled,
): void {
  for (const [key, value] of Object.entries(object)) {
    if (value !== null && !known.has(camelCase(key))) unmodelled.set(path + key, value);
  }
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
