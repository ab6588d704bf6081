import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { mapSchemas } from "./refs.ts";

/**
 * A schema in Google's dialect as a JSON schema: types in small letters, `nullable` as a type, and
 * numbers that stand in quotes as numbers (https://ai.google.dev/api/caching#Schema).
 */
export function jsonSchemaOf(schema: unknown): unknown {
  if (!isMapping(schema)) return schema;
  const { nullable, any_of: anyOf = schema.anyOf, propertyOrdering: _, ...rest } = schema;
  const lowered: Record<string, unknown> = { ...rest, ...(anyOf === undefined ? {} : { anyOf }) };
  if (typeof schema.type === "string") lowered.type = schema.type.toLowerCase();
  if (lowered.type === "type_unspecified") delete lowered.type;
  for (const key of COUNTS) {
    const value = lowered[key];
    if (typeof value === "string" && /^\d+$/.test(value)) lowered[key] = Number(value);
  }
  const mapped = mapSchemas(lowered, jsonSchemaOf);
  return nullable === true ? withNull(mapped) : mapped;
}

/** Keywords whose 64 bits protobuf writes as text. */
const COUNTS: readonly string[] = [
  "maxItems",
  "maxLength",
  "maxProperties",
  "minItems",
  "minLength",
  "minProperties",
];

function withNull(schema: Mapping): Mapping {
  const values = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {};
  if (typeof schema.type === "string") return { ...schema, ...values, type: [schema.type, "null"] };
  if (!Array.isArray(schema.anyOf)) return { ...schema, ...values };
  return { ...schema, anyOf: [...schema.anyOf, { type: "null" }] };
}
