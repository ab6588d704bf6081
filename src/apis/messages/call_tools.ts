import type { ChatRequest, FunctionTool, Tool, ToolChoice } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { closedSchema } from "../tool_schema/closed_schema.ts";
import { hasHollowObject } from "../wanted_output.ts";
import { objectSchema } from "../tool_schema/object_schema.ts";
import { singleObject } from "../tool_schema/single_object.ts";
import type { Wire } from "./call_wire.ts";

/** The tools of a chat, and what is said of their use. */
export function writeTools(
  { tools, parallelToolCalls }: ChatRequest,
  choice: ToolChoice | undefined,
  wire: Wire,
): JsonObject {
  const written = tools.flatMap((tool) => writeTool(tool, wire) ?? []);
  if (written.length === 0) return {};
  const tool_choice = writeChoice(choice, parallelToolCalls, wire);
  return { tools: written, ...defined({ tool_choice }) };
}

function writeTool(tool: Tool, wire: Wire): JsonObject | undefined {
  if (tool.type === "native") {
    if (tool.api === "messages" && isMapping(tool.value)) return tool.value;
    wire.losses.droppedField(tool.name);
    return undefined;
  }
  const { name, description, cache } = tool;
  return {
    name: wire.toolNames.written(name),
    ...defined({ description }),
    ...writeSchema(tool, wire),
    ...wire.cacheMark(cache),
  };
}

/**
 * Strict tools take the same schemas as structured outputs; where a schema has no such form, the
 * tool is not strict.
 */
function writeSchema({ schema, strict }: FunctionTool, wire: Wire): JsonObject {
  const changed = () => wire.losses.changed("toolSchema");
  const single = singleObject(schema, changed);
  if (strict !== true) return { input_schema: objectSchema(single) };
  let isLess = false;
  const closed = closedSchema(objectSchema(single), () => isLess = true);
  if (isLess && hasHollowObject(closed)) {
    wire.losses.dropped("toolStrict");
    return { input_schema: objectSchema(single) };
  }
  if (isLess) changed();
  return { input_schema: closed, strict: true };
}

function writeChoice(
  choice: ToolChoice | undefined,
  parallel: boolean | undefined,
  wire: Wire,
): JsonObject | undefined {
  const disable = defined({
    disable_parallel_tool_use: parallel === undefined ? undefined : !parallel,
  });
  switch (choice) {
    case undefined:
      return parallel === undefined ? undefined : { type: "auto", ...disable };
    case "none":
      return { type: "none" };
    case "auto":
      return { type: "auto", ...disable };
    case "required":
      return { type: "any", ...disable };
    default:
      return { type: "tool", name: wire.toolNames.written(choice.name), ...disable };
  }
}
