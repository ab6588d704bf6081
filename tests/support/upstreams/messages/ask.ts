import { isObject, type JsonObject } from "../../json.ts";
import type { Ask, AskBlock } from "../scripts.ts";
import { objectsIn, present, textAt } from "../wire.ts";
import { turnsOf } from "./rules.ts";

/** What a well-formed request asks. */
export function readAsk(body: JsonObject, model: string): Ask {
  const { max_tokens: maxTokens, output_config: config, thinking } = body;
  const names = callNames(body);
  const format = isObject(config) ? config.format : undefined;
  const effort = isObject(config) ? config.effort : undefined;
  const thinks = ["enabled", "adaptive"].includes(textAt(thinking, "type"));
  return {
    model,
    system: systemText(body),
    turns: turnsOf(body).map(({ role, blocks }) => ({
      role,
      blocks: blocks.map(({ block }) => readBlock(block, names)),
    })),
    tools: objectsIn(body.tools).map(([, { name, description, input_schema: schema }]) => ({
      ...{ name: String(name), description, schema },
    })),
    ...readChoice(body.tool_choice),
    ...(thinks && { reasoning: present({ ...(isObject(thinking) && thinking), effort }) }),
    ...(isObject(format) && { schema: format.schema }),
    ...(typeof maxTokens === "number" && { maxTokens }),
    tokensEnough: 5,
    stop: Array.isArray(body.stop_sequences) ? body.stop_sequences.map(String) : [],
    sampling: present({
      temperature: body.temperature,
      topP: body.top_p,
      topK: body.top_k,
      user: isObject(body.metadata) ? body.metadata.user_id : undefined,
      effort: thinks ? undefined : effort,
    }),
  };
}

function systemText({ system, messages }: JsonObject): string {
  const late = objectsIn(messages).filter(([, { role }]) => role === "system");
  return [system, ...late.map(([, { content }]) => content)].map(contentText)
    .filter((text) => text !== "").join("\n");
}

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return objectsIn(content).map(([, block]) => textAt(block, "text")).filter((text) => text !== "")
    .join("\n");
}

function callNames(body: JsonObject): ReadonlyMap<unknown, string> {
  const blocks = turnsOf(body).flatMap((turn) => turn.blocks);
  return new Map(
    blocks.flatMap(({ block }) =>
      block.type === "tool_use" ? [[block.id, String(block.name)] as const] : []
    ),
  );
}

function readBlock(block: JsonObject, names: ReadonlyMap<unknown, string>): AskBlock {
  switch (block.type) {
    case "text":
      return { kind: "text", text: String(block.text) };
    case "image":
      return { kind: "image" };
    case "document":
    case "search_result":
      return { kind: "document" };
    case "thinking":
    case "redacted_thinking":
      return { kind: "thought" };
    case "tool_use":
      return { kind: "call", name: String(block.name), args: block.input };
    case "tool_result":
      return {
        kind: "result",
        name: names.get(block.tool_use_id) ?? "",
        text: contentText(block.content),
        ...(block.is_error === true && { failed: true }),
        media: objectsIn(block.content).filter(([, { type }]) => type !== "text").length,
      };
    default:
      return { kind: "other" };
  }
}

function readChoice(choice: unknown): Pick<Ask, "toolChoice" | "parallelTools"> {
  if (!isObject(choice)) return { toolChoice: "auto", parallelTools: true };
  const parallelTools = choice.disable_parallel_tool_use !== true;
  switch (choice.type) {
    case "any":
      return { toolChoice: "required", parallelTools };
    case "tool":
      return { toolChoice: { name: String(choice.name) }, parallelTools };
    case "none":
      return { toolChoice: "none", parallelTools };
    default:
      return { toolChoice: "auto", parallelTools };
  }
}
