import type { JsonObject } from "../../../src/apis/api.ts";

/** A documented parameter with a value for it; `beside` is what it needs to be valid. */
export interface Sample {
  readonly name: string;
  readonly value: unknown;
  readonly beside?: JsonObject;
  /** Where it makes no difference by itself: it asks for what happens anyway. */
  readonly plumbing?: boolean;
  /** The name of the same thing by which a loss of it is told. */
  readonly reportedAs?: string;
  /** APIs that do anyway what it asks for. */
  readonly anyway?: readonly string[];
}

const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const CC_TOOLS = [{
  type: "function",
  function: { name: "weather", description: "d", parameters: SCHEMA },
}];

/** `ChatCompletionCreateParams` of OpenAI, and extensions that clients of other servers send. */
export const COMPLETIONS: readonly Sample[] = [
  { name: "messages", value: [{ role: "user", content: "other" }] },
  { name: "model", value: "gpt-5.2", plumbing: true },
  { name: "audio", value: { voice: "alloy", format: "mp3" } },
  { name: "frequency_penalty", value: 0.5 },
  {
    name: "function_call",
    value: { name: "weather" },
    beside: { functions: [{ name: "weather" }] },
  },
  { name: "functions", value: [{ name: "weather", parameters: SCHEMA }] },
  { name: "logit_bias", value: { "50256": -100 } },
  { name: "logprobs", value: true },
  { name: "max_completion_tokens", value: 100 },
  { name: "max_tokens", value: 100 },
  { name: "metadata", value: { team: "a" } },
  { name: "modalities", value: ["text", "audio"] },
  { name: "moderation", value: { model: "omni-moderation-latest" } },
  { name: "n", value: 2 },
  { name: "parallel_tool_calls", value: false, beside: { tools: CC_TOOLS } },
  { name: "prediction", value: { type: "content", content: "x" } },
  { name: "presence_penalty", value: 0.5 },
  { name: "prompt_cache_key", value: "k" },
  { name: "prompt_cache_options", value: { mode: "explicit" } },
  { name: "prompt_cache_retention", value: "24h" },
  { name: "reasoning_effort", value: "high" },
  {
    name: "response_format",
    value: { type: "json_schema", json_schema: { name: "city", schema: SCHEMA, strict: true } },
  },
  { name: "safety_identifier", value: "u" },
  { name: "seed", value: 7 },
  { name: "service_tier", value: "flex" },
  { name: "stop", value: ["END"] },
  { name: "store", value: true },
  { name: "stream", value: true, plumbing: true },
  { name: "stream_options", value: { include_usage: true }, plumbing: true },
  { name: "temperature", value: 0.4 },
  { name: "tool_choice", value: "required", beside: { tools: CC_TOOLS } },
  { name: "tools", value: CC_TOOLS },
  { name: "top_logprobs", value: 3, beside: { logprobs: true } },
  { name: "top_p", value: 0.9 },
  { name: "user", value: "u" },
  { name: "verbosity", value: "low" },
  { name: "web_search_options", value: {} },
  { name: "top_k", value: 40 },
];

const RSP_TOOLS = [{ type: "function", name: "weather", parameters: SCHEMA, strict: true }];

/** `ResponseCreateParams` of OpenAI. */
export const RESPONSES: readonly Sample[] = [
  { name: "access_programs", value: ["x"] },
  { name: "background", value: false, plumbing: true },
  { name: "context_management", value: [{ type: "compaction" }] },
  { name: "conversation", value: "conv_1" },
  { name: "image", value: { size: "auto" } },
  { name: "include", value: ["file_search_call.results"] },
  { name: "input", value: "other" },
  { name: "instructions", value: "be brief" },
  { name: "max_output_tokens", value: 100 },
  { name: "max_tool_calls", value: 3 },
  { name: "metadata", value: { team: "a" } },
  { name: "model", value: "gpt-5.2", plumbing: true },
  { name: "moderation", value: { model: "omni-moderation-latest" } },
  { name: "parallel_tool_calls", value: false, beside: { tools: RSP_TOOLS } },
  { name: "previous_response_id", value: "resp_1" },
  { name: "prompt", value: { id: "pmpt_1" } },
  { name: "prompt_cache_key", value: "k" },
  { name: "prompt_cache_options", value: { mode: "explicit" } },
  { name: "prompt_cache_retention", value: "24h" },
  { name: "reasoning", value: { effort: "high" } },
  { name: "safety_identifier", value: "u", reportedAs: "user" },
  { name: "service_tier", value: "flex" },
  { name: "store", value: true },
  { name: "stream", value: true, plumbing: true },
  { name: "stream_options", value: { include_obfuscation: false }, plumbing: true },
  { name: "temperature", value: 0.4 },
  {
    name: "text",
    value: { format: { type: "json_schema", name: "city", schema: SCHEMA, strict: true } },
  },
  { name: "tool_choice", value: "required", beside: { tools: RSP_TOOLS } },
  { name: "tools", value: RSP_TOOLS },
  { name: "top_logprobs", value: 3, beside: { include: ["message.output_text.logprobs"] } },
  { name: "top_p", value: 0.9 },
  { name: "truncation", value: "auto" },
  { name: "user", value: "u" },
];

