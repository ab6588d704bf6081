import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { mergeAllOf, mergeSchemas } from "./merge_schemas.ts";
import { inlineRefs } from "./refs.ts";

/**
 * A schema without a union or reference at its top, where Anthropic and OpenAI refuse them
 * (https://github.com/anthropics/claude-code/issues/5319,
 * https://github.com/nspady/google-calendar-mcp/issues/39): of alternatives, the properties of all
 * may be there, and those must that all require.
 */
export function singleObject(schema: unknown, changed: () => void): unknown {
  if (!isMapping(schema)) return schema;
  if (typeof schema.$ref === "string") return singleObject(inlineRefs(schema, changed), changed);
  const { anyOf, oneOf, ...rest } = mergeAllOf(schema, changed);
  const members = [anyOf, oneOf].flatMap((union) => Array.isArray(union) ? union : [])
    .filter(isMapping);
  if (members.length === 0) return rest;
  changed();
  const [first = [], ...others] = members.map(requiredOf);
  const required = first.filter((name) => others.every((names) => names.includes(name)));
  const united = members.reduce<Mapping>(
    (all, { required: _, ...member }) => mergeSchemas(all, member, () => {}),
    rest,
  );
  return { ...united, required: [...new Set([...requiredOf(rest), ...required])] };
}

function requiredOf({ required }: Mapping): readonly unknown[] {
  return Array.isArray(required) ? required : [];
}
