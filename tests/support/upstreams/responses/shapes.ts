import { isObject } from "../../json.ts";
import { jsonSchema } from "../json_schema.ts";
import {
  anything,
  boolean,
  broken,
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

const breakpoint = members({ "mode!": text({ among: ["explicit"] }), ttl: text() });

/** A picture by its address or as a data URL. */
export const imageUrl: Shape = (value, place) => {
  const flaw = text()(value, place);
  if (flaw !== undefined || typeof value !== "string") return flaw;
  if (/^https?:\/\//.test(value)) return undefined;
  const [, data] = /^data:image\/(?:png|jpeg|webp|gif);base64,(.*)$/s.exec(value) ?? [];
  if (isBase64(data)) return undefined;
  return broken(
    place.path,
    "Expected a base64-encoded data URL with an image MIME type (e.g. " +
      "'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=')",
    value,
  );
};

const inputText = members({
  "type!": text(),
  "text!": text(),
  prompt_cache_breakpoint: nullable(breakpoint),
});
const inputImage = members({
  "type!": text(),
  detail: nullable(text({ among: ["low", "high", "auto", "original"] })),
  file_id: nullable(text()),
  image_url: nullable(imageUrl),
  prompt_cache_breakpoint: nullable(breakpoint),
});
const inputFile = members({
  "type!": text(),
  detail: nullable(text({ among: ["auto", "low", "high"] })),
  file_data: nullable(text()),
  file_id: nullable(text()),
  file_url: nullable(text({ pattern: /^https?:\/\// })),
  filename: nullable(text()),
  prompt_cache_breakpoint: nullable(breakpoint),
});

const inputContent = tagged("type", {
  input_text: inputText,
  input_image: inputImage,
  input_file: inputFile,
});
const outputContent = tagged("type", {
  output_text: members({
    "type!": text(),
    "text!": text(),
    annotations: list(object),
    logprobs: nullable(list(object)),
  }),
  refusal: members({ "type!": text(), "refusal!": text() }),
});

const status = nullable(text({ among: ["in_progress", "completed", "incomplete"] }));
const statusFields = { "type": text(), status };

/** Assistants say outputs, everybody else inputs. */
const message: Shape = (value, place) => {
  const isOwn = isObject(value) && value.role === "assistant";
  return members({
    ...statusFields,
    "role!": text({ among: ["assistant", "system", "developer", "user"] }),
    "content!": either(text(), list(isOwn ? outputContent : inputContent)),
    phase: nullable(text({ among: ["commentary", "final_answer"] })),
    id: idText("msg"),
  })(value, place);
};

const callId = text({ min: 1, max: 64 });
const functionName = text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9_-]+$/ });

const item = tagged("type", {
  message,
  function_call: members({
    ...statusFields,
    "arguments!": text(),
    "call_id!": callId,
    "name!": functionName,
    id: idText("fc"),
    namespace: nullable(text()),
    caller: nullable(object),
  }),
  function_call_output: members({
    ...statusFields,
    "call_id!": callId,
    "output!": either(text(), list(inputContent)),
    id: nullable(idText("fc")),
    name: nullable(text()),
    caller: nullable(object),
  }),
  reasoning: members({
    ...statusFields,
    "id!": idText("rs"),
    "summary!": list(tagged("type", {
      summary_text: members({ "type!": text(), "text!": text() }),
    })),
    content: nullable(list(tagged("type", {
      reasoning_text: members({ "type!": text(), "text!": text() }),
    }))),
    encrypted_content: nullable(text()),
  }),
  item_reference: members({ type: text(), "id!": text() }),
  custom_tool_call: object,
  custom_tool_call_output: object,
  web_search_call: object,
}, "message");

function idText(prefix: string): Shape {
  return (value, place) => {
    const flaw = text({ max: 64 })(value, place);
    if (flaw !== undefined || String(value).startsWith(prefix)) return flaw;
    return broken(place.path, `'${value}'. Expected an ID that begins with '${prefix}'`, value);
  };
}

const tool = tagged("type", {
  function: members({
    "type!": text(),
    "name!": text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9_-]+$/ }),
    description: nullable(text()),
    parameters: nullable(jsonSchema),
    strict: nullable(boolean),
    output_schema: nullable(object),
    defer_loading: boolean,
  }),
  custom: members({ "type!": text(), "name!": text(), description: text(), format: object }),
  ...Object.fromEntries(
    ["web_search", "web_search_preview", "file_search", "code_interpreter", "mcp"]
      .map((name) => [name, object]),
  ),
});

