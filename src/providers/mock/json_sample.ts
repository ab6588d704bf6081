import type { JsonObject } from "../../apis/api.ts";
import { isObject, listOf, numberOf, stringOf } from "./json.ts";
import { resolve } from "./json_schema.ts";
import { sampleNumber, sampleString } from "./json_sample_scalars.ts";

/**
 * A value that fits a JSON schema, the same for the same schema.
 *
 * It knows the keywords that structured outputs and tool parameters use; what no value can fit
 * (contradictions, endless recursion) gives null in its place.
 */
export function sampleJson(schema: unknown): unknown {
  return sample(schema, {
    root: schema,
    name: "value",
    depth: 0,
    ordinal: 0,
    budget: { left: VALUES_MAX },
  });
}

/** Where in the sample a value stands. */
interface Place {
  readonly root: unknown;
  /** The property's name, which strings repeat. */
  readonly name: string;
  readonly depth: number;
  /** Tells the elements of an array apart. */
  readonly ordinal: number;
  /** Shared by all places: how many values may still be made. */
  readonly budget: { left: number };
}

const VALUES_MAX = 10_000;
const DEPTH_MAX = 40;

/** Below this depth only what the schema requires is made, so that recursive schemas end. */
const GENEROUS_DEPTH = 4;

const ITEMS_MAX = 100;

function sample(written: unknown, place: Place): unknown {
  place.budget.left--;
  if (place.budget.left < 0 || place.depth > DEPTH_MAX) return null;
  const schema = resolve(written, place.root, place.depth >= GENEROUS_DEPTH);
  if ("const" in schema) return schema.const;
  const choices = listOf(schema.enum);
  if (choices.length > 0) return choices[place.ordinal % choices.length];
  if ("default" in schema && place.ordinal === 0) return schema.default;
  switch (typeOf(schema, place)) {
    case "object":
      return sampleObject(schema, place);
    case "array":
      return sampleArray(schema, place);
    case "integer":
      return sampleNumber(schema, true, place.ordinal);
    case "number":
      return sampleNumber(schema, false, place.ordinal);
    case "boolean":
      return place.ordinal % 2 === 0;
    case "null":
      return null;
    default:
      return sampleString(schema, place.name, place.ordinal);
  }
}

function typeOf(schema: JsonObject, place: Place): string {
  if (typeof schema.type === "string") return schema.type;
  const types = listOf(schema.type);
  if (types.includes("null") && place.depth >= GENEROUS_DEPTH) return "null";
  const type = types.find((type) => type !== "null");
  if (type !== undefined) return stringOf(type);
  if (types.length > 0) return "null";
  return IMPLIED_TYPES.find(([, keywords]) => keywords.some((word) => word in schema))?.[0] ??
    "string";
}

/** Schemas without a type: their keywords say what they are about. */
const IMPLIED_TYPES: readonly (readonly [string, readonly string[]])[] = [
  ["object", ["properties", "required", "additionalProperties", "patternProperties"]],
  ["array", ["items", "prefixItems", "minItems", "maxItems", "uniqueItems"]],
  ["number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]],
];

function sampleObject(schema: JsonObject, place: Place): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = listOf(schema.required).map(stringOf);
  const names = place.depth < GENEROUS_DEPTH
    ? new Set([...Object.keys(properties), ...required])
    : new Set(required);
  const entries = [...names].map((name) => {
    const property = Object.hasOwn(properties, name)
      ? properties[name]
      : schema.additionalProperties;
    return [name, sample(property, { ...place, name, depth: place.depth + 1, ordinal: 0 })];
  });
  return Object.fromEntries(entries);
}

function sampleArray(schema: JsonObject, place: Place): readonly unknown[] {
  const fixed = listOf(schema.prefixItems ?? (Array.isArray(schema.items) ? schema.items : []));
  const wanted = place.depth < GENEROUS_DEPTH ? Math.max(1, fixed.length) : 0;
  const length = Math.min(
    Math.max(numberOf(schema.minItems) ?? 0, wanted),
    numberOf(schema.maxItems) ?? Infinity,
    schema.items === false ? fixed.length : ITEMS_MAX,
  );
  return Array.from({ length }, (_, index) => {
    const item = fixed[index] ??
      (Array.isArray(schema.items) ? schema.additionalItems : schema.items);
    return sample(item, { ...place, depth: place.depth + 1, ordinal: place.ordinal + index });
  });
}
