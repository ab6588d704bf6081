import { Buffer } from "node:buffer";
import { at, isObject, type JsonObject } from "../../json.ts";
import { openFlaw, sealFlaw, thinkingFlaw, turnsOf } from "../messages/rules.ts";
import { type Flaw, pathText } from "../shapes.ts";
import { objectsIn, textAt } from "../wire.ts";
import { parsedSchema } from "./shapes.ts";

/** What AWS refuses of a well-formed request; the answer is its own message. */
export function ruleFlaw(body: JsonObject, model: string): string | undefined {
  const messages = objectsIn(body.messages);
  return turnsFlaw(messages) ?? contentFlaw(messages) ?? pairsFlaw(messages) ??
    toolsFlaw(body, messages) ?? cacheFlaw(body) ??
    (isClaude(model) ? claudeFlaw(body) : undefined);
}

/** Whether the model is Anthropic's, with signed thoughts. */
export function isClaude(model: string): boolean {
  return model.includes("anthropic.claude");
}

type Messages = readonly (readonly [number, JsonObject])[];

function turnsFlaw(messages: Messages): string | undefined {
  const spoken = messages.filter(([, { role }]) => role !== "system");
  if (spoken[0]?.[1].role !== "user") {
    return "A conversation must start with a user message. Try again with a conversation that " +
      "starts with a user message.";
  }
  const isRepeated = spoken.some(([, { role }], index) => role === spoken[index - 1]?.[1].role);
  if (!isRepeated) return undefined;
  return "A conversation must alternate between user and assistant roles. Make sure the " +
    "conversation alternates between user and assistant roles and try again.";
}

function contentFlaw(messages: Messages): string | undefined {
  for (const [index, { role, content }] of messages) {
    const blocks = objectsIn(content);
    if (blocks.length === 0) {
      return `The content field in the Message object at messages.${index} is empty. Add a ` +
        "ContentBlock object to the content field and try again.";
    }
    for (const [at, block] of blocks) {
      const place = `messages.${index}.content.${at}`;
      if (typeof block.text === "string" && block.text.trim() === "") {
        return `The text field in the ContentBlock object at ${place} is blank. Add text to the ` +
          "text field, and try again.";
      }
      const [kind = ""] = Object.keys(block);
      const home = homes[kind];
      if (home !== undefined && home !== role) {
        return `The ${kind} content block at ${place} can only be in messages of the ${home} role.`;
      }
    }
    const hasDocument = blocks.some(([, block]) => block.document !== undefined);
    if (hasDocument && !blocks.some(([, { text }]) => text !== undefined)) {
      return `The content field at messages.${index} has a document block and no text block. Add ` +
        "a text block to the content field and try again.";
    }
  }
}

const homes: Readonly<Record<string, string>> = {
  image: "user",
  document: "user",
  video: "user",
  toolResult: "user",
  toolUse: "assistant",
  reasoningContent: "assistant",
};

function idsIn(message: JsonObject | undefined, kind: "toolUse" | "toolResult"): string[] {
  return objectsIn(message?.content).flatMap(([, block]) =>
    isObject(block[kind]) ? [textAt(block, kind, "toolUseId")] : []
  );
}

function pairsFlaw(messages: Messages): string | undefined {
  for (const [index, [, message]] of messages.entries()) {
    const before = idsIn(messages[index - 1]?.[1], "toolUse");
    const results = idsIn(message, "toolResult");
    const place = `messages.${index}.content`;
    if (results.length > before.length) {
      return `The number of toolResult blocks at ${place} exceeds the number of toolUse blocks ` +
        "of previous turn.";
    }
    if (new Set(results).size < results.length) {
      return `The toolResult blocks at ${place} contain duplicate Ids: ${results.join(", ")}`;
    }
    const open = before.filter((id) => !results.includes(id));
    if (open.length > 0) {
      return `Expected toolResult blocks at ${place} for the following Ids: ${open.join(", ")}`;
    }
    const failed = failedResult(message);
    if (failed !== undefined) {
      return `The content field at ${place}.${failed}.toolResult cannot be empty when status ` +
        "value is error.";
    }
  }
  const open = idsIn(messages.at(-1)?.[1], "toolUse");
  if (open.length === 0) return undefined;
  return `Expected toolResult blocks at messages.${messages.length}.content for the following ` +
    `Ids: ${open.join(", ")}`;
}

