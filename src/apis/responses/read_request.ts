import type { ChatRequest, OutputFormat, Reasoning, Sampling } from "../../chat/request.ts";
import { GatewayError } from "../../errors.ts";
import { defined } from "../../lib/defined.ts";
import type { Mapping } from "../../lib/mapping.ts";
import type { JsonObject, ServedRequest } from "../api.ts";
import {
  booleanIn,
  listIn,
  mappingIn,
  missing,
  numberIn,
  requiredString,
  stringIn,
} from "../fields.ts";
import { membersBeside } from "./members_beside.ts";
import { readConversation } from "./read_items.ts";
import { readToolUse } from "./read_tools.ts";

/** Reads a client's request. */
export function readRequest({ json, model, streaming }: ServedRequest): ChatRequest {
  refuseStored(json);
  const { tools, toolChoice, native: toolNative } = readToolUse(json);
  const reasoning = mappingIn(json, "reasoning"), text = mappingIn(json, "text") ?? {};
  const format = mappingIn(text, "format", "text.format");
  return {
    api: "responses",
    model,
    ...readConversation(stringIn(json, "instructions"), json.input),
    tools,
    sampling: readSampling(json),
    stream: streaming,
    native: { ...readNative(json), ...toolNative },
    ...defined({
      toolChoice,
      parallelToolCalls: booleanIn(json, "parallel_tool_calls"),
      maxOutputTokens: numberIn(json, "max_output_tokens"),
      reasoning: reasoning === undefined ? undefined : readReasoning(reasoning),
      output: format === undefined ? undefined : readFormat(format),
      verbosity: stringIn(text, "verbosity", "text.verbosity"),
      user: stringIn(json, "safety_identifier") ?? stringIn(json, "user"),
      metadata: mappingIn(json, "metadata"),
      serviceTier: stringIn(json, "service_tier"),
    }),
  };
}

/** What is kept at a provider that is not asked cannot be used. */
function refuseStored(json: JsonObject): void {
  const param = STORED.find((name) => (json[name] ?? undefined) !== undefined) ??
    (json.background === true ? "background" : undefined);
  if (param === undefined) return;
  throw new GatewayError(
    "invalid-request",
    `cannot use ${param}: this model's provider does not keep responses`,
    { code: "unsupported_parameter", param },
  );
}

const STORED = ["previous_response_id", "conversation", "prompt"] as const;

function readSampling(json: JsonObject): Sampling {
  const topLogprobs = numberIn(json, "top_logprobs");
  const isAsked = listIn(json, "include").includes(LOGPROBS) || (topLogprobs ?? 0) > 0;
  return defined({
    temperature: numberIn(json, "temperature"),
    topP: numberIn(json, "top_p"),
    topLogprobs: isAsked ? topLogprobs ?? 0 : undefined,
  });
}

function readReasoning(reasoning: Mapping): Reasoning {
  const effort = stringIn(reasoning, "effort", "reasoning.effort");
  const shown = (reasoning.summary ?? reasoning.generate_summary ?? undefined) !== undefined;
  return {
    ...(effort === "none" ? { enabled: false } : defined({ effort })),
    ...(shown ? { shown } : {}),
  };
}

/** A format that is not known is left to the member of that name in `native`. */
function readFormat(format: Mapping): OutputFormat | undefined {
  switch (format.type) {
    case "text":
      return { type: "text" };
    case "json_object":
      return { type: "json" };
    case "json_schema": {
      const schema = mappingIn(format, "schema", "text.format.schema");
      if (schema === undefined) throw missing("text.format.schema");
      return {
        type: "json-schema",
        schema,
        name: requiredString(format, "name", "text.format.name"),
        ...defined({
          description: stringIn(format, "description", "text.format.description"),
          strict: booleanIn(format, "strict", "text.format.strict"),
        }),
      };
    }
    default:
      return undefined;
  }
}

/** Members that nothing in the model says; what equals a default is left out. */
function readNative(json: JsonObject): Readonly<Record<string, unknown>> {
  const text = mappingIn(json, "text") ?? {}, format = mappingIn(text, "format") ?? {};
  const include = listIn(json, "include").filter((name) => name !== LOGPROBS && name !== SEALED);
  const isFormatKnown = Object.keys(format).length === 0 || readFormat(format) !== undefined;
  const hasTwoUsers = (json.safety_identifier ?? json.user) !== (json.user ?? undefined);
  return {
    ...membersBeside(json, MODELLED),
    ...membersBeside(mappingIn(json, "reasoning") ?? {}, REASONING_MEMBERS, "reasoning."),
    ...membersBeside(text, TEXT_MEMBERS, "text."),
    ...(isFormatKnown ? {} : { "text.format": format }),
    ...(include.length === 0 ? {} : { include }),
    ...(json.store === true ? { store: true } : {}),
    ...(json.truncation === "auto" ? { truncation: "auto" } : {}),
    ...(hasTwoUsers && typeof json.user === "string" ? { user: json.user } : {}),
  };
}

const LOGPROBS = "message.output_text.logprobs";
const SEALED = "reasoning.encrypted_content";
const REASONING_MEMBERS = new Set(["effort", "summary", "generate_summary"]);
const TEXT_MEMBERS = new Set(["format", "verbosity"]);

const MODELLED = new Set([
  "model",
  "input",
  "instructions",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "reasoning",
  "text",
  "max_output_tokens",
  "temperature",
  "top_p",
  "top_logprobs",
  "user",
  "safety_identifier",
  "metadata",
  "service_tier",
  "stream",
  "stream_options",
  "store",
  "include",
  "truncation",
  "background",
  "previous_response_id",
  "conversation",
  "prompt",
]);
