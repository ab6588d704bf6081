import type { ChatRequest, Tool, ToolChoice } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import {
  booleanIn,
  invalidField,
  listIn,
  memberPath,
  objectIn,
  requiredText,
  textIn,
} from "./fields.ts";
import { type Note, noteOthers, readCache } from "./serve_blocks.ts";

/** The tools of a request and how they are to be used. */
export function readTools(
  json: JsonObject,
  note: Note,
): Pick<ChatRequest, "tools" | "toolChoice" | "parallelToolCalls"> {
  const tools = listIn(json, "tools").map((tool, index) => {
    const path = memberPath("tools", index);
    if (!isMapping(tool)) throw invalidField(path, "an object");
    return readTool(tool, path, note);
  });
  const choice = objectIn(json, "tool_choice");
  if (choice === undefined) return { tools };
  const serial = booleanIn(choice, "disable_parallel_tool_use", "tool_choice");
  return {
    tools,
    toolChoice: readChoice(choice),
    ...defined({ parallelToolCalls: serial === undefined ? undefined : !serial }),
  };
}

function readTool(tool: JsonObject, path: string, note: Note): Tool {
  const type = textIn(tool, "type", path) ?? "custom";
  if (type !== "custom") return { type: "native", api: "messages", name: type, value: tool };
  noteOthers("tools", tool, KNOWN, note);
  return {
    type: "function",
    name: requiredText(tool, "name", path),
    ...defined({
      description: textIn(tool, "description", path),
      schema: objectIn(tool, "input_schema", path),
      strict: booleanIn(tool, "strict", path),
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
      return { name: requiredText(choice, "name", "tool_choice") };
    default:
      throw invalidField("tool_choice.type", '"auto", "any", "tool" or "none"');
  }
}
