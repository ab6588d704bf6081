import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, OutputFormat, Tool } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { effortOf, wantsReasoning } from "../reasoning.ts";
import { objectSchema } from "../tool_schema/object_schema.ts";
import { shortId } from "./short_id.ts";
import { writeInput } from "./write_items.ts";

/** Writes a request that the provider answers without keeping it. */
export function writeRequest(chat: ChatRequest, losses: Losses): JsonObject {
  const { instructions, input } = writeInput(chat, { client: chat.api, losses });
  const reasoning = writeReasoning(chat, losses);
  const thinks = reasoning !== undefined && reasoning.effort !== "none";
  const thought = input.some(({ type }) => type === "reasoning");
  const { temperature, topP, topLogprobs } = chat.sampling;
  const tools = writeTools(chat.tools, losses);
  const include = [
    ...(thinks || thought ? ["reasoning.encrypted_content"] : []),
    ...(topLogprobs === undefined ? [] : ["message.output_text.logprobs"]),
  ];
  loseOthers(chat, losses);
  return {
    model: chat.model,
    ...defined({ instructions }),
    input,
    ...defined({
      tools: tools.length === 0 ? undefined : tools,
      tool_choice: writeChoice(chat, tools.length, losses),
      parallel_tool_calls: chat.parallelToolCalls,
      temperature,
      top_p: topP,
      top_logprobs: topLogprobs,
      max_output_tokens: writeLimit(chat.maxOutputTokens, losses),
      reasoning,
      text: writeTextConfig(chat),
      user: writeUser(chat.user, losses),
      metadata: chat.metadata,
      service_tier: writeTier(chat, losses),
      include: include.length === 0 ? undefined : include,
    }),
    ...sharedMembers(chat),
    store: false,
    stream: chat.stream,
  };
}

/** An effort for every wish to think; a budget has no other counterpart. */
function writeReasoning({ reasoning, model }: ChatRequest, losses: Losses): JsonObject | undefined {
  if (reasoning === undefined) return undefined;
  const summary = reasoning.shown === true ? { summary: "auto" } : undefined;
  if (reasoning.enabled === false) {
    if (canStopReasoning(model)) return { effort: "none" };
    losses.dropped("reasoning");
    return undefined;
  }
  if (!wantsReasoning(reasoning)) return summary;
  if (reasoning.budgetTokens !== undefined) losses.changed("reasoning");
  return { effort: effortOf(reasoning), ...summary };
}

/**
 * Models that take the effort `none`, from gpt-5.1 on; others refuse it
 * (https://platform.openai.com/docs/api-reference/responses/create, `reasoning.effort`).
 */
function canStopReasoning(model: string): boolean {
  const [, major = "0", minor = "0"] = /gpt-(\d)(?!\d)(?:\.(\d+))?/.exec(model) ?? [];
  return Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 1);
}

/** Without `strict: false` the API would hold a function to its schema, and change the schema. */
function writeTools(tools: readonly Tool[], losses: Losses): readonly JsonObject[] {
  return tools.flatMap((tool) => {
    if (tool.type === "native") {
      if (tool.api === "responses" && isMapping(tool.value)) return [tool.value];
      losses.droppedField(tool.name);
      return [];
    }
    if (tool.cache !== undefined) losses.dropped("cache");
    return [{
      type: "function",
      name: tool.name,
      ...defined({ description: tool.description }),
      parameters: objectSchema(tool.schema),
      strict: tool.strict ?? false,
    }];
  });
}

/** A choice among tools of which none could be carried would be refused. */
function writeChoice({ toolChoice, tools }: ChatRequest, count: number, losses: Losses): unknown {
  if (toolChoice === "auto" || toolChoice === "none" || toolChoice === undefined) return toolChoice;
  if (count === 0 && tools.length > 0) {
    losses.dropped("toolChoice");
    return undefined;
  }
  return typeof toolChoice === "string" ? toolChoice : { type: "function", name: toolChoice.name };
}

/** The API refuses a limit below 16 (https://github.com/earendil-works/pi/issues/6265). */
function writeLimit(maxOutputTokens: number | undefined, losses: Losses): number | undefined {
  if (maxOutputTokens === undefined || maxOutputTokens >= OUTPUT_TOKENS_MIN) return maxOutputTokens;
  losses.changed("maxOutputTokens");
  return OUTPUT_TOKENS_MIN;
}

const OUTPUT_TOKENS_MIN = 16;

function writeTextConfig({ output, verbosity }: ChatRequest): JsonObject | undefined {
  if (output === undefined && verbosity === undefined) return undefined;
  return defined({ format: output === undefined ? undefined : writeFormat(output), verbosity });
}

function writeFormat(output: OutputFormat): JsonObject {
  if (output.type === "text") return { type: "text" };
  if (output.type === "json") return { type: "json_object" };
  const { name = "structured_output", description, schema, strict } = output;
  return { type: "json_schema", name, schema, ...defined({ description, strict }) };
}

/** OpenAI refuses more than 64 characters (https://github.com/maximhq/bifrost/pull/1000). */
function writeUser(user: string | undefined, losses: Losses): string | undefined {
  const written = user === undefined ? undefined : shortId(user);
  if (written !== user) losses.changed("user");
  return written;
}

/** Both of OpenAI's APIs have the same tiers; Anthropic's name for the default is known. */
function writeTier({ serviceTier, api }: ChatRequest, losses: Losses): string | undefined {
  if (serviceTier === undefined || api === "completions" || TIERS.includes(serviceTier)) {
    return serviceTier;
  }
  if (serviceTier === "standard_only") return "default";
  losses.dropped("serviceTier");
  return undefined;
}

const TIERS = ["auto", "default", "flex", "scale", "priority"];

/** Members of chat completions that this API knows by the same name. */
const SHARED = new Set([
  "moderation",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "safety_identifier",
]);

function sharedMembers({ api, native }: ChatRequest): JsonObject {
  if (api !== "completions") return {};
  return Object.fromEntries(Object.entries(native).filter(([name]) => SHARED.has(name)));
}

/** Tells of everything that has no place in this API. */
function loseOthers({ sampling, candidates, api, native }: ChatRequest, losses: Losses): void {
  const { topK, stop, seed, frequencyPenalty, presencePenalty, logitBias } = sampling;
  if (topK !== undefined) losses.dropped("topK");
  if (stop !== undefined && stop.length > 0) losses.dropped("stop");
  if (seed !== undefined) losses.dropped("seed");
  if (frequencyPenalty !== undefined) losses.dropped("frequencyPenalty");
  if (presencePenalty !== undefined) losses.dropped("presencePenalty");
  if (logitBias !== undefined) losses.dropped("logitBias");
  if (candidates !== undefined && candidates > 1) losses.dropped("candidates");
  for (const name of Object.keys(native)) {
    const isCarried = PLUMBING.has(name) || (api === "completions" && SHARED.has(name));
    if (!isCarried) losses.droppedField(name);
  }
}

const PLUMBING = new Set(["stream", "stream_options"]);
