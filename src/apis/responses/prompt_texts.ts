import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject, PromptTexts } from "../api.ts";
import { chatTokensBeside } from "../prompt_tokens.ts";
import { texts } from "./texts.ts";

/**
 * All that costs tokens; tools and the schema of the answer count as their JSON. What the provider
 * has kept of earlier answers is not known here.
 */
export function promptTexts(request: JsonObject): PromptTexts {
  const items = mappingsIn(request.input);
  const { format } = isMapping(request.text) ? request.text : {};
  const { schema } = isMapping(format) ? format : {};
  const others = [typeof request.input, typeof request.instructions]
    .filter((type) => type === "string");
  return {
    texts: [
      ...texts.request(request).map(({ text }) => text),
      ...items.map(({ name }) => name).filter((name) => typeof name === "string"),
      ...mappingsIn(request.tools).map((tool) => JSON.stringify(tool)),
      ...(isMapping(schema) ? [JSON.stringify(schema)] : []),
    ],
    tokensBeside: chatTokensBeside(items.length + others.length),
  };
}

function mappingsIn(value: unknown): readonly Mapping[] {
  return Array.isArray(value) ? value.filter(isMapping) : [];
}
