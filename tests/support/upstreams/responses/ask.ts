import { isObject, type JsonObject } from "../../json.ts";
import type { Ask, AskBlock, AskTurn } from "../scripts.ts";
import { objectsIn, present, textAt } from "../wire.ts";
import { isReasoningModel } from "./rules.ts";

/** What a well-formed request asks. */
export function readAsk(body: JsonObject, items: readonly JsonObject[]): Ask {
  const { reasoning, max_output_tokens: maxTokens, tool_choice: choice } = body;
  const model = String(body.model);
  const config = isObject(reasoning) ? reasoning : {};
  const thinks = config.effort !== "none" &&
    (isReasoningModel(model) || typeof config.effort === "string");
  const format = isObject(body.text) ? body.text.format : undefined;
  return {
    model,
    system: systemText(body, items),
    turns: turnsOf(items),
    tools: objectsIn(body.tools).filter(([, { type }]) => type === "function")
      .map(([, { name, description, parameters: schema }]) => ({
        ...{ name: String(name), description, schema },
      })),
    toolChoice: choiceOf(choice),
    parallelTools: body.parallel_tool_calls !== false,
    ...(thinks && { reasoning: config }),
    ...(isObject(format) && format.type === "json_schema" && { schema: format.schema }),
    ...(isObject(format) && format.type === "json_object" && { schema: { type: "object" } }),
    ...(typeof maxTokens === "number" && { maxTokens }),
    // No limit below 16 is taken.
    tokensEnough: 20,
    stop: [],
    sampling: present({
      temperature: body.temperature ?? undefined,
      topP: body.top_p ?? undefined,
      user: body.user ?? body.safety_identifier,
      verbosity: isObject(body.text) ? body.text.verbosity : undefined,
      store: body.store ?? undefined,
      metadata: body.metadata ?? undefined,
      serviceTier: body.service_tier ?? undefined,
    }),
  };
}

function systemText({ instructions }: JsonObject, items: readonly JsonObject[]): string {
  const said = items.filter(({ role }) => role === "system" || role === "developer");
  return [instructions, ...said.map(({ content }) => content)].map(contentText)
    .filter((text) => text !== "").join("\n");
}

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return objectsIn(content).map(([, part]) => textAt(part, "text")).join("");
}

function turnsOf(items: readonly JsonObject[]): AskTurn[] {
  const calls = items.filter(({ type }) => type === "function_call");
  const names = new Map(calls.map(({ call_id: id, name }) => [id, name]));
  const turns: { role: AskTurn["role"]; blocks: AskBlock[] }[] = [];
  for (const item of items) {
    const blocks = blocksOf(item, names);
    if (blocks.length === 0) continue;
    const isUsers = item.role === "user" || item.type === "function_call_output";
    const role = isUsers ? "user" : "assistant";
    const last = turns.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, blocks });
  }
  return turns;
}

function blocksOf(item: JsonObject, names: ReadonlyMap<unknown, unknown>): AskBlock[] {
  switch (item.type ?? "message") {
    case "message":
      return item.role === "system" || item.role === "developer" ? [] : partsOf(item.content);
    case "reasoning":
      return [{ kind: "thought" }];
    case "function_call":
      return [{ kind: "call", name: String(item.name), args: parsed(item.arguments) }];
    case "function_call_output": {
      const { output } = item;
      const media = objectsIn(output).filter(([, { type }]) => type !== "input_text").length;
      const name = String(names.get(item.call_id));
      return [{ kind: "result", name, text: contentText(output), media }];
    }
    default:
      return [{ kind: "other" }];
  }
}

function partsOf(content: unknown): AskBlock[] {
  if (typeof content === "string") return [{ kind: "text", text: content }];
  return objectsIn(content).map(([, part]): AskBlock => {
    if (part.type === "input_image") return { kind: "image" };
    if (part.type === "input_file") return { kind: "document" };
    return { kind: "text", text: textAt(part, "text") || textAt(part, "refusal") };
  });
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return text;
  }
}

function choiceOf(choice: unknown): Ask["toolChoice"] {
  if (choice === "none" || choice === "required") return choice;
  if (!isObject(choice)) return "auto";
  if (choice.type === "allowed_tools") return choice.mode === "required" ? "required" : "auto";
  return { name: String(choice.name) };
}
