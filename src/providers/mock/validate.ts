import type { JsonObject } from "../../apis/api.ts";
import { type ErrorAnswer, invalid } from "./error_answer.ts";
import { isObject, listOf, member } from "./json.ts";
import {
  array,
  boolean,
  type Check,
  integer,
  number,
  object,
  oneOf,
  string,
  wrongType,
} from "./validate_types.ts";
import { validateMessages } from "./validate_messages.ts";

/**
 * What the real API would say against a request, if anything.
 *
 * Wrong types and ranges are always refused. `strict` also refuses what servers with the same API
 * differ in: unknown parameters and values, and messages that do not follow from one another.
 */
export function validate(body: unknown, strict: boolean): ErrorAnswer | undefined {
  if (!isObject(body)) return invalid("Invalid body: expected a JSON object.");
  return validateModel(body.model) ??
    validateMessages(body.messages, strict) ??
    validateParameters(body, strict) ??
    validateTools(body, strict) ??
    (strict ? validateUnknown(body) ?? validateCombinations(body) : undefined);
}

function validateModel(model: unknown): ErrorAnswer | undefined {
  if (model === undefined || model === null || model === "") {
    return invalid("you must provide a model parameter");
  }
  return typeof model === "string" ? undefined : wrongType("model", "a string", model);
}

function validateParameters(body: JsonObject, strict: boolean): ErrorAnswer | undefined {
  for (const [name, check] of PARAMETERS) {
    const value = body[name];
    const problem = value === undefined || value === null ? undefined : check(value, name, strict);
    if (problem) return problem;
  }
}

const PARAMETERS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["audio", object],
  ["frequency_penalty", number(-2, 2)],
  ["function_call", stringOrObject],
  ["functions", array(1, 128)],
  ["logit_bias", object],
  ["logprobs", boolean],
  ["max_completion_tokens", integer(1)],
  ["max_tokens", integer(1)],
  ["metadata", object],
  ["modalities", array(1, 2)],
  ["moderation", object],
  ["n", integer(1, 128)],
  ["parallel_tool_calls", boolean],
  ["prediction", object],
  ["presence_penalty", number(-2, 2)],
  ["prompt_cache_key", string],
  ["prompt_cache_options", object],
  ["prompt_cache_retention", oneOf("in_memory", "24h")],
  ["reasoning_effort", oneOf("none", "minimal", "low", "medium", "high", "xhigh", "max")],
  ["response_format", responseFormat],
  ["safety_identifier", string],
  ["seed", integer()],
  ["service_tier", oneOf("auto", "default", "flex", "scale", "priority", "fast")],
  ["stop", stop],
  ["store", boolean],
  ["stream", boolean],
  ["stream_options", object],
  ["temperature", number(0, 2)],
  ["tool_choice", stringOrObject],
  ["tools", array(1, 128)],
  ["top_logprobs", integer(0, 20)],
  ["top_p", number(0, 1)],
  ["user", string],
  ["verbosity", oneOf("low", "medium", "high")],
  ["web_search_options", object],
]);

function stringOrObject(value: unknown, param: string): ErrorAnswer | undefined {
  if (typeof value === "string" || isObject(value)) return undefined;
  return wrongType(param, "one of a string or object", value);
}

function stop(value: unknown, param: string): ErrorAnswer | undefined {
  if (typeof value === "string") return undefined;
  if (!Array.isArray(value)) return wrongType(param, "one of a string or array of strings", value);
  const odd = value.findIndex((item) => typeof item !== "string");
  return odd < 0
    ? array(0, 4)(value, param, true)
    : wrongType(`${param}[${odd}]`, "a string", value[odd]);
}

function responseFormat(value: unknown, param: string): ErrorAnswer | undefined {
  if (!isObject(value)) return wrongType(param, "an object", value);
  const wrong = oneOf("json_object", "json_schema", "text")(value.type, `${param}.type`, true);
  if (wrong || value.type !== "json_schema") return wrong;
  if (!isObject(value.json_schema)) return missing(`${param}.json_schema`);
  return typeof value.json_schema.name === "string"
    ? undefined
    : missing(`${param}.json_schema.name`);
}

function validateTools(body: JsonObject, strict: boolean): ErrorAnswer | undefined {
  for (const [index, tool] of listOf(body.tools).entries()) {
    const param = `tools[${index}]`;
    if (!isObject(tool)) return wrongType(param, "an object", tool);
    const wrong = oneOf("function", "custom")(tool.type, `${param}.type`, true);
    if (wrong) return wrong;
    const type = String(tool.type);
    if (!isObject(tool[type])) return missing(`${param}.${type}`);
    const name = member(tool[type], "name");
    if (name === undefined) return missing(`${param}.${type}.name`);
    if (typeof name !== "string") return wrongType(`${param}.${type}.name`, "a string", name);
  }
  return validateToolChoice(body, strict);
}

function validateToolChoice(body: JsonObject, strict: boolean): ErrorAnswer | undefined {
  const { tool_choice: choice, tools } = body;
  if (choice === undefined || choice === null) return undefined;
  if (!Array.isArray(tools)) {
    if (!strict) return undefined;
    return invalid("'tool_choice' is only allowed when 'tools' are specified.", "tool_choice");
  }
  if (typeof choice === "string") {
    return oneOf("none", "auto", "required")(choice, "tool_choice", true);
  }
  const wrong = oneOf("function", "allowed_tools", "custom")(
    member(choice, "type"),
    "tool_choice.type",
    true,
  );
  if (wrong || member(choice, "type") === "allowed_tools") return wrong;
  const type = String(member(choice, "type"));
  const name = member(member(choice, type), "name");
  if (typeof name !== "string") return missing(`tool_choice.${type}.name`);
  return tools.some((tool) => member(member(tool, type), "name") === name)
    ? undefined
    : invalid(`Tool choice '${name}' not found in 'tools' parameter.`, "tool_choice");
}

function validateUnknown(body: JsonObject): ErrorAnswer | undefined {
  const unknown = Object.keys(body)
    .filter((name) => name !== "model" && name !== "messages" && !PARAMETERS.has(name));
  if (unknown.length === 0) return undefined;
  const argument = unknown.length === 1 ? "argument" : "arguments";
  return invalid(`Unrecognized request ${argument} supplied: ${unknown.join(", ")}`);
}

function validateCombinations(body: JsonObject): ErrorAnswer | undefined {
  if (isObject(body.stream_options) && body.stream !== true) {
    return invalid(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      "stream_options",
    );
  }
  if (typeof body.max_tokens === "number" && typeof body.max_completion_tokens === "number") {
    return invalid(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      "max_tokens",
      "invalid_parameter_combination",
    );
  }
  const wantsJson = member(body.response_format, "type") === "json_object";
  if (wantsJson && !/json/i.test(JSON.stringify(body.messages))) {
    return invalid(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type " +
        "'json_object'.",
      "messages",
    );
  }
}

function missing(param: string): ErrorAnswer {
  return invalid(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
}
