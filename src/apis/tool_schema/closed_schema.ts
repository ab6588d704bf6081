import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { ANNOTATIONS, mergeAllOf, mergeSchemas } from "./merge_schemas.ts";
import { inlineRefs } from "./refs.ts";

/**
 * A schema as Anthropic's structured outputs take it: every object closed, and nothing that cannot
 * be enforced while the model writes
 * (https://platform.claude.com/docs/en/build-with-claude/structured-outputs).
 *
 * A limit that has to go is put into the description, as Anthropic's SDKs do; `lost` tells of it.
 */
export function closedSchema(schema: unknown, lost: () => void): JsonObject {
  const inlined = inlineRefs(schema, lost);
  return isMapping(inlined) ? close(inlined, lost) : {};
}

function close(node: Mapping, lost: () => void): Mapping {
  const { branches, rest } = unionOf(mergeAllOf(node, lost), lost);
  const kept: Record<string, unknown> = {};
  const refused: string[] = [];
  for (const [key, value] of Object.entries(rest)) {
    if (KEEP.get(key)?.(value)) kept[key] = value;
    else if (isLimit(key, value)) refused.push(`${key}: ${JSON.stringify(value)}`);
  }
  const inner = (child: unknown) => isMapping(child) ? close(child, lost) : {};
  if (branches !== undefined) kept.anyOf = branches.map(inner);
  if (rest.items !== undefined) kept.items = inner(tupleAsOne(rest.items, lost));
  if (isObject(rest)) closeObject(kept, rest, inner, lost);
  if (refused.length > 0) {
    lost();
    kept.description = described(rest.description, refused);
  }
  return kept;
}

interface Union {
  readonly branches: readonly unknown[] | undefined;
  readonly rest: Mapping;
}

/**
 * The members of a schema's union and what stands beside it.
 *
 * Objects are closed one by one, so that what is said of an object in two places would contradict
 * itself: properties beside the union win, else the members take what is beside them.
 */
function unionOf({ anyOf: any, oneOf: one, ...rest }: Mapping, lost: () => void): Union {
  if (Array.isArray(any) && Array.isArray(one)) lost();
  const branches = Array.isArray(any) ? any : Array.isArray(one) ? one : undefined;
  if (branches === undefined || !isObject(rest)) return { branches, rest };
  if (rest.properties !== undefined || rest.items !== undefined) {
    lost();
    return { branches: undefined, rest };
  }
  const { title, description, default: preset, ...demands } = rest;
  return {
    branches: branches.map((branch) =>
      isMapping(branch) ? mergeSchemas(branch, demands, lost) : demands
    ),
    rest: defined({ title, description, default: preset }),
  };
}

function closeObject(
  kept: Record<string, unknown>,
  { properties, additionalProperties }: Mapping,
  inner: (child: unknown) => Mapping,
  lost: () => void,
): void {
  const known = isMapping(properties) ? properties : {};
  const isOpen = additionalProperties === true || isMapping(additionalProperties) ||
    (additionalProperties === undefined && Object.keys(known).length === 0);
  if (isOpen) lost();
  const entries = Object.entries(known).map(([name, child]) => [name, inner(child)]);
  kept.properties = Object.fromEntries(entries);
  kept.additionalProperties = false;
}

function isObject({ type, properties }: Mapping): boolean {
  if (type === undefined) return isMapping(properties);
  return type === "object" || (Array.isArray(type) && type.includes("object"));
}

function tupleAsOne(items: unknown, lost: () => void): unknown {
  if (!Array.isArray(items)) return items;
  lost();
  return { anyOf: items };
}

/** Keywords that are taken as they are, and of which values. */
const KEEP: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ["type", (value) => isText(value) || Array.isArray(value)],
  ["title", isText],
  ["description", isText],
  ["default", () => true],
  ["enum", (value) => Array.isArray(value) && value.every(isScalar)],
  ["const", isScalar],
  ["required", Array.isArray],
  ["minItems", (value) => value === 0 || value === 1],
  ["format", (value) => isText(value) && FORMATS.has(value)],
  ["pattern", (value) => isText(value) && !HARD_PATTERN.test(value)],
]);

const FORMATS: ReadonlySet<string> = new Set([
  "date-time",
  "time",
  "date",
  "duration",
  "email",
  "hostname",
  "uri",
  "ipv4",
  "ipv6",
  "uuid",
]);

/** Backreferences, look-around and word boundaries. */
const HARD_PATTERN = /\\[1-9bBk]|\(\?(?:[=!]|<[=!])/;

/** Whether a keyword demands something, so that leaving it out changes what is asked for. */
function isLimit(key: string, value: unknown): boolean {
  if (HANDLED.has(key) || ANNOTATIONS.has(key) || key.startsWith("x-")) return false;
  return value !== false && value !== null;
}

const HANDLED: ReadonlySet<string> = new Set([
  "additionalProperties",
  "items",
  "nullable",
  "properties",
  "propertyOrdering",
]);

function described(description: unknown, refused: readonly string[]): string {
  const limits = `{${refused.join(", ")}}`;
  return isText(description) ? `${description}\n\n${limits}` : limits;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value !== "object";
}
