import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, FunctionTool } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import type { JsonObject } from "../api.ts";
import { objectSchema } from "../tool_schema/object_schema.ts";
import type { CachePoints } from "./cache_points.ts";
import type { ModelTraits } from "./model_traits.ts";
import type { Names } from "./names.ts";

/** What tools are written with. */
export interface ToolContext {
  readonly model: ModelTraits;
  readonly names: Names;
  readonly cache: CachePoints;
  readonly losses: Losses;
}

/** The tools of a request and whether one of them must be called. */
export interface WrittenTools {
  readonly toolConfig?: JsonObject;
  readonly forcesTool: boolean;
}

/**
 * Writes the tools and which of them to use.
 *
 * The API has no word for "none", so the tools themselves are left out; but it refuses a history of
 * calls without any tool, which then gets one that is not to be called.
 */
export function writeTools(
  chat: ChatRequest,
  hasToolHistory: boolean,
  context: ToolContext,
): WrittenTools {
  const { losses } = context;
  const functions = chat.tools.filter((tool) => tool.type === "function");
  for (const tool of chat.tools) if (tool.type === "native") losses.droppedField(tool.name);
  if (chat.parallelToolCalls === false) losses.dropped("parallelToolCalls");
  if (functions.length === 0 || chat.toolChoice === "none") {
    if (functions.length > 0) losses.changed("toolChoice");
    const placeholder = { toolConfig: { tools: [PLACEHOLDER] } };
    return { ...(hasToolHistory ? placeholder : {}), forcesTool: false };
  }
  const tools = functions.flatMap((tool) => writeTool(tool, context));
  const toolChoice = writeToolChoice(chat.toolChoice, context);
  const forcesTool = toolChoice !== undefined && !("auto" in toolChoice);
  return { toolConfig: { tools, ...defined({ toolChoice }) }, forcesTool };
}

const PLACEHOLDER = {
  toolSpec: {
    name: "agentgateway_dummy_do_not_call",
    inputSchema: { json: { type: "object" } },
  },
};

function writeTool(tool: FunctionTool, { names, cache, losses }: ToolContext): JsonObject[] {
  if (tool.strict === true) losses.dropped("toolStrict");
  const description = tool.description?.trim() === "" ? undefined : tool.description;
  const toolSpec = {
    name: names.written(tool.name),
    ...defined({ description }),
    inputSchema: { json: objectSchema(tool.schema) },
  };
  return [{ toolSpec }, ...cache.after(tool.cache, "tool").map((point) => ({ ...point }))];
}

function writeToolChoice(
  choice: ChatRequest["toolChoice"],
  { model, names, losses }: ToolContext,
): JsonObject | undefined {
  if (choice === undefined || choice === "none") return undefined;
  if (choice === "auto") return { auto: {} };
  const forced = model.forcesTools === "never" ? [] : model.toolChoices;
  if (typeof choice === "object" && forced.includes("tool")) {
    return { tool: { name: names.written(choice.name) } };
  }
  if (choice !== "required" || !forced.includes("any")) losses.changed("toolChoice");
  return forced.includes("any") ? { any: {} } : undefined;
}
