import type { JsonObject } from "../../apis/api.ts";
import { isObject, listOf, member, numberOf, stringOf } from "./json.ts";

/** What the mock needs to know of a request that has passed validation. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly choices: number;
  readonly tokensMax: number;
  readonly stop: readonly string[];
  readonly tools: readonly Tool[];
  /** Tools of which one has to be called; empty where the model is free to answer in text. */
  readonly mustCall: readonly Tool[];
  /** Whether the client named the one function to call. */
  readonly namesTool: boolean;
  readonly format: ResponseFormat;
  /** How many alternatives each token's log probability comes with; undefined: none is wanted. */
  readonly topLogprobs: number | undefined;
  readonly serviceTier: string | undefined;
}

/** One message of the conversation. */
export interface Message {
  readonly role: string;
  readonly text: string;
  /** Parts that are no text: images, audio, files. */
  readonly attachments: number;
  readonly toolCalls: readonly MessageToolCall[];
  readonly toolCallId: string;
}

/** A call that the model has made before. */
export interface MessageToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: string;
}

/** A tool that the model may call. */
export interface Tool {
  readonly type: "function" | "custom";
  readonly name: string;
  readonly parameters: unknown;
}

/** What the client wants the answer's text to be. */
export type ResponseFormat =
  | { readonly type: "text" | "json_object" }
  | { readonly type: "json_schema"; readonly schema: unknown };

/** Reads a body that `validate` has let pass. */
export function readRequest(body: JsonObject): ChatRequest {
  const tools = listOf(body.tools).flatMap(readTool);
  return {
    model: stringOf(body.model),
    messages: listOf(body.messages).map(readMessage),
    stream: body.stream === true,
    includeUsage: member(body.stream_options, "include_usage") === true,
    choices: numberOf(body.n) ?? 1,
    tokensMax: numberOf(body.max_completion_tokens) ?? numberOf(body.max_tokens) ?? Infinity,
    stop: (typeof body.stop === "string" ? [body.stop] : listOf(body.stop)).map(stringOf),
    tools,
    mustCall: readMustCall(body.tool_choice, tools),
    namesTool: isNamed(body.tool_choice),
    format: readFormat(body.response_format),
    topLogprobs: body.logprobs === true ? numberOf(body.top_logprobs) ?? 0 : undefined,
    serviceTier: servedTier(body.service_tier),
  };
}

/** The text of the last message of the user, empty where there is none. */
export function lastUserText(request: ChatRequest): string {
  return request.messages.findLast(({ role }) => role === "user")?.text ?? "";
}

/** Whether the request hands in the result of a tool. */
export function isAfterTool(request: ChatRequest): boolean {
  return request.messages.at(-1)?.role === "tool";
}

function readMessage(message: unknown): Message {
  const content = member(message, "content");
  const parts = listOf(content);
  const texts = parts.flatMap((part) => {
    const text = member(part, "text") ?? member(part, "refusal");
    return typeof text === "string" ? [text] : [];
  });
  return {
    role: stringOf(member(message, "role")),
    text: typeof content === "string" ? content : texts.join("\n"),
    attachments: parts.length - texts.length,
    toolCalls: listOf(member(message, "tool_calls")).map(readToolCall),
    toolCallId: stringOf(member(message, "tool_call_id")),
  };
}

function readToolCall(call: unknown): MessageToolCall {
  const target = member(call, "function") ?? member(call, "custom");
  return {
    id: stringOf(member(call, "id")),
    name: stringOf(member(target, "name")),
    input: stringOf(member(target, "arguments") ?? member(target, "input")),
  };
}

function readTool(tool: unknown): readonly Tool[] {
  const type = member(tool, "type") === "custom" ? "custom" : "function";
  const definition = member(tool, type);
  if (!isObject(definition)) return [];
  return [{ type, name: stringOf(definition.name), parameters: definition.parameters }];
}

function readMustCall(choice: unknown, tools: readonly Tool[]): readonly Tool[] {
  if (choice === "required") return tools;
  if (isNamed(choice)) return named([choice], tools);
  const allowed = member(choice, "allowed_tools");
  return member(allowed, "mode") === "required"
    ? named(listOf(member(allowed, "tools")), tools)
    : [];
}

function isNamed(choice: unknown): boolean {
  return isObject(choice) && choice.type !== "allowed_tools";
}

/** The tools that a list of `{type, function: {name}}` speaks of. */
function named(references: readonly unknown[], tools: readonly Tool[]): readonly Tool[] {
  const names = references.map((reference) =>
    member(member(reference, "function") ?? member(reference, "custom"), "name")
  );
  return tools.filter(({ name }) => names.includes(name));
}

function readFormat(format: unknown): ResponseFormat {
  switch (member(format, "type")) {
    case "json_object":
      return { type: "json_object" };
    case "json_schema":
      return { type: "json_schema", schema: member(member(format, "json_schema"), "schema") };
    default:
      return { type: "text" };
  }
}

/** The API answers with the tier that did the work, not with the one that was asked for. */
function servedTier(asked: unknown): string | undefined {
  if (typeof asked !== "string") return undefined;
  return asked === "auto" ? "default" : asked === "fast" ? "priority" : asked;
}
