import { isObject, type JsonObject } from "../../json.ts";
import { rootProblem, schemaProblem } from "../openai_schema.ts";
import { isSealOf } from "../seals.ts";
import { objectsIn, textAt } from "../wire.ts";
import type { Refusal } from "./errors.ts";
import type { Memory } from "./memory.ts";

/** What the API refuses of a well-formed request; `items` are its input with all references. */
export function ruleRefusal(
  body: JsonObject,
  items: readonly JsonObject[],
  memory: Memory,
): Refusal | undefined {
  return inputRefusal(body) ?? modelRefusal(body) ?? streamRefusal(body) ?? toolRefusal(body) ??
    choiceRefusal(body) ?? formatRefusal(body, items) ?? duplicateRefusal(items) ??
    callRefusal(items) ?? reasoningRefusal(items, memory) ?? requiredRefusal(items, memory);
}

function refused(message: string, param: string | null, code: string | null = null): Refusal {
  return { status: 400, message, param, code };
}

function inputRefusal({ input, prompt, previous_response_id: previous }: JsonObject) {
  if (input !== undefined || prompt !== undefined || typeof previous === "string") return undefined;
  const message = "Missing required parameter: 'input'.";
  return refused(message, "input", "missing_required_parameter");
}

/** Whether the model thinks before it speaks, and then takes no sampling parameters. */
export function isReasoningModel(model: string): boolean {
  return /^(o\d|gpt-5)/.test(model) && !model.includes("chat");
}

function modelRefusal(body: JsonObject): Refusal | undefined {
  const model = String(body.model);
  const effort = isObject(body.reasoning) ? body.reasoning.effort : undefined;
  const unsupported = (param: string) =>
    refused(
      `Unsupported parameter: '${param}' is not supported with this model.`,
      param,
      "unsupported_parameter",
    );
  if (!isReasoningModel(model)) {
    return /^gpt-[34]/.test(model) && typeof effort === "string" && effort !== "none"
      ? unsupported("reasoning.effort")
      : undefined;
  }
  if (effort === "none") return undefined;
  const param = ["temperature", "top_p", "top_logprobs"].find((name) =>
    body[name] !== undefined && body[name] !== null && body[name] !== 1
  );
  return param === undefined ? undefined : unsupported(param);
}

function streamRefusal({ stream, stream_options: options }: JsonObject): Refusal | undefined {
  if (!isObject(options) || stream === true) return undefined;
  const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
  return refused(message, "stream_options");
}

function toolRefusal({ tools }: JsonObject): Refusal | undefined {
  for (const [index, { type, name, parameters, strict }] of objectsIn(tools)) {
    if (type !== "function" || parameters === undefined || parameters === null) continue;
    const problem = rootProblem(parameters) ?? schemaProblem(parameters, strict === true);
    if (problem === undefined) continue;
    const message = `Invalid schema for function '${name}': ${problem}`;
    return refused(message, `tools[${index}].parameters`, "invalid_function_parameters");
  }
}

function choiceRefusal({ tools, tool_choice: choice }: JsonObject): Refusal | undefined {
  const names = objectsIn(tools).map(([, { name }]) => name);
  const hasTools = objectsIn(tools).length > 0;
  if (!hasTools && choice === "required") {
    const message = "Tool choice 'required' must be specified with 'tools' parameter.";
    return refused(message, "tool_choice");
  }
  if (!isObject(choice) || choice.type !== "function" || names.includes(choice.name)) {
    return undefined;
  }
  return refused("Tool choice 'function' not found in 'tools' parameter.", "tool_choice");
}

function formatRefusal(body: JsonObject, items: readonly JsonObject[]): Refusal | undefined {
  const format = isObject(body.text) ? body.text.format : undefined;
  if (!isObject(format)) return undefined;
  if (format.type === "json_object" && !/json/i.test(JSON.stringify([items, body.instructions]))) {
    const message = "Response input messages must contain the word 'json' in some form to use " +
      "'text.format' of type 'json_object'.";
    return refused(message, "input");
  }
  if (format.type !== "json_schema") return undefined;
  const { schema, strict, name } = format;
  const problem = rootProblem(schema) ?? schemaProblem(schema, strict === true);
  if (problem === undefined) return undefined;
  const message = `Invalid schema for response_format '${name}': ${problem}`;
  return refused(message, "text.format.schema", "invalid_json_schema");
}

function duplicateRefusal(items: readonly JsonObject[]): Refusal | undefined {
  const seen = new Set<unknown>();
  for (const { id } of items) {
    if (typeof id !== "string") continue;
    if (seen.has(id)) {
      const message =
        `Duplicate item found with id ${id}. Remove duplicate items from your input and try again.`;
      return refused(message, "input");
    }
    seen.add(id);
  }
}

function callRefusal(items: readonly JsonObject[]): Refusal | undefined {
  const open = new Set<unknown>();
  const called = new Set<unknown>();
  for (const { type, call_id: id } of items) {
    if (type === "function_call") {
      open.add(id);
      called.add(id);
    }
    if (type !== "function_call_output") continue;
    if (!called.has(id)) {
      return refused(`No tool call found for function call output with call_id ${id}.`, "input");
    }
    open.delete(id);
  }
  const [first] = open;
  if (first === undefined) return undefined;
  return refused(`No tool output found for function call ${first}.`, "input");
}

function reasoningRefusal(items: readonly JsonObject[], memory: Memory): Refusal | undefined {
  for (const [at, item] of items.entries()) {
    if (item.type !== "reasoning") continue;
    const { id, encrypted_content: sealed } = item;
    const isGiven = typeof sealed === "string";
    if (isGiven && !isSealOf("openai-reasoning", String(id), sealed)) {
      const message = `The encrypted content for item ${id} could not be verified. Reason: ` +
        "Encrypted content could not be decrypted or parsed.";
      return refused(message, null, "invalid_encrypted_content");
    }
    if (!isGiven && !memory.knows(String(id))) return notFound(String(id));
    const next = items[at + 1];
    const type = String(next?.type ?? "message");
    const isFollowed = next !== undefined &&
      (type === "message" ? next.role === "assistant" : followers.has(type));
    if (isFollowed) continue;
    const message =
      `Item '${id}' of type 'reasoning' was provided without its required following item.`;
    return refused(message, "input");
  }
}

const followers = new Set(["function_call", "reasoning", "custom_tool_call", "web_search_call"]);

/** An item that the API does not have. */
export function notFound(id: string): Refusal {
  const message = `Item with id '${id}' not found. Items are not persisted when \`store\` is set ` +
    "to false. Try again with `store` set to true, or remove this item from your input.";
  return { status: 404, message, param: "input", code: null };
}

/** An item that goes by the id it was issued with needs the thoughts that led to it. */
function requiredRefusal(items: readonly JsonObject[], memory: Memory): Refusal | undefined {
  const ids = new Set(items.map(({ id }) => id));
  for (const item of items) {
    const id = textAt(item, "id");
    const thought = memory.reasoningOf(id);
    if (thought === undefined || ids.has(thought)) continue;
    const message = `Item '${id}' of type '${item.type ?? "message"}' was provided without its ` +
      `required 'reasoning' item: '${thought}'.`;
    return refused(message, "input");
  }
}
