import type { FunctionTool, Tool, ToolChoice } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import type { Mapping } from "../../lib/mapping.ts";
import { wrongType } from "../fields.ts";
import { jsonSchemaOf } from "../tool_schema/json_schema_of.ts";
import {
  listIn,
  mappingIn,
  mappingsIn,
  member,
  noteOthers,
  stringIn,
  type Unmodelled,
} from "./members.ts";

/** Reads `tools`: functions, and what Google offers itself. */
export function readTools(tools: readonly Mapping[], unmodelled: Unmodelled): readonly Tool[] {
  return tools.flatMap((tool, at) => {
    const path = `tools[${at}].`;
    const functions = mappingsIn(tool, "functionDeclarations", `${path}functionDeclarations`)
      .map((declaration) => readFunction(declaration, `${path}functionDeclarations.`, unmodelled));
    const others = Object.entries(tool)
      .filter(([name, value]) => !FUNCTIONS.has(name) && value !== null)
      .map(([name, value]): Tool => ({
        type: "native",
        api: "gemini",
        name,
        value: { [name]: value },
      }));
    return [...functions, ...others];
  });
}

const FUNCTIONS: ReadonlySet<string> = new Set(["functionDeclarations", "function_declarations"]);

function readFunction(declaration: Mapping, path: string, unmodelled: Unmodelled): FunctionTool {
  const name = stringIn(declaration, "name", `${path}name`);
  if (name === undefined) throw wrongType(`${path}name`, "a string");
  noteOthers(declaration, DECLARATION_MEMBERS, "tools.functionDeclarations.", unmodelled);
  const parameters = member(declaration, "parameters");
  const schema = member(declaration, "parametersJsonSchema") ??
    (parameters === undefined ? undefined : jsonSchemaOf(parameters));
  return {
    type: "function",
    name,
    ...defined({ description: stringIn(declaration, "description", `${path}description`), schema }),
  };
}

const DECLARATION_MEMBERS: ReadonlySet<string> = new Set([
  "description",
  "name",
  "parameters",
  "parametersJsonSchema",
]);

/** Reads `toolConfig`; a choice among several functions is one of any. */
export function readToolConfig(config: Mapping, unmodelled: Unmodelled): ToolChoice | undefined {
  noteOthers(config, CONFIG_MEMBERS, "toolConfig.", unmodelled);
  const calling = mappingIn(config, "functionCallingConfig", "toolConfig.functionCallingConfig");
  if (calling === undefined) return undefined;
  noteOthers(calling, CALLING_MEMBERS, CALLING_PATH, unmodelled);
  const mode = stringIn(calling, "mode", `${CALLING_PATH}mode`)?.toUpperCase();
  const allowed = listIn(calling, "allowedFunctionNames", `${CALLING_PATH}allowedFunctionNames`)
    .filter((name) => typeof name === "string");
  const [only] = allowed;
  if (mode === "ANY" && only !== undefined && allowed.length === 1) return { name: only };
  if (allowed.length > 0) unmodelled.set(`${CALLING_PATH}allowedFunctionNames`, allowed);
  switch (mode) {
    case undefined:
    case "MODE_UNSPECIFIED":
      return undefined;
    case "AUTO":
      return "auto";
    case "NONE":
      return "none";
    case "ANY":
      return "required";
    default:
      unmodelled.set(`${CALLING_PATH}mode`, mode);
      return mode === "VALIDATED" ? "auto" : undefined;
  }
}

const CALLING_PATH = "toolConfig.functionCallingConfig.";
const CONFIG_MEMBERS: ReadonlySet<string> = new Set(["functionCallingConfig"]);
const CALLING_MEMBERS: ReadonlySet<string> = new Set(["allowedFunctionNames", "mode"]);