const toolChoice = either(
  text({ among: ["none", "auto", "required"] }),
  tagged("type", {
    function: members({ "type!": text(), "name!": text() }),
    custom: members({ "type!": text(), "name!": text() }),
    allowed_tools: members({
      "type!": text(),
      "mode!": text({ among: ["auto", "required"] }),
      "tools!": list(object),
    }),
    web_search: object,
    file_search: object,
    mcp: object,
  }),
);

const format = tagged("type", {
  text: members({ "type!": text() }),
  json_object: members({ "type!": text() }),
  json_schema: members({
    "type!": text(),
    "name!": text({ pattern: /^[a-zA-Z0-9_-]{1,64}$/ }),
    "schema!": jsonSchema,
    description: text(),
    strict: nullable(boolean),
  }),
});

const includable = [
  "file_search_call.results",
  "web_search_call.results",
  "web_search_call.action.sources",
  "message.input_image.image_url",
  "computer_call_output.output.image_url",
  "code_interpreter_call.outputs",
  "reasoning.encrypted_content",
  "message.output_text.logprobs",
];

/** The body of a request for a response. */
export const bodyShape = members({
  "model!": text({ min: 1 }),
  input: either(text(), list(item)),
  instructions: nullable(text()),
  max_output_tokens: nullable(number({ integer: true, min: 16 })),
  max_tool_calls: nullable(number({ integer: true, min: 1 })),
  metadata: nullable(map(text({ max: 512 }))),
  parallel_tool_calls: nullable(boolean),
  previous_response_id: nullable(text()),
  reasoning: nullable(members({
    effort: nullable(
      text({ among: ["none", "minimal", "low", "medium", "high", "xhigh", "max"] }),
    ),
    summary: nullable(text({ among: ["auto", "concise", "detailed"] })),
    generate_summary: nullable(text({ among: ["auto", "concise", "detailed"] })),
    context: nullable(text()),
    mode: text(),
  })),
  include: nullable(list(text({ among: includable }))),
  store: nullable(boolean),
  stream: nullable(boolean),
  stream_options: nullable(members({ include_obfuscation: boolean })),
  temperature: nullable(number({ min: 0, max: 2 })),
  top_p: nullable(number({ min: 0, max: 1 })),
  top_logprobs: nullable(number({ integer: true, min: 0, max: 20 })),
  text: members({
    format,
    verbosity: nullable(text({ among: ["low", "medium", "high"] })),
  }),
  tools: list(tool),
  tool_choice: toolChoice,
  truncation: nullable(text({ among: ["auto", "disabled"] })),
  service_tier: nullable(
    text({ among: ["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"] }),
  ),
  user: text(),
  safety_identifier: nullable(text({ max: 64 })),
  prompt_cache_key: nullable(text({ max: 64 })),
  prompt_cache_retention: nullable(text({ among: ["in_memory", "24h"] })),
  prompt_cache_options: object,
  context_management: nullable(list(object)),
  moderation: nullable(object),
  background: nullable(boolean),
  conversation: nullable(anything),
  prompt: nullable(object),
});

const tokens = list(number({ integer: true, min: 0 }), { min: 1 });

/** The body of a request for embeddings. */
export const embeddingsShape = members({
  "model!": text({ min: 1 }),
  "input!": either(
    text({ min: 1 }),
    list(text({ min: 1 }), { min: 1, max: 2048 }),
    tokens,
    list(tokens, { min: 1, max: 2048 }),
  ),
  dimensions: number({ integer: true, min: 1 }),
  encoding_format: text({ among: ["float", "base64"] }),
  user: text(),
});
