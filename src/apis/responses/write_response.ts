import type { ChatResponse, Finish } from "../../chat/response.ts";
import type { Usage } from "../../chat/usage.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { AnswerContext, JsonObject } from "../api.ts";
import { withRefusal, writeOutput } from "./write_output.ts";
import { writeUsage } from "./wire.ts";

/** Writes a whole answer; the API knows only one choice. */
export function writeResponse(response: ChatResponse, context: AnswerContext): JsonObject {
  const [choice] = response.choices;
  const { finish, blocks } = choice ?? { finish: { reason: "other" as const }, blocks: [] };
  const head = headOf(response, context);
  const end = endOf(finish);
  const output = writeOutput(withRefusal(blocks, finish), end.status, context);
  return responseObject(context, { ...head, ...end, output, usage: response.usage });
}

/** What is the same in every event that shows the response. */
export interface Head {
  readonly id: string;
  readonly model: string;
  readonly serviceTier?: string;
}

/** The id is the provider's own where it has the form of one. */
export function headOf({ id, model, serviceTier }: Head, context: AnswerContext): Head {
  const { model: wanted } = context.json;
  return {
    id: id.startsWith(ID_PREFIX) ? id : context.newId(ID_PREFIX),
    model: model !== "" ? model : typeof wanted === "string" ? wanted : context.chat.model,
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

const ID_PREFIX = "resp_";

/** How a response ends. */
export interface End {
  readonly status: "in_progress" | "completed" | "incomplete";
  readonly incompleteReason?: "max_output_tokens" | "content_filter";
}

/** The end that a finish stands for; a refusal is complete, and a part of the output. */
export function endOf({ reason }: Finish): End {
  switch (reason) {
    case "length":
    case "context-window":
      return { status: "incomplete", incompleteReason: "max_output_tokens" };
    case "content-filter":
      return { status: "incomplete", incompleteReason: "content_filter" };
    case "stop":
    case "stop-sequence":
    case "tool-calls":
    case "refusal":
    case "paused":
    case "other":
      return { status: "completed" };
  }
}

interface Answer extends Head, End {
  readonly output: readonly JsonObject[];
  readonly usage: Usage | undefined;
}

/**
 * The response object with all members that the API's own SDKs require; it repeats what the client
 * asked for (https://platform.openai.com/docs/api-reference/responses/object).
 */
export function responseObject(context: AnswerContext, answer: Answer): JsonObject {
  const { json } = context;
  const reasoning = isMapping(json.reasoning) ? json.reasoning : {};
  const { incompleteReason, usage } = answer;
  return {
    id: answer.id,
    object: "response",
    created_at: context.createdAtS,
    status: answer.status,
    background: false,
    error: null,
    incomplete_details: incompleteReason === undefined ? null : { reason: incompleteReason },
    instructions: json.instructions ?? null,
    max_output_tokens: json.max_output_tokens ?? null,
    max_tool_calls: null,
    model: answer.model,
    output: answer.output,
    parallel_tool_calls: json.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: json.prompt_cache_key ?? null,
    reasoning: { effort: reasoning.effort ?? null, summary: reasoning.summary ?? null },
    safety_identifier: json.safety_identifier ?? null,
    service_tier: answer.serviceTier ?? null,
    store: false,
    temperature: json.temperature ?? null,
    text: { format: { type: "text" }, ...(isMapping(json.text) ? json.text : {}) },
    tool_choice: json.tool_choice ?? "auto",
    tools: json.tools ?? [],
    top_logprobs: json.top_logprobs ?? 0,
    top_p: json.top_p ?? null,
    truncation: "disabled",
    usage: usage === undefined ? null : writeUsage(usage),
    user: json.user ?? null,
    metadata: json.metadata ?? {},
    access_programs: null,
  };
}
