import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { ANNOTATIONS } from "./merge_schemas.ts";

/** The types that a schema may name. */
export const TYPES: ReadonlySet<string> = new Set([
  "array",
  "boolean",
  "integer",
  "null",
  "number",
  "object",
  "string",
]);

/**
 * The keywords of a schema without unions that Google knows, and only where its type allows them;
 * `inner` does the same for a schema inside.
 */
export function geminiKeywords(
  node: Mapping,
  inner: (child: unknown) => JsonObject,
  lost: () => void,
): JsonObject {
  const values = enumValues(node, lost);
  const type = typeOf(node, values, lost);
  const demands = { ...node, ...bounds(node, type, lost) };
  const kept: Record<string, unknown> = { type };
  for (const [key, value] of Object.entries(demands)) {
    if (SCALAR_KEYWORDS.has(key)) {
      if (value !== undefined) kept[key] = value;
    } else if (isLimit(key, value)) lost();
  }
  if (values?.includes(null) || node.nullable === true) kept.nullable = true;
  if (node.format === "enum" || node.format === "date-time") kept.format = node.format;
  if (values !== undefined) addEnum(kept, values, lost);
  if (type === "array") kept.items = items(node, inner, lost);
  if (type === "object") addProperties(kept, node, inner, lost);
  return kept;
}

const SCALAR_KEYWORDS: ReadonlySet<string> = new Set([
  "title",
  "description",
  "default",
  "minLength",
  "maxLength",
  "pattern",
  "minimum",
  "maximum",
]);

function enumValues(node: Mapping, lost: () => void): readonly unknown[] | undefined {
  if (!Array.isArray(node.enum) || node.enum.length === 0) return undefined;
  if (node.enum.includes("")) lost();
  // Google refuses an empty text among the values.
  return node.enum.filter((value) => value !== "");
}

function typeOf(node: Mapping, values: readonly unknown[] | undefined, lost: () => void): string {
  if (typeof node.type === "string") {
    const type = node.type.toLowerCase();
    if (TYPES.has(type)) return type;
    lost();
  }
  const kinds = new Set(
    (values ?? []).filter((value) => value !== null).map((value) => typeof value),
  );
  if (values !== undefined) {
    const isNumber = kinds.size === 1 && kinds.has("number");
    const isBoolean = kinds.size === 1 && kinds.has("boolean");
    return isNumber ? "number" : isBoolean ? "boolean" : "string";
  }
  const telling = TELLING.find(([key]) => node[key] !== undefined);
  if (telling === undefined && !isMapping(node.additionalProperties)) lost();
  return telling?.[1] ?? "object";
}

/** Keywords that tell the type of a schema that does not name it. */
const TELLING: readonly (readonly [keyword: string, type: string])[] = [
  ["properties", "object"],
  ["items", "array"],
  ["prefixItems", "array"],
  ["pattern", "string"],
  ["minLength", "string"],
  ["maxLength", "string"],
  ["minimum", "number"],
  ["maximum", "number"],
];

/** Google allows lists of texts only. */
function addEnum(
  kept: Record<string, unknown>,
  values: readonly unknown[],
  lost: () => void,
): void {
  const texts = values.filter((value) => typeof value === "string");
  if (kept.type !== "string" || texts.length < values.filter((value) => value !== null).length) {
    lost();
  }
  if (kept.type === "string" && texts.length > 0) kept.enum = texts;
}

/**
 * Bounds that exclude their number, as bounds that include one: Google refuses the former as an
 * unknown name (https://ai.google.dev/api/caching#Schema).
 */
function bounds(node: Mapping, type: string, lost: () => void): Mapping {
  const step = type === "integer" ? 1 : 0;
  const { exclusiveMinimum: above, exclusiveMaximum: below } = node;
  const found: Record<string, unknown> = {};
  if (typeof above === "number") {
    found.minimum = Math.max(Math.floor(above) === above ? above + step : above, lowest(node));
  }
  if (typeof below === "number") {
    found.maximum = Math.min(Math.ceil(below) === below ? below - step : below, highest(node));
  }
  const excludes = [above, below].some((bound) => typeof bound === "number" || bound === true);
  if (excludes && (step === 0 || above === true || below === true)) lost();
  return { ...found, exclusiveMinimum: undefined, exclusiveMaximum: undefined };
}

function lowest({ minimum }: Mapping): number {
  return typeof minimum === "number" ? minimum : -Infinity;
}

function highest({ maximum }: Mapping): number {
  return typeof maximum === "number" ? maximum : Infinity;
}

/** A list says of what; the members of a tuple become one union. */
function items(node: Mapping, inner: (child: unknown) => JsonObject, lost: () => void): JsonObject {
  const tuple = Array.isArray(node.items) ? node.items : node.prefixItems;
  if (Array.isArray(tuple) && tuple.length > 0) {
    lost();
    const [first] = tuple;
    return inner(tuple.length === 1 ? first : { anyOf: tuple });
  }
  if (isMapping(node.items)) return inner(node.items);
  lost();
  return { type: "object" };
}

function addProperties(
  kept: Record<string, unknown>,
  { properties, required, propertyOrdering }: Mapping,
  inner: (child: unknown) => JsonObject,
  lost: () => void,
): void {
  const known = isMapping(properties) ? properties : {};
  const isKnown = (name: unknown) => typeof name === "string" && Object.hasOwn(known, name);
  if (isMapping(properties)) {
    const entries = Object.entries(properties).map(([name, child]) => [name, inner(child)]);
    kept.properties = Object.fromEntries(entries);
  }
  // Google refuses names that are not among the properties.
  const names = Array.isArray(required) ? required.filter(isKnown) : [];
  if (names.length > 0) kept.required = names;
  if (Array.isArray(required) && names.length < required.length) lost();
  if (Array.isArray(propertyOrdering)) kept.propertyOrdering = propertyOrdering.filter(isKnown);
}

/** Whether a keyword that is left out demands something. */
function isLimit(key: string, value: unknown): boolean {
  if (value === undefined || value === null || value === false || key.startsWith("x-")) {
    return false;
  }
  if (key === "additionalProperties") return isMapping(value) && Object.keys(value).length > 0;
  return LIMITS.has(key) && !ANNOTATIONS.has(key);
}

const LIMITS: ReadonlySet<string> = new Set([
  "contains",
  "dependencies",
  "dependentRequired",
  "dependentSchemas",
  "if",
  "maxItems",
  "maxProperties",
  "minItems",
  "minProperties",
  "multipleOf",
  "not",
  "patternProperties",
  "propertyNames",
  "unevaluatedProperties",
  "uniqueItems",
]);
