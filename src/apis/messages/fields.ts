import { GatewayError } from "../../errors.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";

/** Where a member was found, for messages: `messages.0.content.1`; empty at the top. */
export type Path = string;

/** A member that must be a string; undefined where it is missing. */
export function textIn(object: JsonObject, name: string, path: Path = ""): string | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || typeof value === "string") return value;
  throw invalidField(memberPath(path, name), "a string");
}

/** A string that must be there. */
export function requiredText(object: JsonObject, name: string, path: Path = ""): string {
  const value = textIn(object, name, path);
  if (value === undefined) throw missingField(memberPath(path, name));
  return value;
}

/** A member that must be a number; undefined where it is missing. */
export function numberIn(object: JsonObject, name: string, path: Path = ""): number | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || typeof value === "number") return value;
  throw invalidField(memberPath(path, name), "a number");
}

/** A member that must be true or false; undefined where it is missing. */
export function booleanIn(object: JsonObject, name: string, path: Path = ""): boolean | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw invalidField(memberPath(path, name), "a boolean");
}

/** A member that must be a list; empty where it is missing. */
export function listIn(object: JsonObject, name: string, path: Path = ""): readonly unknown[] {
  const value = object[name] ?? [];
  if (Array.isArray(value)) return value;
  throw invalidField(memberPath(path, name), "a list");
}

/** A member that must be an object; undefined where it is missing. */
export function objectIn(
  object: JsonObject,
  name: string,
  path: Path = "",
): JsonObject | undefined {
  const value = object[name] ?? undefined;
  if (value === undefined || isMapping(value)) return value;
  throw invalidField(memberPath(path, name), "an object");
}

/** The path of a member. */
export function memberPath(path: Path, name: string | number): Path {
  return path === "" ? String(name) : `${path}.${name}`;
}

/** The error for a member of the wrong kind. */
export function invalidField(path: Path, expected: string): GatewayError {
  return new GatewayError("invalid-request", `invalid field: ${path} must be ${expected}`, {
    code: "invalid_type",
    param: path,
  });
}

/** The error for a member without which a request has no meaning. */
export function missingField(path: Path): GatewayError {
  return new GatewayError("invalid-request", `missing field: ${path}`, {
    code: "missing_field",
    param: path,
  });
}