function failedResult({ content }: JsonObject): number | undefined {
  return objectsIn(content).find(([, block]) =>
    at(block, "toolResult", "status") === "error" &&
    objectsIn(at(block, "toolResult", "content")).length === 0
  )?.[0];
}

function toolsFlaw({ toolConfig }: JsonObject, messages: Messages): string | undefined {
  const speaksOfTools = messages.some(([, message]) =>
    idsIn(message, "toolUse").length + idsIn(message, "toolResult").length > 0
  );
  if (!isObject(toolConfig)) {
    return speaksOfTools
      ? "The toolConfig field must be defined when using toolUse and toolResult content blocks."
      : undefined;
  }
  const names = objectsIn(toolConfig.tools).map(([, tool]) => textAt(tool, "toolSpec", "name"))
    .filter((name) => name !== "");
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    return `The toolConfig.tools field contains more than one tool with the name ${twice}.`;
  }
  const wanted = textAt(toolConfig.toolChoice, "tool", "name");
  if (wanted === "" || names.includes(wanted)) return undefined;
  return `The tool ${wanted} at toolConfig.toolChoice.tool.name is not in toolConfig.tools.`;
}

function cacheFlaw(body: JsonObject): string | undefined {
  const count = JSON.stringify(body).split('"cachePoint":{').length - 1;
  if (count <= 4) return undefined;
  return fromModel(`A maximum of 4 blocks with cache_control may be provided. Found ${count}.`);
}

/** What the model behind the API refuses is told with the place in the model's own request. */
function claudeFlaw(body: JsonObject): string | undefined {
  const inner = messagesBody(body);
  const turns = turnsOf(inner);
  const schema = parsedSchema(
    at(body, "outputConfig", "textFormat", "structure", "jsonSchema", "schema"),
  );
  const path = ["output_config", "format", "schema"];
  const flaw = sealFlaw(turns) ?? thinkingFlaw(inner, turns) ??
    openFlaw(schema, { path, ignored: [] });
  return flaw === undefined ? undefined : fromModel(sentence(flaw));
}

function fromModel(message: string): string {
  return `The model returned the following errors: ${message}`;
}

function sentence({ path, expected }: Flaw): string {
  const place = pathText(path, { indexes: "dots", tags: true });
  return place === "" ? expected : `${place}: ${expected}`;
}

/** As much of the request in Anthropic's form as the rules of its thoughts look at. */
function messagesBody(body: JsonObject): JsonObject {
  const config = isObject(body.inferenceConfig) ? body.inferenceConfig : {};
  const more = isObject(body.additionalModelRequestFields) ? body.additionalModelRequestFields : {};
  const [choice] = Object.keys(Object(at(body, "toolConfig", "toolChoice")));
  return {
    messages: objectsIn(body.messages).map(([, { role, content }]) => ({
      role,
      content: objectsIn(content).map(([, block]) => messagesBlock(block)),
    })),
    max_tokens: config.maxTokens,
    temperature: config.temperature,
    top_p: config.topP,
    top_k: more.top_k,
    thinking: more.thinking,
    tool_choice: { type: choice ?? "auto" },
  };
}

function messagesBlock({ text, toolUse, reasoningContent: thought }: JsonObject): JsonObject {
  if (isObject(toolUse)) return { type: "tool_use" };
  if (typeof text === "string") return { type: "text", text };
  if (!isObject(thought)) return { type: "other" };
  if (typeof thought.redactedContent === "string") {
    const data = Buffer.from(thought.redactedContent, "base64").toString();
    return { type: "redacted_thinking", data };
  }
  return {
    type: "thinking",
    thinking: at(thought, "reasoningText", "text"),
    signature: at(thought, "reasoningText", "signature"),
  };
}
