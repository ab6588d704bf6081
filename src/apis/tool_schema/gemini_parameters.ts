import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { geminiSchema } from "./gemini_schema.ts";

/**
 * The schema of a function's parameters in Google's dialect, where it must be of one object: a
 * union becomes the object with the properties of all its members.
 */
export function geminiParameters(schema: unknown, lost: () => void): JsonObject {
  const whole = geminiSchema(schema, lost);
  if (!Array.isArray(whole.anyOf)) return whole;
  lost();
  const members = whole.anyOf.filter(isMapping).filter(({ type }) => type === "object");
  const [first = [], ...others] = members.map(requiredOf);
  const required = first.filter((name) => others.every((names) => names.includes(name)));
  return {
    type: "object",
    properties: unitedProperties(members),
    ...(required.length > 0 ? { required } : {}),
  };
}

function requiredOf({ required }: Mapping): readonly unknown[] {
  return Array.isArray(required) ? required : [];
}

function unitedProperties(members: readonly Mapping[]): JsonObject {
  const schemas = new Map<string, Mapping[]>();
  for (const { properties } of members) {
    for (const [name, schema] of Object.entries(isMapping(properties) ? properties : {})) {
      if (isMapping(schema)) schemas.set(name, [...schemas.get(name) ?? [], schema]);
    }
  }
  return Object.fromEntries([...schemas].map(([name, found]) => [name, united(found)]));
}

/** One schema for what several allow: a longer `enum` where all have one, as in tagged unions. */
function united(schemas: readonly Mapping[]): JsonObject {
  const [first = {}, ...others] = distinct(schemas);
  if (others.length === 0) return first;
  const values = [first, ...others].map((schema) => Array.isArray(schema.enum) ? schema.enum : []);
  if (values.every((list) => list.length > 0)) {
    return { ...first, enum: [...new Set(values.flat())] };
  }
  const members = [first, ...others];
  return {
    anyOf: members.flatMap((schema) => Array.isArray(schema.anyOf) ? schema.anyOf : schema),
  };
}

function distinct(schemas: readonly Mapping[]): readonly Mapping[] {
  return [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
}
