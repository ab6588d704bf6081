import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";

/** A tool's schema as providers require it: of an object, even where there are no arguments. */
export function objectSchema(schema: unknown): JsonObject {
  if (!isMapping(schema) || Object.keys(schema).length === 0) {
    return { type: "object", properties: {} };
  }
  if (schema.type === undefined || schema.type === null) return { ...schema, type: "object" };
  const isUnion = Array.isArray(schema.type) && schema.type.includes("object");
  return isUnion ? { ...schema, type: "object" } : schema;
}
