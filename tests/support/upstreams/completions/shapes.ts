import { jsonSchema } from "../json_schema.ts";
import { imageUrl } from "../responses/shapes.ts";
import {
  boolean,
  either,
  list,
  map,
  members,
  nullable,
  number,
  object,
  type Shape,
  tagged,
  text,
} from "../shapes.ts";
import { isBase64 } from "../wire.ts";

/** Whose dialect of the API is spoken: OpenAI's own has no reasoning, the others differ in it. */
export type Flavour = "openai" | "deepseek" | "openrouter";

const base64: Shape = (value, { path }) =>
  isBase64(value) ? undefined : { kind: "type", path, expected: "base64 text", found: value };

const textPart = members({ "type!": text(), "text!": text(), prompt_cache_breakpoint: object });
const refusalPart = members({ "type!": text(), "refusal!": text() });
const texts = either(text(), list(tagged("type", { text: textPart }), { min: 1 }));

const userContent = either(
  text(),
  list(
    tagged("type", {
      text: textPart,
      image_url: members({
        "type!": text(),
        "image_url!": members({
          "url!": imageUrl,
          detail: text({ among: ["auto", "low", "high", "original"] }),
        }),
        prompt_cache_breakpoint: object,
      }),
      input_audio: members({
        "type!": text(),
        "input_audio!": members({ "data!": base64, "format!": text({ among: ["wav", "mp3"] }) }),
      }),
      file: members({
        "type!": text(),
        "file!": members({ file_data: text(), file_id: text(), filename: text() }),
      }),
    }),
    { min: 1 },
  ),
);

const functionName = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_-]+$/ });
const callId = text({ min: 1, max: 40 });

const toolCall = tagged("type", {
  function: members({
    "id!": callId,
    "type!": text(),
    "function!": members({ "name!": functionName, "arguments!": text() }),
  }),
  custom: members({ "id!": callId, "type!": text(), "custom!": object }),
});

const reasoningMembers: Readonly<Record<Flavour, Readonly<Record<string, Shape>>>> = {
  openai: {},
  deepseek: { reasoning_content: nullable(text()) },
  // It has providers behind it that take no other name than DeepSeek's.
  openrouter: {
    reasoning: nullable(text()),
    reasoning_content: nullable(text()),
    reasoning_details: nullable(list(object)),
  },
};

function message(flavour: Flavour): Shape {
  const role = { "role!": text(), name: text() };
  return tagged("role", {
    system: members({ ...role, "content!": texts }),
    developer: members({ ...role, "content!": texts }),
    user: members({ ...role, "content!": userContent }),
    assistant: members({
      ...role,
      content: nullable(
        either(text(), list(tagged("type", { text: textPart, refusal: refusalPart }), { min: 1 })),
      ),
      refusal: nullable(text()),
      audio: nullable(object),
      tool_calls: list(toolCall, { min: 1, max: 128 }),
      function_call: nullable(object),
      annotations: nullable(list(object)),
      ...reasoningMembers[flavour],
    }),
    tool: members({ "role!": text(), "content!": texts, "tool_call_id!": callId }),
    function: members({ "role!": text(), "content!": nullable(text()), "name!": text() }),
  });
}

const tool = tagged("type", {
  function: members({
    "type!": text(),
    "function!": members({
      "name!": functionName,
      description: text(),
      parameters: jsonSchema,
      strict: nullable(boolean),
    }),
  }),
  custom: members({ "type!": text(), "custom!": object }),
});

const named = members({ "type!": text(), "function!": members({ "name!": text() }) });

const format = tagged("type", {
  text: members({ "type!": text() }),
  json_object: members({ "type!": text() }),
  json_schema: members({
    "type!": text(),
    "json_schema!": members({
      "name!": text({ pattern: /^[a-zA-Z0-9_-]{1,64}$/ }),
      description: text(),
      schema: jsonSchema,
      strict: nullable(boolean),
    }),
  }),
});

const requestMembers = {
  "model!": text({ min: 1 }),
  frequency_penalty: nullable(number({ min: -2, max: 2 })),
  presence_penalty: nullable(number({ min: -2, max: 2 })),
  logit_bias: nullable(map(number({ min: -100, max: 100 }))),
  logprobs: nullable(boolean),
  top_logprobs: nullable(number({ integer: true, min: 0, max: 20 })),
  max_completion_tokens: nullable(number({ integer: true, min: 1 })),
  max_tokens: nullable(number({ integer: true, min: 1 })),
  metadata: nullable(map(text({ max: 512 }))),
  modalities: nullable(list(text({ among: ["text", "audio"] }))),
  audio: nullable(object),
  moderation: nullable(object),
  n: nullable(number({ integer: true, min: 1, max: 128 })),
  parallel_tool_calls: boolean,
  prediction: nullable(object),
  prompt_cache_key: nullable(text()),
  prompt_cache_options: object,
  prompt_cache_retention: nullable(text({ among: ["in_memory", "24h"] })),
  reasoning_effort: nullable(
    text({ among: ["none", "minimal", "low", "medium", "high", "xhigh", "max"] }),
  ),
  response_format: format,
  safety_identifier: nullable(text({ max: 64 })),
  seed: nullable(number({ integer: true })),
  service_tier: nullable(text({ among: ["auto", "default", "flex", "scale", "priority", "fast"] })),
  stop: nullable(either(text(), list(text(), { max: 4 }))),
  store: nullable(boolean),
  stream: nullable(boolean),
  stream_options: nullable(members({ include_usage: boolean, include_obfuscation: boolean })),
  temperature: nullable(number({ min: 0, max: 2 })),
  top_p: nullable(number({ min: 0, max: 1 })),
  tools: list(tool, { min: 1, max: 128 }),
  tool_choice: either(
    text({ among: ["none", "auto", "required"] }),
    tagged("type", {
      function: named,
      allowed_tools: members({ "type!": text(), "allowed_tools!": object }),
      custom: object,
    }),
  ),
  functions: list(object),
  function_call: either(text(), object),
  user: text(),
  verbosity: nullable(text({ among: ["low", "medium", "high"] })),
  web_search_options: object,
};

const reasoningRequest: Readonly<Record<Flavour, Readonly<Record<string, Shape>>>> = {
  openai: {},
  deepseek: {
    thinking: members({ "type!": text({ among: ["enabled", "disabled"] }) }),
    top_k: number(),
  },
  openrouter: {
    reasoning: members({
      effort: nullable(text()),
      max_tokens: nullable(number({ integer: true })),
      exclude: boolean,
      enabled: boolean,
    }),
    ...{ top_k: number(), provider: object, models: list(text()), usage: object },
  },
};

/** The body of a request. */
export function bodyShape(flavour: Flavour): Shape {
  return members({
    ...requestMembers,
    "messages!": list(message(flavour), { min: 1 }),
    ...reasoningRequest[flavour],
  });
}
