import { isMapping, type Mapping } from "../../lib/mapping.ts";

/** A schema with the members of its `allOf` in it, at this level, and no `allOf`. */
export function mergeAllOf(node: Mapping, lost: () => void): Mapping {
  const { allOf, ...rest } = node;
  if (!Array.isArray(allOf)) return rest;
  return allOf.filter(isMapping).reduce<Mapping>(
    (merged, member) => mergeSchemas(merged, mergeAllOf(member, lost), lost),
    rest,
  );
}

/**
 * Two schemas that both hold, as one: properties by name, `required` together, of all else the
 * first has precedence. `lost` tells that they disagree in what they demand.
 */
export function mergeSchemas(first: Mapping, second: Mapping, lost: () => void): Mapping {
  const merged: Record<string, unknown> = { ...second, ...first };
  for (const key of Object.keys(second)) {
    const [one, other] = [first[key], second[key]];
    if (one === undefined || JSON.stringify(one) === JSON.stringify(other)) continue;
    if (key === "properties" && isMapping(one) && isMapping(other)) {
      merged[key] = { ...other, ...one };
      if (Object.keys(other).some((name) => differs(one[name], other[name]))) lost();
    } else if (key === "required" && Array.isArray(one) && Array.isArray(other)) {
      merged[key] = [...new Set([...one, ...other])];
    } else if (!ANNOTATIONS.has(key)) {
      lost();
    }
  }
  return merged;
}

/** Keywords that say something of a value without demanding anything of it. */
export const ANNOTATIONS: ReadonlySet<string> = new Set([
  "$anchor",
  "$comment",
  "$id",
  "$schema",
  "contentEncoding",
  "contentMediaType",
  "default",
  "deprecated",
  "description",
  "discriminator",
  "example",
  "examples",
  "format",
  "id",
  "readOnly",
  "title",
  "writeOnly",
]);

function differs(one: unknown, other: unknown): boolean {
  return one !== undefined && other !== undefined && JSON.stringify(one) !== JSON.stringify(other);
}
