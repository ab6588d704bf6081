import { isObject, type JsonObject } from "../../json.ts";
import { rootProblem, schemaProblem } from "../openai_schema.ts";
import type { Refusal } from "../responses/errors.ts";
import { isReasoningModel } from "../responses/rules.ts";
import { isSealOf } from "../seals.ts";
import { objectsIn, textAt } from "../wire.ts";
import type { Flavour } from "./shapes.ts";

/** What the API refuses of a well-formed request. */
export function ruleRefusal(body: JsonObject, flavour: Flavour): Refusal | undefined {
  return contentRefusal(body) ?? pairRefusal(body) ?? combinationRefusal(body) ??
    (flavour === "openai" ? modelRefusal(body) : undefined) ?? toolRefusal(body) ??
    formatRefusal(body) ?? reasoningRefusal(body, flavour);
}

function refused(message: string, param: string | null, code: string | null = null): Refusal {
  return { status: 400, message, param, code };
}

function pairRefusal({ messages }: JsonObject): Refusal | undefined {
  let open: string[] = [];
  const all = objectsIn(messages);
  for (const [index, message] of all) {
    const { role, tool_call_id: id } = message;
    if (role === "tool") {
      if (!open.includes(String(id))) {
        const text = "Invalid parameter: messages with role 'tool' must be a response to a " +
          "preceeding message with 'tool_calls'.";
        return refused(text, `messages.[${index}].role`);
      }
      open = open.filter((other) => other !== id);
      continue;
    }
    if (open.length > 0) return unanswered(open, index);
    open = objectsIn(message.tool_calls).map(([, call]) => String(call.id));
  }
  return open.length > 0 ? unanswered(open, all.length) : undefined;
}

function unanswered(ids: readonly string[], index: number): Refusal {
  const text = "An assistant message with 'tool_calls' must be followed by tool messages " +
    "responding to each 'tool_call_id'. The following tool_call_ids did not have response " +
    `messages: ${ids.join(", ")}`;
  return refused(text, `messages.[${index}].role`);
}

function contentRefusal({ messages }: JsonObject): Refusal | undefined {
  for (const [index, message] of objectsIn(messages)) {
    const { role, content, tool_calls: calls, function_call: call, refusal } = message;
    const isEmpty = (content ?? calls ?? call ?? refusal ?? undefined) === undefined;
    if (role !== "assistant" || !isEmpty) continue;
    const param = `messages.[${index}].content`;
    const text = `Invalid value for 'content': expected a string, got null.`;
    return refused(text, param);
  }
}

