import { isMapping, type Mapping } from "../../lib/mapping.ts";
import * as fields from "../fields.ts";

/**
 * A member of a message of Google's, by its name in JSON or in protobuf: both are accepted
 * (https://protobuf.dev/programming-guides/json/, `maxOutputTokens` and `max_output_tokens`).
 * Null counts as absent.
 */
export function member(object: Mapping, name: string): unknown {
  return object[spelling(object, name)] ?? undefined;
}

/** A string that a request names, as everywhere but in both spellings. */
export function stringIn(object: Mapping, name: string, place = name): string | undefined {
  return fields.stringIn(object, spelling(object, name), place);
}

/** A number that a request names, as `stringIn`; protobuf takes numbers in quotes too. */
export function numberIn(object: Mapping, name: string, place = name): number | undefined {
  const value = member(object, name);
  if (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  return fields.numberIn(object, spelling(object, name), place);
}

/** A boolean that a request names, as `stringIn`. */
export function booleanIn(object: Mapping, name: string, place = name): boolean | undefined {
  return fields.booleanIn(object, spelling(object, name), place);
}

/** An object that a request names, as `stringIn`. */
export function mappingIn(object: Mapping, name: string, place = name): Mapping | undefined {
  return fields.mappingIn(object, spelling(object, name), place);
}

/** A list that a request names, as `stringIn`; empty where it names none. */
export function listIn(object: Mapping, name: string, place = name): readonly unknown[] {
  return fields.listIn(object, spelling(object, name), place);
}

/** A list of objects that a request names, as `listIn`. */
export function mappingsIn(object: Mapping, name: string, place = name): readonly Mapping[] {
  return listIn(object, name, place).map((entry, at) => {
    if (isMapping(entry)) return entry;
    throw fields.wrongType(`${place}[${at}]`, "an object");
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

/** The name in JSON, or that in protobuf where the object has nothing under the other. */
export function spelling(object: Mapping, name: string): string {
  return (object[name] ?? undefined) === undefined ? snakeCase(name) : name;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
