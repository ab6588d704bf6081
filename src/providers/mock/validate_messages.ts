import type { JsonObject } from "../../apis/api.ts";
import { type ErrorAnswer, invalid } from "./error_answer.ts";
import { isObject, listOf, member } from "./json.ts";
import { emptyArray, oneOf, unsupportedValue, wrongType } from "./validate_types.ts";

/** What the real API would say against the messages of a request, if anything. */
export function validateMessages(messages: unknown, strict: boolean): ErrorAnswer | undefined {
  if (messages === undefined || messages === null) {
    return invalid(
      "Missing required parameter: 'messages'.",
      "messages",
      "missing_required_parameter",
    );
  }
  if (!Array.isArray(messages)) return wrongType("messages", "an array of objects", messages);
  if (messages.length === 0) return emptyArray("messages", 1);
  for (const [index, message] of messages.entries()) {
    const problem = validateMessage(message, `messages[${index}]`, strict);
    if (problem) return problem;
  }
  return strict ? validateToolTurns(messages) : undefined;
}

function validateMessage(
  message: unknown,
  param: string,
  strict: boolean,
): ErrorAnswer | undefined {
  if (!isObject(message)) return wrongType(param, "an object", message);
  const { role } = message;
  if (role === undefined) {
    return invalid(
      `Missing required parameter: '${param}.role'.`,
      `${param}.role`,
      "missing_required_parameter",
    );
  }
  if (typeof role !== "string") return wrongType(`${param}.role`, "a string", role);
  if (!ROLES.includes(role)) return unsupportedValue(`${param}.role`, role, ROLES);
  return validateContent(message, param, strict) ?? validateToolCalls(message, param) ??
    validateToolCallId(message, param);
}

const ROLES = ["system", "assistant", "user", "function", "tool", "developer"];

function validateContent(
  message: JsonObject,
  param: string,
  strict: boolean,
): ErrorAnswer | undefined {
  const { content } = message;
  if (typeof content === "string") return undefined;
  if (content === undefined || content === null) {
    const mayLack = message.role === "function" || (message.role === "assistant" &&
      ["tool_calls", "function_call", "refusal", "audio"].some((name) => message[name]));
    return mayLack
      ? undefined
      : invalid("Invalid value for 'content': expected a string, got null.", `${param}.content`);
  }
  if (!Array.isArray(content)) {
    return wrongType(`${param}.content`, "one of a string or array of objects", content);
  }
  for (const [index, part] of content.entries()) {
    const problem = validatePart(part, `${param}.content[${index}]`, strict);
    if (problem) return problem;
  }
}

function validatePart(part: unknown, param: string, strict: boolean): ErrorAnswer | undefined {
  if (!isObject(part)) return wrongType(param, "an object", part);
  const wrong = oneOf("text", "image_url", "input_audio", "refusal", "audio", "file")(
    part.type,
    `${param}.type`,
    strict,
  );
  if (wrong || part.type !== "text") return wrong;
  return typeof part.text === "string"
    ? undefined
    : wrongType(`${param}.text`, "a string", part.text);
}

function validateToolCalls(message: JsonObject, param: string): ErrorAnswer | undefined {
  const calls = message.tool_calls;
  if (calls === undefined || calls === null) return undefined;
  if (!Array.isArray(calls)) return wrongType(`${param}.tool_calls`, "an array of objects", calls);
  if (calls.length === 0) return emptyArray(`${param}.tool_calls`, 1);
  for (const [index, call] of calls.entries()) {
    const at = `${param}.tool_calls[${index}]`;
    if (!isObject(call)) return wrongType(at, "an object", call);
    if (typeof call.id !== "string") return wrongType(`${at}.id`, "a string", call.id);
    if (call.type === "custom") continue;
    if (!isObject(call.function)) return wrongType(`${at}.function`, "an object", call.function);
    for (const name of ["name", "arguments"]) {
      const value = call.function[name];
      if (typeof value !== "string") return wrongType(`${at}.function.${name}`, "a string", value);
    }
  }
}

function validateToolCallId(message: JsonObject, param: string): ErrorAnswer | undefined {
  if (message.role !== "tool" || typeof message.tool_call_id === "string") return undefined;
  return invalid(
    "Missing parameter 'tool_call_id': messages with role 'tool' must have a 'tool_call_id'.",
    `${param}.tool_call_id`,
  );
}

/** Every tool call must be answered before anything else is said, and nothing else answered. */
function validateToolTurns(messages: readonly unknown[]): ErrorAnswer | undefined {
  let open = new Set<unknown>();
  let called = false;
  for (const [index, message] of messages.entries()) {
    if (member(message, "role") === "tool") {
      if (!called) {
        return invalid(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding " +
            "message with 'tool_calls'.",
          `messages.[${index}].role`,
        );
      }
      open.delete(member(message, "tool_call_id"));
      continue;
    }
    if (open.size > 0) return unanswered(open, index);
    open = new Set(listOf(member(message, "tool_calls")).map((call) => member(call, "id")));
    called = open.size > 0;
  }
  return open.size > 0 ? unanswered(open, messages.length) : undefined;
}

function unanswered(open: ReadonlySet<unknown>, index: number): ErrorAnswer {
  return invalid(
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each " +
      "'tool_call_id'. The following tool_call_ids did not have response messages: " +
      [...open].join(", "),
    `messages.[${index}].role`,
  );
}
