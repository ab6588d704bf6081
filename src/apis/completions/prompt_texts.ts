import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject, PromptTexts } from "../api.ts";
import { chatTokensBeside } from "../prompt_tokens.ts";
import { texts } from "./texts.ts";

/** All that costs tokens; tools and the schema of the answer count as their JSON. */
export function promptTexts(request: JsonObject): PromptTexts {
  const messages = mappingsIn(request.messages);
  const { json_schema: schema } = isMapping(request.response_format) ? request.response_format : {};
  return {
    texts: [
      ...texts.request({ messages }).map(({ text }) => text),
      ...messages.flatMap(namesIn),
      ...[request.tools, request.functions].flatMap(mappingsIn).map((tool) => JSON.stringify(tool)),
      ...(isMapping(schema) ? [JSON.stringify(schema)] : []),
    ],
    tokensBeside: chatTokensBeside(messages.length),
  };
}

/** Who speaks, and the tools that are called. */
function namesIn({ name, tool_calls: calls, function_call: call }: Mapping): readonly string[] {
  const called = mappingsIn(calls).flatMap(({ function: one, custom }) => [one, custom]);
  return [name, ...[...called, call].map((one) => isMapping(one) ? one.name : undefined)]
    .filter((found) => typeof found === "string");
}

function mappingsIn(value: unknown): readonly Mapping[] {
  return Array.isArray(value) ? value.filter(isMapping) : [];
}
