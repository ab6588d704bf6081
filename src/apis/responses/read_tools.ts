import type { Tool, ToolChoice } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { booleanIn, listIn, requiredString, stringIn, wrongType } from "../fields.ts";
import { membersBeside } from "./members_beside.ts";
import { listOf } from "./wire.ts";

/** The tools of a request and which of them may or must be called. */
export interface ToolUse {
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  /** What only this API can say of them. */
  readonly native: Readonly<Record<string, unknown>>;
}

/** Reads `tools` and `tool_choice`. */
export function readToolUse(json: JsonObject): ToolUse {
  const native: Record<string, unknown> = {};
  const tools = listIn(json, "tools").map((tool, index) => {
    if (!isMapping(tool)) throw wrongType(`tools[${index}]`, "an object");
    return readTool(tool, `tools[${index}]`, native);
  });
  const choice = json.tool_choice ?? undefined;
  if (isMapping(choice) && choice.type === "allowed_tools") return allowed(choice, tools, native);
  const toolChoice = readChoice(choice);
  if (choice !== undefined && toolChoice === undefined) native.tool_choice = choice;
  return { tools, native, ...defined({ toolChoice }) };
}

function readTool(tool: Mapping, place: string, native: Record<string, unknown>): Tool {
  const type = requiredString(tool, "type", `${place}.type`);
  if (type !== "function") return { type: "native", api: "responses", name: type, value: tool };
  Object.assign(native, membersBeside(tool, FUNCTION_MEMBERS, "tools."));
  return {
    type: "function",
    name: requiredString(tool, "name", `${place}.name`),
    ...defined({
      description: stringIn(tool, "description", `${place}.description`),
      schema: tool.parameters ?? undefined,
      strict: booleanIn(tool, "strict", `${place}.strict`),
    }),
  };
}

const FUNCTION_MEMBERS = new Set(["type", "name", "description", "parameters", "strict"]);

/** A choice that any provider could follow; undefined for those that name this API's own tools. */
function readChoice(choice: unknown): ToolChoice | undefined {
  if (choice === "auto" || choice === "none" || choice === "required") return choice;
  if (isMapping(choice)) {
    if (choice.type !== "function") return undefined;
    return { name: requiredString(choice, "name", "tool_choice.name") };
  }
  if (choice === undefined) return undefined;
  throw wrongType("tool_choice", `"auto", "none", "required" or an object`);
}

/** A list of allowed tools says the same as leaving the others out. */
function allowed(choice: Mapping, tools: readonly Tool[], native: ToolUse["native"]): ToolUse {
  const named = listOf(choice.tools).filter(isMapping);
  const isAllowed = (tool: Tool) =>
    named.some((entry) =>
      tool.type === "function"
        ? entry.type === "function" && entry.name === tool.name
        : entry.type === tool.name
    );
  return {
    tools: tools.filter(isAllowed),
    toolChoice: choice.mode === "required" ? "required" : "auto",
    native,
  };
}