function combinationRefusal(body: JsonObject): Refusal | undefined {
  const { max_tokens: old, max_completion_tokens: max } = body;
  if (isSet(old) && isSet(max)) {
    const text = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not " +
      "supported.";
    return refused(text, "max_tokens", "invalid_parameter_combination");
  }
  if (isSet(body.stream_options) && body.stream !== true) {
    const text = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    return refused(text, "stream_options");
  }
  const lonely = ["tool_choice", "parallel_tool_calls"].find((name) => body[name] !== undefined);
  if (lonely === undefined || body.tools !== undefined) return undefined;
  return refused(
    `Invalid value for '${lonely}': '${lonely}' is only allowed when 'tools' are specified.`,
    lonely,
  );
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function modelRefusal(body: JsonObject): Refusal | undefined {
  const model = String(body.model);
  if (!isReasoningModel(model)) {
    if (!isSet(body.reasoning_effort)) return undefined;
    return refused("Unrecognized request argument supplied: reasoning_effort", null);
  }
  const unsupported = "unsupported_parameter";
  if (isSet(body.max_tokens)) {
    const text = "Unsupported parameter: 'max_tokens' is not supported with this model. Use " +
      "'max_completion_tokens' instead.";
    return refused(text, "max_tokens", unsupported);
  }
  const foreign = ["stop", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs"]
    .find((name) => isSet(body[name]));
  if (foreign !== undefined) {
    const text = `Unsupported parameter: '${foreign}' is not supported with this model.`;
    return refused(text, foreign, unsupported);
  }
  if (body.reasoning_effort === "none") return undefined;
  const fixed = ["temperature", "top_p"].find((name) => isSet(body[name]) && body[name] !== 1);
  if (fixed === undefined) return undefined;
  const text = `Unsupported value: '${fixed}' does not support ${body[fixed]} with this model. ` +
    "Only the default (1) value is supported.";
  return refused(text, fixed, "unsupported_value");
}

function toolRefusal({ tools, tool_choice: choice }: JsonObject): Refusal | undefined {
  for (const [index, tool] of objectsIn(tools)) {
    const definition = isObject(tool.function) ? tool.function : {};
    const { name, parameters, strict } = definition;
    if (parameters === undefined) continue;
    const problem = rootProblem(parameters) ?? schemaProblem(parameters, strict === true);
    if (problem === undefined) continue;
    const text = `Invalid schema for function '${name}': ${problem}`;
    return refused(text, `tools[${index}].function.parameters`, "invalid_function_parameters");
  }
  const wanted = textAt(choice, "function", "name");
  const names = objectsIn(tools).map(([, tool]) => textAt(tool, "function", "name"));
  if (wanted === "" || names.includes(wanted)) return undefined;
  return refused("Tool choice 'function' not found in 'tools' parameter.", "tool_choice");
}

function formatRefusal({ response_format: format, messages }: JsonObject): Refusal | undefined {
  if (!isObject(format)) return undefined;
  if (format.type === "json_object" && !/json/i.test(JSON.stringify(messages))) {
    const text = "'messages' must contain the word 'json' in some form, to use " +
      "'response_format' of type 'json_object'.";
    return refused(text, "messages");
  }
  const wanted = isObject(format.json_schema) ? format.json_schema : undefined;
  if (wanted?.schema === undefined) return undefined;
  const { name, schema, strict } = wanted;
  const problem = rootProblem(schema) ?? schemaProblem(schema, strict === true);
  if (problem === undefined) return undefined;
  return refused(`Invalid schema for response_format '${name}': ${problem}`, "response_format");
}

/**
 * Thoughts that led to calls of the current turn must come back: in DeepSeek's thinking mode as
 * text, with OpenRouter unchanged where they come back at all.
 *
 * See https://api-docs.deepseek.com/guides/thinking_mode and
 * https://openrouter.ai/docs/use-cases/reasoning-tokens.
 */
function reasoningRefusal(body: JsonObject, flavour: Flavour): Refusal | undefined {
  const all = objectsIn(body.messages);
  const turn = all.findLastIndex(([, { role }]) => role === "user");
  for (const [index, message] of all) {
    if (message.role !== "assistant") continue;
    const calls = objectsIn(message.tool_calls).length > 0;
    const mustThink = flavour === "deepseek" && thinks(body, flavour) && calls && index > turn;
    if (mustThink && textAt(message, "reasoning_content") === "") {
      return refused(
        `Missing \`reasoning_content\` field in the assistant message at message index ${index}. ` +
          "For more information, please refer to " +
          "https://api-docs.deepseek.com/guides/thinking_mode#tool-calls",
        null,
        "invalid_request_error",
      );
    }
    const spoilt = objectsIn(message.reasoning_details).find(([, detail]) => !isIssued(detail));
    if (spoilt === undefined) continue;
    return refused(
      `Invalid signature in messages[${index}].reasoning_details[${spoilt[0]}].`,
      null,
    );
  }
}

function isIssued({ type, text, signature, data }: JsonObject): boolean {
  if (type === "reasoning.encrypted") return isSealOf("claude-redacted", "", data);
  return isSealOf("claude-thinking", String(text), signature);
}

/** Whether the model shall think in a way that can be seen. */
export function thinks(body: JsonObject, flavour: Flavour): boolean {
  const { thinking, reasoning, reasoning_effort: effort } = body;
  if (isSet(effort)) return effort !== "none";
  if (flavour === "openrouter") return isObject(reasoning) && reasoning.enabled !== false;
  if (isObject(thinking)) return thinking.type === "enabled";
  return flavour === "deepseek" && /reasoner/.test(String(body.model));
}
