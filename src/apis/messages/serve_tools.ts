import type { ChatRequest, Tool, ToolChoice } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { booleanIn, listIn, mappingIn, requiredString, stringIn, wrongType } from "../fields.ts";
import { type Note, noteOthers, readCache } from "./serve_blocks.ts";

/** The tools of a request and how they are to be used. */
export function readTools(
  json: JsonObject,
  note: Note,
): Pick<ChatRequest, "tools" | "toolChoice" | "parallelToolCalls"> {
  const tools = listIn(json, "tools").map((tool, index) => {
    const path = `tools.${index}`;
    if (!isMapping(tool)) throw wrongType(path, "an object");
    return readTool(tool, path, note);
  });
  const choice = mappingIn(json, "tool_choice");
  if (choice === undefined) return { tools };
  const name = "disable_parallel_tool_use";
  const serial = booleanIn(choice, name, `tool_choice.${name}`);
  return {
    tools,
    toolChoice: readChoice(choice),
    ...defined({ parallelToolCalls: serial === undefined ? undefined : !serial }),
  };
}

function readTool(tool: JsonObject, path: string, note: Note): Tool {
  const type = stringIn(tool, "type", `${path}.type`) ?? "custom";
  if (type !== "custom") return { type: "native", api: "messages", name: type, value: tool };
  noteOthers("tools", tool, KNOWN, note);
  return {
    type: "function",
    name: requiredString(tool, "name", `${path}.name`),
    ...defined({
      description: stringIn(tool, "description", `${path}.description`),
      schema: mappingIn(tool, "input_schema", `${path}.input_schema`),
      strict: booleanIn(tool, "strict", `${path}.strict`),
      cache: readCache(tool, path, note),
    }),
  };
}

const KNOWN: ReadonlySet<string> = new Set([
  "type",
  "name",
  "description",
  "input_schema",
  "strict",
  "cache_control",
]);

function readChoice(choice: JsonObject): ToolChoice {
  switch (choice.type) {
    case "auto":
    case "none":
      return choice.type;
    case "any":
      return "required";
    case "tool":
      return { name: requiredString(choice, "name", "tool_choice.name") };
    default:
      throw wrongType("tool_choice.type", '"auto", "any", "tool" or "none"');
  }
}
