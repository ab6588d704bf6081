import type { JsonObject } from "../../apis/api.ts";
import { isObject, listOf, member } from "./json.ts";

/** A schema with references, `allOf` and the choice of `anyOf` and `oneOf` worked into it. */
export function resolve(schema: unknown, root: unknown, plainly: boolean): JsonObject {
  let resolved: JsonObject = isObject(schema) ? schema : {};
  for (let step = 0; step < STEPS_MAX; step++) {
    const next = resolveOnce(resolved, root, plainly);
    if (next === resolved) return resolved;
    resolved = next;
  }
  return { type: "null" };
}

/** Nobody nests more references than this; endless ones (`a` is `b`, `b` is `a`) exist. */
const STEPS_MAX = 64;

function resolveOnce(schema: JsonObject, root: unknown, plainly: boolean): JsonObject {
  if (typeof schema.$ref === "string") {
    const { $ref, ...rest } = schema;
    return merge(find(root, $ref), rest);
  }
  if (Array.isArray(schema.allOf)) {
    const { allOf, ...rest } = schema;
    return allOf.filter(isObject).map((part) => resolve(part, root, plainly)).reduce(merge, rest);
  }
  for (const keyword of ["anyOf", "oneOf"]) {
    const branches = listOf(schema[keyword]).filter(isObject);
    if (branches.length === 0) continue;
    const { [keyword]: _, ...rest } = schema;
    return merge(choose(branches, plainly), rest);
  }
  return schema;
}

/** The first branch; plainly, the first that cannot lead deeper. */
function choose(branches: readonly JsonObject[], plainly: boolean): JsonObject {
  const plain = branches.find(({ type }) => typeof type === "string" && !/object|array/.test(type));
  return (plainly ? plain : undefined) ?? branches[0] ?? {};
}

function merge(left: JsonObject, right: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...left, ...right };
  if (isObject(left.properties) && isObject(right.properties)) {
    merged.properties = { ...left.properties, ...right.properties };
  }
  if (Array.isArray(left.required) && Array.isArray(right.required)) {
    merged.required = [...left.required, ...right.required];
  }
  return merged;
}

/** Follows a JSON pointer such as `#/$defs/item`; one that leads nowhere allows everything. */
function find(root: unknown, reference: string): JsonObject {
  const [document, pointer = ""] = reference.split("#");
  if (document !== "") return {};
  const target = pointer.split("/").slice(1).reduce<unknown>(
    (value, step) => memberOrElement(value, unescape(step)),
    root,
  );
  return isObject(target) ? target : {};
}

function memberOrElement(value: unknown, step: string): unknown {
  return Array.isArray(value) ? value[Number(step)] : member(value, step);
}

function unescape(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}
