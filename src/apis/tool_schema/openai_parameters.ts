import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { mapSchemas } from "./refs.ts";
import { singleObject } from "./single_object.ts";

/**
 * The schema of a function's parameters as OpenAI takes it: of one object, without further
 * conditions at its top (https://github.com/langchain-ai/langchainjs/issues/9804), and with lists
 * that say of what (https://github.com/mark3labs/mcphost/issues/35).
 */
export function openAiParameters(schema: unknown, changed: () => void): unknown {
  const single = singleObject(schema, changed);
  if (!isMapping(single)) return single;
  const { enum: values, not, ...rest } = single;
  if (values !== undefined || not !== undefined) changed();
  return withItems(rest);
}

/** Items of any kind are what a list has that does not name them. */
function withItems(schema: unknown): unknown {
  if (!isMapping(schema)) return schema;
  const mapped = mapSchemas(schema, withItems);
  return isBareList(schema) ? { ...mapped, items: {} } : mapped;
}

function isBareList({ type, items, prefixItems }: Mapping): boolean {
  const isList = type === "array" || (Array.isArray(type) && type.includes("array"));
  return isList && items === undefined && prefixItems === undefined;
}
