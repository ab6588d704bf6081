import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, FunctionTool, Tool, ToolChoice } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { objectSchema } from "../tool_schema/object_schema.ts";

/** `tools`, and what only goes with them; without tools providers refuse the rest too. */
export function writeTools(chat: ChatRequest, losses: Losses): JsonObject {
  const tools = chat.tools.flatMap((tool) => writeTool(tool, losses));
  if (tools.length === 0) {
    const needsTools = chat.toolChoice === "required" || typeof chat.toolChoice === "object";
    if (needsTools) losses.dropped("toolChoice");
    return {};
  }
  const choice = chat.toolChoice;
  return defined({
    tools,
    tool_choice: choice === undefined ? undefined : writeChoice(choice, chat.tools),
    parallel_tool_calls: chat.parallelToolCalls,
  });
}

function writeTool(tool: Tool, losses: Losses): JsonObject[] {
  if (tool.type === "function") return [writeFunction(tool, losses)];
  if (tool.api === "completions" && isMapping(tool.value)) return [tool.value];
  losses.droppedField(tool.name);
  return [];
}

function writeFunction(tool: FunctionTool, losses: Losses): JsonObject {
  const { name, description, schema, strict, cache } = tool;
  if (cache !== undefined) losses.dropped("cache");
  const parameters = objectSchema(schema);
  return { type: "function", function: { name, ...defined({ description, parameters, strict }) } };
}

function writeChoice(choice: ToolChoice, tools: readonly Tool[]): unknown {
  if (typeof choice === "string") return choice;
  const { name } = choice;
  return customToolNames(tools).has(name)
    ? { type: "custom", custom: { name } }
    : { type: "function", function: { name } };
}

/** The names of this API's tools whose input is free text. */
export function customToolNames(tools: readonly Tool[]): ReadonlySet<string> {
  return new Set(tools.flatMap((tool) => {
    if (tool.type !== "native" || tool.api !== "completions" || !isMapping(tool.value)) return [];
    const { custom } = tool.value;
    return isMapping(custom) && typeof custom.name === "string" ? [custom.name] : [];
  }));
}
