import { isObject, type JsonObject } from "../../json.ts";
import { type Answer, piecesOf, type ScriptedUsage } from "../scripts.ts";
import { sealOf } from "../seals.ts";
import type { Call } from "../stand_in.ts";
import { idFor } from "../wire.ts";

/** A response and what it is made for. */
export interface Made {
  readonly id: string;
  readonly body: JsonObject;
  readonly answer: Answer;
  readonly call: Call;
}

/** A whole response, with all the members that real ones have. */
export function responseOf(made: Made): JsonObject {
  const { answer } = made;
  const reason = incompleteReason(answer);
  return {
    ...skeleton(made),
    status: reason === undefined ? "completed" : "incomplete",
    completed_at: reason === undefined ? createdAt + 1 : null,
    incomplete_details: reason === undefined ? null : { reason },
    output: itemsOf(made),
    usage: usageOf(answer.usage),
  };
}

/** The response as its first events show it. */
export function skeleton({ id, body }: Made): JsonObject {
  const { model, text, tools, reasoning } = body;
  return {
    id,
    object: "response",
    created_at: createdAt,
    status: "in_progress",
    background: false,
    billing: { payer: "developer" },
    access_programs: null,
    completed_at: null,
    error: null,
    frequency_penalty: 0,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    model: /\d{4}-\d\d-\d\d$/.test(String(model)) ? model : `${model}-2025-08-07`,
    output: [],
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    presence_penalty: 0,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    prompt_cache_retention: null,
    reasoning: { effort: null, summary: null, ...(isObject(reasoning) && reasoning) },
    safety_identifier: body.safety_identifier ?? null,
    service_tier: "default",
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: { format: { type: "text" }, verbosity: "medium", ...(isObject(text) && text) },
    tool_choice: body.tool_choice ?? "auto",
    tools: tools ?? [],
    top_logprobs: 0,
    top_p: body.top_p ?? 1,
    truncation: body.truncation ?? "disabled",
    usage: null,
    user: body.user ?? null,
    metadata: body.metadata ?? {},
  };
}

/** The items that the response consists of. */
export function itemsOf({ answer, body, call }: Made): JsonObject[] {
  const text = answer.texts.join("");
  const isCut = incompleteReason(answer) !== undefined;
  const content = contentOf(answer, text);
  return [
    ...reasoningItems(answer, body, call),
    ...(content === undefined ? [] : [{
      id: idFor(call, "msg_", 48),
      type: "message",
      status: isCut ? "incomplete" : "completed",
      content: [content],
      role: "assistant",
    }]),
    ...answer.toolCalls.map(({ name, args }, index) => ({
      id: idFor(call, "fc_", 48, index),
      type: "function_call",
      status: "completed",
      arguments: JSON.stringify(args),
      call_id: idFor(call, "call_", 24, index),
      name,
    })),
  ];
}

function contentOf({ finish, toolCalls }: Answer, text: string): JsonObject | undefined {
  if (finish === "refusal") {
    return { type: "refusal", refusal: "I'm sorry, but I can't help with that." };
  }
  if (text === "" && toolCalls.length > 0) return undefined;
  return { type: "output_text", annotations: [], logprobs: [], text };
}

function reasoningItems({ reasoning }: Answer, body: JsonObject, call: Call): JsonObject[] {
  if (reasoning === undefined) return [];
  const id = idFor(call, "rs_", 48);
  const config = isObject(body.reasoning) ? body.reasoning : {};
  const shows = typeof (config.summary ?? config.generate_summary) === "string" &&
    !reasoning.redacted;
  return [{
    id,
    type: "reasoning",
    ...(wantsSeals(body) && { encrypted_content: sealOf("openai-reasoning", id, call.serial) }),
    summary: shows ? [{ type: "summary_text", text: reasoning.text }] : [],
  }];
}

/** Whether reasoning shall be given in a form that can be brought back without being stored. */
export function wantsSeals({ include }: JsonObject): boolean {
  return Array.isArray(include) && include.includes("reasoning.encrypted_content");
}

/** The pieces in which a stream says an item's text or arguments. */
export function piecesIn(answer: Answer, text: string): readonly string[] {
  return answer.texts.join("") === text ? answer.texts : piecesOf(text);
}

function incompleteReason({ finish }: Answer): string | undefined {
  if (finish === "length") return "max_output_tokens";
  return finish === "content-filter" ? "content_filter" : undefined;
}

function usageOf({ input, cacheRead, cacheWrite, output, reasoning }: ScriptedUsage): JsonObject {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}

const createdAt = 1764000000;
