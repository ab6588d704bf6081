import { isObject, type JsonObject } from "../json.ts";
import { broken, firstOf, type Flaw, inside, type Place, type Shape } from "./shapes.ts";

/** Takes a JSON schema whose keywords have values that they can have. */
export const jsonSchema: Shape = (value, place) => {
  if (typeof value === "boolean") return undefined;
  if (!isObject(value)) return { kind: "type", path: place.path, expected: "object", found: value };
  return keywordFlaw(value, place) ??
    firstOf(subschemas(value), ([steps, schema]) => jsonSchema(schema, inside(place, ...steps)));
};

function keywordFlaw(schema: JsonObject, place: Place): Flaw | undefined {
  const wrong = (name: string) =>
    broken(inside(place, name).path, `${name} is not valid JSON Schema`, schema[name]);
  const { type, required, properties, enum: allowed } = schema;
  const types = Array.isArray(type) ? type : type === undefined ? [] : [type];
  if (!types.every((name) => typeof name === "string" && typeNames.has(name))) return wrong("type");
  if (properties !== undefined && !isObject(properties)) return wrong("properties");
  if (allowed !== undefined && !Array.isArray(allowed)) return wrong("enum");
  const isNames = Array.isArray(required) && required.every((name) => typeof name === "string");
  if (required !== undefined && !isNames) return wrong("required");
}

/** The first object in a schema that a check finds fault with. */
export function objectFlaw(
  schema: unknown,
  place: Place,
  check: (schema: JsonObject, place: Place) => Flaw | undefined,
): Flaw | undefined {
  if (!isObject(schema)) return undefined;
  return check(schema, place) ??
    firstOf(
      subschemas(schema),
      ([steps, inner]) => objectFlaw(inner, inside(place, ...steps), check),
    );
}

/** Whether a schema describes objects. */
export function isObjectSchema(schema: JsonObject): boolean {
  const { type } = schema;
  return type === "object" || (Array.isArray(type) && type.includes("object")) ||
    (type === undefined && isObject(schema.properties));
}

function subschemas(schema: JsonObject): [(string | number)[], unknown][] {
  const found: [(string | number)[], unknown][] = [];
  for (const name of ["properties", "$defs", "definitions", "patternProperties"]) {
    const group = schema[name];
    if (!isObject(group)) continue;
    for (const [key, inner] of Object.entries(group)) found.push([[name, key], inner]);
  }
  for (const name of ["anyOf", "oneOf", "allOf", "prefixItems"]) {
    const group = schema[name];
    if (!Array.isArray(group)) continue;
    for (const [index, inner] of group.entries()) found.push([[name, index], inner]);
  }
  for (const name of ["items", "additionalProperties", "not"]) {
    if (isObject(schema[name])) found.push([[name], schema[name]]);
  }
  return found;
}

const typeNames = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);