const MSG_TOOLS = [{ name: "weather", description: "d", input_schema: SCHEMA }];

/** `MessageCreateParams` of Anthropic; sampling is still there for the models that take it. */
export const MESSAGES: readonly Sample[] = [
  { name: "max_tokens", value: 99 },
  { name: "messages", value: [{ role: "user", content: "other" }] },
  { name: "model", value: "claude-opus-4-5", plumbing: true },
  { name: "cache_control", value: { type: "ephemeral" } },
  { name: "container", value: "container_1" },
  { name: "diagnostics", value: {} },
  { name: "inference_geo", value: "us" },
  { name: "metadata", value: { user_id: "u" } },
  { name: "output_config", value: { format: { type: "json_schema", schema: SCHEMA } } },
  { name: "service_tier", value: "standard_only", anyway: ["gemini"] },
  { name: "speed", value: "fast" },
  { name: "stop_sequences", value: ["END"] },
  { name: "stream", value: true, plumbing: true },
  { name: "system", value: "be brief" },
  {
    name: "thinking",
    value: { type: "enabled", budget_tokens: 2048 },
    beside: { max_tokens: 9999 },
  },
  { name: "tool_choice", value: { type: "any" }, beside: { tools: MSG_TOOLS } },
  { name: "tools", value: MSG_TOOLS },
  { name: "user_profile_id", value: "p" },
  { name: "workspace_id", value: "w" },
  { name: "temperature", value: 0.4 },
  { name: "top_p", value: 0.9 },
  { name: "top_k", value: 40 },
  { name: "context_management", value: { edits: [] } },
  { name: "mcp_servers", value: [{ type: "url", url: "https://mcp.test", name: "m" }] },
];

const generation = (name: string, value: unknown, rest: JsonObject = {}): Sample => ({
  name: `generationConfig.${name}`,
  value,
  ...(Object.keys(rest).length === 0 ? {} : { beside: { generationConfig: rest } }),
});

const DECLARATIONS = [{
  functionDeclarations: [{ name: "weather", description: "d", parametersJsonSchema: SCHEMA }],
}];

/** A `GenerateContentRequest` of Google, the members of its `generationConfig` one by one. */
export const GEMINI: readonly Sample[] = [
  { name: "contents", value: [{ role: "user", parts: [{ text: "other" }] }] },
  { name: "systemInstruction", value: { parts: [{ text: "be brief" }] } },
  { name: "tools", value: DECLARATIONS },
  {
    name: "toolConfig",
    value: { functionCallingConfig: { mode: "ANY" } },
    beside: { tools: DECLARATIONS },
  },
  {
    name: "safetySettings",
    value: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
  },
  { name: "cachedContent", value: "cachedContents/1" },
  { name: "labels", value: { team: "a" } },
  { name: "serviceTier", value: "flex" },
  generation("modelSelectionConfig", { featureSelectionPreference: "BALANCED" }),
  generation("responseJsonSchema", SCHEMA, { responseMimeType: "application/json" }),
  generation("audioTranscriptionConfig", {}),
  generation("audioTimestamp", true),
  generation("candidateCount", 2),
  generation("enableAffectiveDialog", true),
  generation("frequencyPenalty", 0.5),
  generation("logprobs", 3, { responseLogprobs: true }),
  generation("maxOutputTokens", 100),
  generation("mediaResolution", "MEDIA_RESOLUTION_LOW"),
  generation("presencePenalty", 0.5),
  generation("responseFormat", [{ type: "text" }]),
  generation("responseLogprobs", true),
  generation("responseMimeType", "application/json"),
  generation("responseModalities", ["TEXT", "IMAGE"]),
  generation("responseSchema", { type: "OBJECT", properties: { city: { type: "STRING" } } }, {
    responseMimeType: "application/json",
  }),
  generation("routingConfig", { autoMode: {} }),
  generation("seed", 7),
  generation("speechConfig", { languageCode: "en-US" }),
  generation("stopSequences", ["END"]),
  generation("temperature", 0.4),
  generation("thinkingConfig", { thinkingBudget: 2048 }),
  generation("topK", 40),
  generation("topP", 0.9),
  generation("enableEnhancedCivicAnswers", true),
  generation("translationConfig", { targetLanguageCode: "en" }),
];
