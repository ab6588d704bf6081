import { isObject } from "../../json.ts";
import { jsonSchema } from "../json_schema.ts";
import {
  anything,
  boolean,
  both,
  broken,
  either,
  lazy,
  list,
  members,
  nullable,
  number,
  object,
  rule,
  type Shape,
  tagged,
  text,
} from "../shapes.ts";
import { isBase64 } from "../wire.ts";

const cacheControl = members({
  "type!": text({ among: ["ephemeral"] }),
  ttl: text({ among: ["5m", "1h"] }),
});
const cached = { "type!": text(), cache_control: nullable(cacheControl) };
const citationsConfig = members({ enabled: boolean });

const textBlock = members({ ...cached, "text!": text(), citations: nullable(list(object)) });

const base64: Shape = (value, { path }) =>
  isBase64(value) ? undefined : broken(path, "Input should be valid base64", value);
const httpsUrl = text({ pattern: /^https:\/\// });

const imageBlock = members({
  ...cached,
  "source!": tagged("type", {
    base64: members({
      "type!": text(),
      "media_type!": text({ among: ["image/jpeg", "image/png", "image/gif", "image/webp"] }),
      "data!": base64,
    }),
    url: members({ "type!": text(), "url!": httpsUrl }),
    file: members({ "type!": text(), "file_id!": text() }),
  }),
  transformations: nullable(object),
});

const documentBlock = members({
  ...cached,
  "source!": tagged("type", {
    base64: members({
      "type!": text(),
      "media_type!": text({ among: ["application/pdf"] }),
      "data!": base64,
    }),
    text: members({
      "type!": text(),
      "media_type!": text({ among: ["text/plain"] }),
      "data!": text({ min: 1 }),
    }),
    content: members({
      "type!": text(),
      "content!": either(text(), list(tagged("type", { text: textBlock, image: imageBlock }))),
    }),
    url: members({ "type!": text(), "url!": httpsUrl }),
    file: members({ "type!": text(), "file_id!": text() }),
  }),
  title: nullable(text()),
  context: nullable(text()),
  citations: nullable(citationsConfig),
});

const searchResult = members({
  ...cached,
  "content!": list(textBlock, { min: 1 }),
  "source!": text(),
  "title!": text(),
  citations: citationsConfig,
});

const caller = members({ "type!": text(), tool_id: text() });
const idPattern = /^[a-zA-Z0-9_-]+$/;
const toolName = text({ pattern: /^[a-zA-Z0-9_-]{1,128}$/ });

const toolUse = members({
  ...cached,
  "id!": text({ pattern: idPattern }),
  "name!": toolName,
  "input!": object,
  caller,
  toolset_name: nullable(text()),
});

const toolResult = members({
  ...cached,
  "tool_use_id!": text({ pattern: idPattern }),
  content: either(
    text(),
    list(tagged("type", {
      text: textBlock,
      image: imageBlock,
      search_result: searchResult,
      document: documentBlock,
      tool_reference: members({ ...cached, "tool_name!": text() }),
    })),
  ),
  is_error: boolean,
  toolset_name: nullable(text()),
});

const serverBlocks = Object.fromEntries(
  ["server_tool_use", "web_search_tool_result", "web_fetch_tool_result", "container_upload"]
    .map((name) => [name, object]),
);

/** A block of a message's content, whoever speaks. */
const contentBlock = tagged("type", {
  text: textBlock,
  image: imageBlock,
  document: documentBlock,
  search_result: searchResult,
  tool_use: toolUse,
  tool_result: toolResult,
  thinking: members({ "type!": text(), "thinking!": text(), "signature!": text() }),
  redacted_thinking: members({ "type!": text(), "data!": text() }),
  ...serverBlocks,
});

const message = members({
  "role!": text({ among: ["user", "assistant", "system"] }),
  "content!": either(text(), list(contentBlock)),
});

const customTool = members({
  type: nullable(text({ among: ["custom"] })),
  "name!": toolName,
  description: text(),
  "input_schema!": both(
    object,
    lazy(() => members({ "type!": text({ among: ["object"] }) }, { open: true })),
    jsonSchema,
    rule((schema, { path }) =>
      ["oneOf", "allOf", "anyOf"].some((name) => name in schema)
        ? broken(path, "input_schema does not support oneOf, allOf, or anyOf at the top level")
        : undefined
    ),
  ),
  cache_control: nullable(cacheControl),
  strict: boolean,
  defer_loading: boolean,
  eager_input_streaming: nullable(boolean),
  input_examples: list(object),
  allowed_callers: list(text()),
});

/** Tools that the provider runs itself are known by the date in their type. */
const tool: Shape = (value, place) => {
  const type = isObject(value) ? value.type : undefined;
  const isServers = typeof type === "string" && /^[a-z_]+_\d{8}$/.test(type);
  if (isServers) return members({ "name!": text() }, { open: true })(value, place);
  const path = [...place.path, { tag: "custom" }];
  return customTool(value, { ...place, path });
};

const parallel = { "type!": text(), disable_parallel_tool_use: boolean };

const asked = {
  "messages!": list(message),
  system: either(text(), list(tagged("type", { text: textBlock }))),
  tools: list(tool),
  tool_choice: tagged("type", {
    auto: members(parallel),
    any: members(parallel),
    tool: members({ ...parallel, "name!": text() }),
    none: members({ "type!": text() }),
  }),
  thinking: tagged("type", {
    enabled: members({
      "type!": text(),
      "budget_tokens!": number({ integer: true, min: 1024 }),
      display: nullable(text({ among: ["summarized", "omitted"] })),
    }),
    adaptive: members({
      "type!": text(),
      display: nullable(text({ among: ["summarized", "omitted"] })),
    }),
    between_tools: members({ "type!": text() }),
    disabled: members({ "type!": text() }),
  }),
  output_config: members({
    effort: nullable(text({ among: ["low", "medium", "high", "xhigh", "max"] })),
    format: nullable(tagged("type", {
      json_schema: members({ "type!": text(), "schema!": both(object, jsonSchema) }),
    })),
  }),
  cache_control: nullable(cacheControl),
};

const created = {
  ...asked,
  "max_tokens!": number({ integer: true, min: 0 }),
  metadata: members({ user_id: nullable(text({ max: 256 })) }),
  stop_sequences: list(text()),
  stream: boolean,
  temperature: number({ min: 0, max: 1 }),
  top_p: number({ min: 0, max: 1 }),
  top_k: number({ integer: true, min: 0 }),
  service_tier: text({ among: ["auto", "standard_only"] }),
  container: anything,
  inference_geo: nullable(text()),
};

/** Members that a beta header unlocks. */
const betas: readonly { readonly header: string; readonly shapes: Record<string, Shape> }[] = [
  { header: "context-management-", shapes: { context_management: object } },
  { header: "mcp-client-", shapes: { mcp_servers: list(object) } },
];

/** The body of a request, by where it is sent. */
export function bodyShape(
  kind: "messages" | "count",
  flavour: "anthropic" | "vertex",
  betaHeader: string,
): Shape {
  const unlocked = betas.filter(({ header }) => betaHeader.includes(header));
  const version = { "anthropic_version!": text({ among: ["vertex-2023-10-16"] }) };
  return members({
    ...(kind === "messages" ? created : asked),
    ...(flavour === "vertex" && kind === "messages" ? version : { "model!": text({ min: 1 }) }),
    ...(flavour === "vertex" && kind === "count" &&
      { anthropic_version: version["anthropic_version!"] }),
    ...(flavour === "vertex" && { anthropic_beta: list(text()) }),
    ...Object.assign({}, ...unlocked.map(({ shapes }) => shapes)),
  });
}
