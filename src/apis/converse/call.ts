import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { type WantedOutput, wantedOutput } from "../wanted_output.ts";
import { cachePoints } from "./cache_points.ts";
import { mediaWriter } from "./media.ts";
import { hasToolBlocks, lacksThoughts, writeMessages, writeSystem } from "./messages.ts";
import { type ModelTraits, modelTraits } from "./model_traits.ts";
import { callIds, toolNames } from "./names.ts";
import { type InferenceParameter, writeReasoning, type WrittenReasoning } from "./reasoning.ts";
import { writeTools } from "./tools.ts";

/** Writes a request; the model and whether to stream are said in the URL alone. */
export function writeRequest(chat: ChatRequest, losses: Losses): JsonObject {
  const model = modelTraits(chat.model);
  const context = {
    model,
    names: toolNames(chat),
    callIds: callIds(),
    cache: cachePoints(model, losses),
    media: mediaWriter(losses),
    losses,
  };
  const output = wantedOutput(chat.output, losses);
  const system = [
    ...writeSystem(chat.instructions, context),
    ...(output.instruction === undefined ? [] : [{ text: output.instruction }]),
  ];
  const messages = writeMessages(chat.turns, context);
  const { toolConfig, forcesTool } = writeTools(chat, hasToolBlocks(messages), context);
  const situation = { model, forcesTool, lacksThoughts: lacksThoughts(messages) };
  const reasoning = writeReasoning(chat, situation, losses);
  reportOmissions(chat, losses);
  return {
    ...(system.length === 0 ? {} : { system }),
    messages,
    inferenceConfig: inferenceConfig(chat, model, reasoning, losses),
    ...defined({
      toolConfig,
      additionalModelRequestFields: modelFields(chat, model, reasoning, losses),
      additionalModelResponseFieldPaths: model.messagesFields && hasStop(chat)
        ? ["/stop_sequence"]
        : undefined,
      outputConfig: outputConfig(chat.output, output),
      serviceTier: serviceTier(chat.serviceTier, losses),
    }),
  };
}

function hasStop({ sampling }: ChatRequest): boolean {
  return sampling.stop !== undefined && sampling.stop.length > 0;
}

/**
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html
 */
const TEMPERATURE_MAX = 1;

function inferenceConfig(
  chat: ChatRequest,
  model: ModelTraits,
  { unset, maxTokens }: WrittenReasoning,
  losses: Losses,
): JsonObject {
  const isUnset = (name: InferenceParameter) => unset.includes(name);
  if (isUnset("maxTokens") && chat.maxOutputTokens !== undefined) losses.dropped("maxOutputTokens");
  return defined({
    maxTokens: isUnset("maxTokens") ? undefined : maxTokens,
    temperature: temperature(chat, isUnset("temperature") || model.sampling === "none", losses),
    topP: topP(chat, isUnset("topP"), model, losses),
    stopSequences: hasStop(chat) ? chat.sampling.stop : undefined,
  });
}

function temperature(
  { sampling }: ChatRequest,
  isUnset: boolean,
  losses: Losses,
): number | undefined {
  if (sampling.temperature === undefined) return undefined;
  if (isUnset) {
    losses.dropped("temperature");
    return undefined;
  }
  if (sampling.temperature > TEMPERATURE_MAX) losses.changed("temperature");
  return Math.min(sampling.temperature, TEMPERATURE_MAX);
}

function topP(
  { sampling }: ChatRequest,
  isUnset: boolean,
  model: ModelTraits,
  losses: Losses,
): number | undefined {
  if (sampling.topP === undefined) return undefined;
  const isRefused = model.sampling === "none" ||
    (model.sampling === "one" && sampling.temperature !== undefined);
  if (!isUnset && !isRefused) return sampling.topP;
  losses.dropped("topP");
  return undefined;
}

/** What only some models know, in their own words. */
function modelFields(
  { sampling, user }: ChatRequest,
  model: ModelTraits,
  reasoning: WrittenReasoning,
  losses: Losses,
): JsonObject | undefined {
  const takesTopK = model.messagesFields && model.sampling !== "none" &&
    !reasoning.unset.includes("topK");
  if (sampling.topK !== undefined && !takesTopK) losses.dropped("topK");
  if (user !== undefined && !model.messagesFields) losses.dropped("user");
  const fields = {
    ...reasoning.fields,
    ...defined({
      top_k: takesTopK ? sampling.topK : undefined,
      metadata: user === undefined || !model.messagesFields ? undefined : { user_id: user },
    }),
  };
  return Object.keys(fields).length === 0 ? undefined : fields;
}

/**
 * Bedrock takes the same part of JSON schema as Anthropic, closed objects only
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html).
 */
function outputConfig(
  output: ChatRequest["output"],
  { schema }: WantedOutput,
): JsonObject | undefined {
  if (schema === undefined) return undefined;
  const { name, description } = output?.type === "json-schema" ? output : {};
  const jsonSchema = { schema: JSON.stringify(schema), ...defined({ name, description }) };
  return { textFormat: { type: "json_schema", structure: { jsonSchema } } };
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ServiceTier.html */
const SERVICE_TIERS: Readonly<Record<string, string>> = {
  default: "default",
  standard_only: "default",
  priority: "priority",
  flex: "flex",
  reserved: "reserved",
};

function serviceTier(tier: string | undefined, losses: Losses): JsonObject | undefined {
  if (tier === undefined || tier === "auto") return undefined;
  const type = SERVICE_TIERS[tier];
  if (type === undefined) losses.dropped("serviceTier");
  return type === undefined ? undefined : { type };
}

/** What no model behind the API can be told. */
function reportOmissions(chat: ChatRequest, losses: Losses): void {
  const { sampling, metadata = {}, native } = chat;
  if (sampling.seed !== undefined) losses.dropped("seed");
  if (sampling.frequencyPenalty !== undefined) losses.dropped("frequencyPenalty");
  if (sampling.presencePenalty !== undefined) losses.dropped("presencePenalty");
  if (sampling.logitBias !== undefined) losses.dropped("logitBias");
  if (sampling.topLogprobs !== undefined) losses.dropped("logprobs");
  if ((chat.candidates ?? 1) > 1) losses.dropped("candidates");
  if (chat.verbosity !== undefined) losses.dropped("verbosity");
  if (Object.keys(metadata).length > 0) losses.dropped("metadata");
  for (const name of Object.keys(native)) {
    if (!isUnderstood(name, native[name])) {
      losses.droppedField(name);
    }
  }
}

function isUnderstood(name: string, value: unknown): boolean {
  if (name === "stream" || name === "stream_options") return true;
  return name === "vendor_extensions" && isMapping(value) &&
    typeof value.thinking_budget_tokens === "number" && Object.keys(value).length === 1;
}
