import { isObject, type JsonObject } from "./json.ts";

/** What OpenAI answers in place of a completion. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** The body of an OpenAI error. */
export function errorBody(refusal: Omit<Refusal, "status">, type = "invalid_request_error") {
  const { message, param, code } = refusal;
  return { error: { message, type, param, code } };
}

/** Checks a chat completion request as strictly as OpenAI does. */
export function refuseChat(body: unknown): Refusal | undefined {
  if (!isObject(body)) return invalid("We could not parse the JSON body of your request.");
  return refuseUnknown(body) ?? refuseModel(body) ?? refuseMessages(body.messages) ??
    refuseTypes(body) ?? refuseCombinations(body) ?? refuseTools(body.tools);
}

function refuseUnknown(body: JsonObject): Refusal | undefined {
  const unknown = Object.keys(body).find((name) => !parameters.has(name));
  return unknown && invalid(`Unrecognized request argument supplied: ${unknown}`) || undefined;
}

function refuseModel(body: JsonObject): Refusal | undefined {
  if (body.model === undefined) return invalid("you must provide a model parameter");
  if (typeof body.model !== "string") return wrongType("model", "a string", body.model);
}

function refuseMessages(messages: unknown): Refusal | undefined {
  if (messages === undefined) {
    return {
      ...invalid("Missing required parameter: 'messages'.", "messages"),
      code: "missing_required_parameter",
    };
  }
  if (!Array.isArray(messages)) return wrongType("messages", "an array of objects", messages);
  if (messages.length === 0) {
    const message =
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an " +
      "empty array instead.";
    return { ...invalid(message, "messages"), code: "empty_array" };
  }
  const called = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const refusal = refuseMessage(message, `messages[${index}]`, called);
    if (refusal !== undefined) return refusal;
  }
}

function refuseMessage(
  message: unknown,
  param: string,
  called: Set<string>,
): Refusal | undefined {
  if (!isObject(message)) return wrongType(param, "an object", message);
  const { role, content, tool_calls: calls } = message;
  if (typeof role !== "string" || !roles.has(role)) {
    const known = [...roles].map((name) => `'${name}'`).join(", ");
    return {
      ...invalid(`Invalid value: '${role}'. Supported values are: ${known}.`, `${param}.role`),
      code: "invalid_value",
    };
  }
  const hasText = typeof content === "string" || Array.isArray(content);
  if (!hasText && !(role === "assistant" && Array.isArray(calls))) {
    return wrongType(`${param}.content`, "one of a string or array of objects", content);
  }
  for (const call of Array.isArray(calls) ? calls : []) {
    if (!isObject(call) || typeof call.id !== "string" || call.type !== "function") {
      return wrongType(`${param}.tool_calls[0]`, "an object", call);
    }
    called.add(call.id);
  }
  const answered = message.tool_call_id;
  if (role === "tool" && !(typeof answered === "string" && called.has(answered))) {
    const text = "Invalid parameter: messages with role 'tool' must be a response to a " +
      "preceeding message with 'tool_calls'.";
    return invalid(text, `${param}.role`);
  }
}

function refuseTypes(body: JsonObject): Refusal | undefined {
  for (const [name, expected] of Object.entries(types)) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (!fits[expected](value)) return wrongType(name, expected, value);
  }
}

function refuseCombinations(body: JsonObject): Refusal | undefined {
  if (body.max_tokens !== undefined && body.max_completion_tokens !== undefined) {
    return {
      ...invalid(
        "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
        "max_tokens",
      ),
      code: "invalid_parameter_combination",
    };
  }
  if (body.stream_options === undefined || body.stream_options === null) return;
  if (body.stream !== true) {
    return invalid(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      "stream_options",
    );
  }
  if (!isObject(body.stream_options)) {
    return wrongType("stream_options", "an object", body.stream_options);
  }
}

function refuseTools(tools: unknown): Refusal | undefined {
  if (tools === undefined) return;
  if (!Array.isArray(tools)) return wrongType("tools", "an array of objects", tools);
  for (const [index, tool] of tools.entries()) {
    const param = `tools[${index}]`;
    if (!isObject(tool) || tool.type !== "function" || !isObject(tool.function)) {
      return wrongType(param, "an object", tool);
    }
    const { name, parameters } = tool.function;
    if (typeof name !== "string" || !/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      const text = `Invalid '${param}.function.name': string does not match pattern.`;
      return { ...invalid(text, `${param}.function.name`), code: "invalid_value" };
    }
    if (parameters !== undefined && !(isObject(parameters) && parameters.type === "object")) {
      const text =
        `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"'.`;
      return {
        ...invalid(text, `${param}.function.parameters`),
        code: "invalid_function_parameters",
      };
    }
  }
}

function invalid(message: string, param: string | null = null): Refusal {
  return { status: 400, message, param, code: null };
}

function wrongType(param: string, expected: string, value: unknown): Refusal {
  const found = value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
  const message = `Invalid type for '${param}': expected ${expected}, but got ${found} instead.`;
  return { ...invalid(message, param), code: "invalid_type" };
}

const roles = new Set(["system", "assistant", "user", "function", "tool", "developer"]);

const fits = {
  "a decimal number": (value: unknown) => typeof value === "number",
  "an integer": (value: unknown) => Number.isInteger(value),
  "a string": (value: unknown) => typeof value === "string",
  "a boolean": (value: unknown) => typeof value === "boolean",
  "an object": (value: unknown) => isObject(value),
} as const;

const types: Readonly<Record<string, keyof typeof fits>> = {
  frequency_penalty: "a decimal number",
  logit_bias: "an object",
  logprobs: "a boolean",
  max_completion_tokens: "an integer",
  max_tokens: "an integer",
  metadata: "an object",
  n: "an integer",
  parallel_tool_calls: "a boolean",
  presence_penalty: "a decimal number",
  response_format: "an object",
  seed: "an integer",
  stream: "a boolean",
  temperature: "a decimal number",
  top_logprobs: "an integer",
  top_p: "a decimal number",
  user: "a string",
};

const parameters = new Set([
  ...Object.keys(types),
  ...["messages", "model", "audio", "function_call", "functions", "modalities", "prediction"],
  ...["prompt_cache_key", "prompt_cache_retention", "reasoning_effort", "safety_identifier"],
  ...["service_tier", "stop", "store", "stream_options", "tool_choice", "tools", "verbosity"],
  "web_search_options",
]);
