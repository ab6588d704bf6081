import { at, isObject, type JsonObject } from "../../json.ts";
import type { Ask, AskBlock, AskTurn } from "../scripts.ts";
import { objectsIn, present, textAt } from "../wire.ts";
import { thinks } from "./rules.ts";
import type { Flavour } from "./shapes.ts";

/** What a well-formed request asks. */
export function readAsk(body: JsonObject, flavour: Flavour): Ask {
  const maxTokens = body.max_completion_tokens ?? body.max_tokens;
  const { stop, response_format: format, reasoning, thinking, reasoning_effort: effort } = body;
  const schema = at(format, "json_schema", "schema") ??
    (at(format, "type") === "json_object" ? { type: "object" } : undefined);
  return {
    model: String(body.model),
    system: messages(body).filter(({ role }) => role === "system" || role === "developer")
      .map(({ content }) => contentText(content)).join("\n"),
    turns: turnsOf(body),
    tools: objectsIn(body.tools).map(([, tool]) => ({
      name: textAt(tool, "function", "name"),
      description: at(tool, "function", "description"),
      schema: at(tool, "function", "parameters"),
    })),
    toolChoice: choiceOf(body.tool_choice),
    parallelTools: body.parallel_tool_calls !== false,
    ...(thinks(body, flavour) && { reasoning: present({ effort, reasoning, thinking }) }),
    ...(schema !== undefined && { schema }),
    ...(typeof maxTokens === "number" && { maxTokens }),
    tokensEnough: 5,
    stop: typeof stop === "string" ? [stop] : Array.isArray(stop) ? stop.map(String) : [],
    sampling: samplingOf(body),
  };
}

function samplingOf(body: JsonObject): JsonObject {
  return present({
    temperature: body.temperature ?? undefined,
    topP: body.top_p ?? undefined,
    topK: body.top_k,
    seed: body.seed ?? undefined,
    presencePenalty: body.presence_penalty ?? undefined,
    frequencyPenalty: body.frequency_penalty ?? undefined,
    user: body.user,
  });
}

function messages(body: JsonObject): JsonObject[] {
  return objectsIn(body.messages).map(([, message]) => message);
}

function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return objectsIn(content).map(([, part]) => textAt(part, "text")).join("\n");
}

function turnsOf(body: JsonObject): AskTurn[] {
  const calls = messages(body).flatMap(({ tool_calls }) => objectsIn(tool_calls));
  const names = new Map(calls.map(([, call]) => [call.id, textAt(call, "function", "name")]));
  const turns: { role: AskTurn["role"]; blocks: AskBlock[] }[] = [];
  for (const message of messages(body)) {
    if (message.role === "system" || message.role === "developer") continue;
    const role = message.role === "assistant" ? "assistant" : "user";
    const blocks = blocksOf(message, names);
    const last = turns.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, blocks });
  }
  return turns;
}

function blocksOf(message: JsonObject, names: ReadonlyMap<unknown, string>): AskBlock[] {
  const { role, content, tool_calls: calls, tool_call_id: id } = message;
  if (role === "tool") {
    return [{ kind: "result", name: names.get(id) ?? "", text: contentText(content) }];
  }
  const isThought = textAt(message, "reasoning_content") + textAt(message, "reasoning") !== "" ||
    objectsIn(message.reasoning_details).length > 0;
  return [
    ...(isThought ? [{ kind: "thought" } as const] : []),
    ...partsOf(content),
    ...objectsIn(calls).map(([, call]): AskBlock => ({
      kind: "call",
      name: textAt(call, "function", "name"),
      args: parsed(textAt(call, "function", "arguments")),
    })),
  ];
}

function partsOf(content: unknown): AskBlock[] {
  if (typeof content === "string") return content === "" ? [] : [{ kind: "text", text: content }];
  return objectsIn(content).map(([, part]): AskBlock => {
    if (part.type === "image_url") return { kind: "image" };
    if (part.type === "input_audio") return { kind: "audio" };
    if (part.type === "file") return { kind: "document" };
    return { kind: "text", text: textAt(part, "text") || textAt(part, "refusal") };
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function choiceOf(choice: unknown): Ask["toolChoice"] {
  if (choice === "none" || choice === "required") return choice;
  const name = isObject(choice) ? textAt(choice, "function", "name") : "";
  return name === "" ? "auto" : { name };
}
