import type { JsonObject } from "../apis/api.ts";
import { openAiParameters } from "../apis/tool_schema/openai_parameters.ts";
import { type JsonEdits, mergeEdits } from "../lib/json_edit.ts";
import { isMapping } from "../lib/mapping.ts";
import type { ProviderCall } from "./provider.ts";

/** Changes without which OpenAI's own servers would refuse a chat. */
export function openAiEdits(call: ProviderCall): JsonEdits | undefined {
  const edits = [editTools(call), ...(call.api === "completions" ? completionEdits(call) : [])]
    .filter((edit) => edit !== undefined);
  return edits.length === 0 ? undefined : mergeEdits(...edits);
}

function completionEdits(call: ProviderCall): (JsonEdits | undefined)[] {
  const isOwnChoice = call.forwarded && call.place.hostOverridden;
  const stripped = isOwnChoice ? undefined : withoutReasoning(call.request);
  if (stripped !== undefined) call.losses?.dropped("reasoningReplay");
  return [renameMaxTokens(call.request, call.model), stripped];
}

/** Clients of other APIs do not know what OpenAI's servers demand of the schemas of tools. */
function editTools({ api, forwarded, request, losses }: ProviderCall): JsonEdits | undefined {
  const { tools } = request;
  if (forwarded || !Array.isArray(tools)) return undefined;
  const parametersOf = (schema: unknown) =>
    openAiParameters(schema, () => losses?.changed("toolSchema"));
  const edit = api === "completions"
    ? editMember("function", (called) => editMember("parameters", parametersOf)(called))
    : editMember("parameters", parametersOf);
  const isChat = api === "completions" || api === "responses";
  return isChat ? { set: { tools: tools.map(edit) } } : undefined;
}

/** Changes a member where it is there. */
function editMember(name: string, change: (value: unknown) => unknown) {
  return (value: unknown): unknown =>
    isMapping(value) && value[name] !== undefined
      ? { ...value, [name]: change(value[name]) }
      : value;
}

/**
 * Newer models refuse the deprecated `max_tokens`
 * (https://platform.openai.com/docs/api-reference/chat/create, `max_completion_tokens`).
 */
function renameMaxTokens(request: JsonObject, model: string): JsonEdits | undefined {
  if (!model.startsWith("gpt-") || !("max_tokens" in request)) return undefined;
  return {
    remove: ["max_tokens"],
    set: { max_completion_tokens: request.max_completion_tokens ?? request.max_tokens },
  };
}

/**
 * How other servers have reasoning replayed to them; OpenAI's refuse unknown members. At an address
 * of the user's own there may be another server, for which the client wrote them.
 */
const REASONING = ["reasoning_content", "reasoning_details", "reasoning_signature"];

function withoutReasoning({ messages }: JsonObject): JsonEdits | undefined {
  if (!Array.isArray(messages) || !messages.some(hasReasoning)) return undefined;
  return { set: { messages: messages.map((one) => hasReasoning(one) ? stripped(one) : one) } };
}

function hasReasoning(message: unknown): message is JsonObject {
  return isMapping(message) && message.role === "assistant" &&
    REASONING.some((name) => name in message);
}

function stripped(message: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(message).filter(([name]) => !REASONING.includes(name)));
}
