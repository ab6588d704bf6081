import { isMapping, type Mapping } from "../lib/mapping.ts";
import type { JsonObject, PromptTexts } from "./api.ts";

/** All that costs tokens: Google counts next to nothing beside the content itself. */
export function promptTexts(request: JsonObject): PromptTexts {
  return { texts: textsIn(request), tokensBeside: 0 };
}

/** The prompt to count: that of a whole request wins over bare contents. */
export function promptIn(request: JsonObject): JsonObject {
  const whole = either(request, "generateContentRequest", "generate_content_request");
  return isMapping(whole) ? whole : request;
}

/** The texts of a prompt: instructions, contents and tools; what is no text has none. */
export function textsIn(prompt: JsonObject): readonly string[] {
  const system = either(prompt, "systemInstruction", "system_instruction");
  return [...contentTexts(system), ...contentTexts(prompt.contents), ...jsonIn(prompt.tools)];
}

/** One content may stand for a list of one, as one part may. */
function contentTexts(contents: unknown): readonly string[] {
  return mappingsIn(contents).flatMap(({ parts }) => mappingsIn(parts).flatMap(partTexts));
}

function mappingsIn(value: unknown): readonly Mapping[] {
  return (Array.isArray(value) ? value : [value]).filter(isMapping);
}

function partTexts(part: Mapping): readonly string[] {
  const code = either(part, "executableCode", "executable_code");
  const result = either(part, "codeExecutionResult", "code_execution_result");
  return [
    ...stringIn(part.text),
    ...callTexts(either(part, "functionCall", "function_call"), "args"),
    ...callTexts(either(part, "functionResponse", "function_response"), "response"),
    ...stringIn(isMapping(code) ? code.code : undefined),
    ...stringIn(isMapping(result) ? result.output : undefined),
  ];
}

function callTexts(call: unknown, payload: string): readonly string[] {
  return isMapping(call) ? [...stringIn(call.name), ...jsonIn(call[payload])] : [];
}

function jsonIn(value: unknown): readonly string[] {
  return value === undefined || value === null ? [] : [JSON.stringify(value)];
}

function stringIn(value: unknown): readonly string[] {
  return typeof value === "string" && value !== "" ? [value] : [];
}

/** Google reads both spellings of a name. */
function either(object: Mapping, camel: string, snake: string): unknown {
  return object[camel] ?? object[snake];
}
