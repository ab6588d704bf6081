import { at, isObject, type JsonObject } from "../../json.ts";
import type { Ask, AskBlock } from "../scripts.ts";
import { objectsIn, present, textAt } from "../wire.ts";
import { parsedSchema } from "./shapes.ts";

/** What a well-formed request asks. */
export function readAsk(body: JsonObject, model: string): Ask {
  const config = isObject(body.inferenceConfig) ? body.inferenceConfig : {};
  const { maxTokens, stopSequences } = config;
  const more = isObject(body.additionalModelRequestFields) ? body.additionalModelRequestFields : {};
  const reasoning = reasoningIn(more);
  const schema = parsedSchema(
    at(body, "outputConfig", "textFormat", "structure", "jsonSchema", "schema"),
  );
  const names = callNames(body);
  return {
    model,
    system: objectsIn(body.system).map(([, block]) => textAt(block, "text"))
      .filter((text) => text !== "").join("\n"),
    turns: objectsIn(body.messages).map(([, { role, content }]) => ({
      role: role === "assistant" ? "assistant" : "user",
      blocks: objectsIn(content).flatMap(([, block]) => readBlock(block, names)),
    })),
    tools: objectsIn(at(body, "toolConfig", "tools")).flatMap(([, { toolSpec: tool }]) =>
      isObject(tool)
        ? [{
          name: String(tool.name),
          description: tool.description,
          schema: at(tool, "inputSchema", "json"),
        }]
        : []
    ),
    toolChoice: choiceOf(body),
    parallelTools: at(more, "tool_choice", "disable_parallel_tool_use") !== true,
    ...(reasoning !== undefined && { reasoning }),
    ...(schema !== undefined && { schema }),
    ...(typeof maxTokens === "number" && { maxTokens }),
    tokensEnough: 5,
    stop: Array.isArray(stopSequences) ? stopSequences.map(String) : [],
    sampling: present({
      temperature: config.temperature,
      topP: config.topP,
      topK: more.top_k,
      requestMetadata: body.requestMetadata,
      guardrail: at(body, "guardrailConfig", "guardrailIdentifier"),
    }),
  };
}

/** Every model family has its own way of asking for thoughts. */
function reasoningIn(more: JsonObject): unknown {
  const { thinking, reasoning_config: config, reasoningConfig, reasoning_effort: effort } = more;
  const asked = thinking ?? config ?? reasoningConfig ?? effort;
  return isObject(asked) && asked.type === "disabled" ? undefined : asked;
}

function callNames({ messages }: JsonObject): ReadonlyMap<unknown, string> {
  const blocks = objectsIn(messages).flatMap(([, { content }]) => objectsIn(content));
  return new Map(
    blocks.flatMap(([, { toolUse }]) =>
      isObject(toolUse) ? [[toolUse.toolUseId, String(toolUse.name)] as const] : []
    ),
  );
}

function readBlock(block: JsonObject, names: ReadonlyMap<unknown, string>): AskBlock[] {
  const { text, toolUse, toolResult: result } = block;
  if (typeof text === "string") return [{ kind: "text", text }];
  if (isObject(toolUse)) {
    return [{ kind: "call", name: String(toolUse.name), args: toolUse.input }];
  }
  if (isObject(result)) {
    const parts = objectsIn(result.content).map(([, part]) => part);
    return [{
      kind: "result",
      name: names.get(result.toolUseId) ?? "",
      text: parts.map((part) => resultText(part)).join(""),
      failed: result.status === "error",
      media: parts.filter((part) => part.text === undefined && part.json === undefined).length,
    }];
  }
  if (block.cachePoint !== undefined) return [];
  return [{ kind: kindOf(block) }];
}

function resultText({ text, json }: JsonObject): string {
  if (json !== undefined) return JSON.stringify(json);
  return typeof text === "string" ? text : "";
}

function kindOf(block: JsonObject): "thought" | "image" | "document" | "audio" | "video" | "other" {
  if (block.reasoningContent !== undefined) return "thought";
  const media = (["image", "document", "audio", "video"] as const).find((kind) => kind in block);
  return media ?? (block.searchResult === undefined ? "other" : "document");
}

function choiceOf(body: JsonObject): Ask["toolChoice"] {
  const choice = at(body, "toolConfig", "toolChoice");
  if (!isObject(choice)) return "auto";
  if (choice.any !== undefined) return "required";
  return isObject(choice.tool) ? { name: String(choice.tool.name) } : "auto";
}
