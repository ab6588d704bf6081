import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { geminiKeywords, TYPES } from "./gemini_keywords.ts";
import { mergeAllOf, mergeSchemas } from "./merge_schemas.ts";
import { inlineRefs } from "./refs.ts";

/**
 * A JSON schema in Google's dialect, which knows few keywords and refuses a request with others
 * (https://ai.google.dev/api/caching#Schema); `lost` tells that something it demands was left out.
 */
export function geminiSchema(schema: unknown, lost: () => void): JsonObject {
  return normal(inlineRefs(schema, lost), lost);
}

function normal(node: unknown, lost: () => void): JsonObject {
  if (!isMapping(node)) {
    lost();
    return { type: "object" };
  }
  const single = unionAsAnyOf(mergeAllOf(node, lost), lost);
  const inner = (child: unknown) => normal(child, lost);
  const { anyOf, ...rest } = single;
  if (!Array.isArray(anyOf) || anyOf.length === 0) {
    return geminiKeywords(constAsEnum(rest), inner, lost);
  }
  const members = anyOf.filter((member) => !isNull(member));
  const beside = members.length < anyOf.length ? { ...rest, nullable: true } : rest;
  const [first] = members;
  if (first === undefined) return geminiKeywords({ ...beside, type: "null" }, inner, lost);
  if (members.length === 1) return inner(isMapping(first) ? { ...first, ...beside } : beside);
  if (SHAPES.some((key) => rest[key] !== undefined)) {
    lost();
    return inner(beside);
  }
  const shaped = members.map((member) => inner(distributed(beside, member, lost)));
  return { anyOf: shaped.flatMap((member) => Array.isArray(member.anyOf) ? member.anyOf : member) };
}

/** Keywords that hold schemas; with one of them a schema says enough without its union. */
const SHAPES: readonly string[] = ["properties", "items", "prefixItems"];

/**
 * A member of a union with what stands beside the union: Vertex refuses other keywords in the same
 * schema (https://github.com/anomalyco/opencode/issues/15795).
 */
function distributed(beside: Mapping, member: unknown, lost: () => void): unknown {
  const { title: _, default: __, description, ...demands } = beside;
  if (!isMapping(member)) return member;
  const merged = mergeSchemas(member, demands, lost);
  const words = [description, member.description].filter((text) => typeof text === "string");
  return words.length === 0 ? merged : { ...merged, description: words.join("\n") };
}

/** `oneOf` is read as `anyOf`, as Google does; so is a list of types. */
function unionAsAnyOf(node: Mapping, lost: () => void): Mapping {
  const { oneOf, ...rest } = node;
  if (Array.isArray(oneOf)) {
    if (!Array.isArray(rest.anyOf)) return unionAsAnyOf({ ...rest, anyOf: oneOf }, lost);
    lost();
  }
  const { type, ...others } = rest;
  if (!Array.isArray(type)) return rest;
  if (type.length === 0) return others;
  const types = [...new Set(type)].filter((name) => name !== "null");
  const nullable = types.length < type.length ? { nullable: true } : {};
  const [first = "null"] = types;
  if (types.length < 2) return { ...others, type: first, ...nullable };
  if (Array.isArray(others.anyOf)) return { ...others, ...nullable };
  const { title, description, default: preset, ...demands } = others;
  return {
    ...defined({ title, description, default: preset }),
    ...nullable,
    anyOf: types.map((name) => ({ ...demands, type: name })),
  };
}

function isNull(node: unknown): boolean {
  if (!isMapping(node)) return false;
  const isNullEnum = Array.isArray(node.enum) && node.enum.length > 0 &&
    node.enum.every((value) => value === null);
  return node.type === "null" || node.const === null || isNullEnum;
}

/** A single allowed value is an `enum` of one, of the value's kind. */
function constAsEnum(node: Mapping): Mapping {
  const { const: value, ...rest } = node;
  if (value === undefined) return rest;
  return { type: kindOf(value), ...rest, enum: [value] };
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return TYPES.has(typeof value) ? typeof value : "object";
}
