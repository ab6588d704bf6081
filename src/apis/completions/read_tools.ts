import type { Tool, ToolChoice } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import {
  booleanIn,
  listIn,
  requiredMapping,
  requiredString,
  stringIn,
  wrongType,
} from "../fields.ts";
import { readCache } from "./read_content.ts";
import { note, noteOthers, type Unmodelled } from "./unmodelled.ts";

/** The tools of a request: `tools`, and `functions` from before there were others. */
export function readTools(request: JsonObject, unmodelled: Unmodelled): Tool[] {
  const tools = listIn(request, "tools");
  const functions = listIn(request, "functions");
  return [
    ...tools.map((tool, index) => readTool(tool, `tools[${index}]`, unmodelled)),
    ...functions.map((definition, index) => {
      if (!isMapping(definition)) throw wrongType(`functions[${index}]`, "an object");
      noteOthers(definition, FUNCTION_MEMBERS, "functions[].", unmodelled);
      return readFunction(definition, `functions[${index}].`);
    }),
  ];
}

function readTool(tool: unknown, at: string, unmodelled: Unmodelled): Tool {
  if (!isMapping(tool)) throw wrongType(at, "an object");
  if (tool.type !== "function") {
    const name = typeof tool.type === "string" ? tool.type : "tools[].type";
    return { type: "native", api: "completions", name, value: tool };
  }
  const definition = requiredMapping(tool, "function", `${at}.function`);
  noteOthers(tool, TOOL_MEMBERS, "tools[].", unmodelled);
  noteOthers(definition, FUNCTION_MEMBERS, "tools[].function.", unmodelled);
  const cache = readCache(tool) ?? readCache(definition);
  return { ...readFunction(definition, `${at}.function.`), ...defined({ cache }) };
}

const TOOL_MEMBERS: ReadonlySet<string> = new Set([
  ...["type", "function", "cache_control", "prompt_cache_breakpoint"],
]);
const FUNCTION_MEMBERS: ReadonlySet<string> = new Set([
  ...["name", "description", "parameters", "strict", "cache_control"],
]);

function readFunction(definition: Mapping, at: string): Tool {
  return {
    type: "function",
    name: requiredString(definition, "name", `${at}name`),
    ...defined({
      description: stringIn(definition, "description", `${at}description`),
      schema: definition.parameters ?? undefined,
      strict: booleanIn(definition, "strict", `${at}strict`),
    }),
  };
}

/** `tool_choice`, or `function_call` from before; a choice among some tools is native. */
export function readToolChoice(
  request: JsonObject,
  unmodelled: Unmodelled,
): ToolChoice | undefined {
  const choice = request.tool_choice ?? request.function_call ?? undefined;
  if (choice === undefined) return undefined;
  const param = (request.tool_choice ?? undefined) === undefined ? "function_call" : "tool_choice";
  if (choice === "auto" || choice === "none" || choice === "required") return choice;
  if (!isMapping(choice)) throw wrongType(param, "auto, none, required or an object");
  const named = [choice.function, choice.custom, choice].find((value) =>
    isMapping(value) && typeof value.name === "string"
  );
  if (isMapping(named) && typeof named.name === "string") return { name: named.name };
  note(choice, param, unmodelled);
  return undefined;
}

/** Whether a client knows nothing of `tool_calls` and waits for a `function_call`. */
export function wantsFunctionCall(request: JsonObject): boolean {
  return Array.isArray(request.functions) && !Array.isArray(request.tools);
}
