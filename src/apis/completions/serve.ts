import type { ConceptNames } from "../../chat/losses.ts";
import type { ChatRequest, OutputFormat, Reasoning, Sampling } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject, Serve, ServedRequest } from "../api.ts";
import {
  booleanIn,
  mappingIn,
  numberIn,
  required,
  requiredList,
  stringIn,
  wrongType,
} from "../fields.ts";
import { readMessages } from "./read_messages.ts";
import { readToolChoice, readTools } from "./read_tools.ts";
import { writeStream } from "./stream_writer.ts";
import { note, noteOthers, type Unmodelled } from "./unmodelled.ts";
import { writeResponse } from "./write_response.ts";

/** What the API calls the concepts that a translation may lose. */
const concepts: ConceptNames = {
  temperature: "temperature",
  topP: "top_p",
  topK: "top_k",
  stop: "stop",
  seed: "seed",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  logitBias: "logit_bias",
  logprobs: "logprobs",
  candidates: "n",
  maxOutputTokens: "max_completion_tokens",
  reasoning: "reasoning_effort",
  output: "response_format",
  outputStrict: "response_format.json_schema.strict",
  verbosity: "verbosity",
  toolSchema: "tools[].function.parameters",
  toolStrict: "tools[].function.strict",
  toolChoice: "tool_choice",
  parallelToolCalls: "parallel_tool_calls",
  user: "user",
  metadata: "metadata",
  serviceTier: "service_tier",
  cache: "cache_control",
  image: "messages[].content[].image_url",
  imageDetail: "messages[].content[].image_url.detail",
  audio: "messages[].content[].input_audio",
  document: "messages[].content[].file",
  media: "messages[].content[].file",
  reasoningReplay: "messages[].reasoning_details",
  toolResultMedia: "messages[].content[].image_url",
  refusal: "messages[].refusal",
};

/** Speaks the API to clients whose provider speaks another. */
export const serve: Serve = { concepts, readRequest, writeResponse, writeStream };

function readRequest({ json, model, streaming }: ServedRequest): ChatRequest {
  const unmodelled: Unmodelled = new Map();
  const messages = requiredList(json, "messages");
  const conversation = readMessages(messages, unmodelled);
  const tools = readTools(json, unmodelled);
  const candidates = numberIn(json, "n");
  const rest = defined({
    toolChoice: readToolChoice(json, unmodelled),
    parallelToolCalls: booleanIn(json, "parallel_tool_calls"),
    candidates: candidates === 1 ? undefined : candidates,
    maxOutputTokens: numberIn(json, "max_completion_tokens") ?? numberIn(json, "max_tokens"),
    reasoning: readReasoning(json),
    output: readOutput(json, unmodelled),
    verbosity: stringIn(json, "verbosity"),
    user: stringIn(json, "user"),
    metadata: mappingIn(json, "metadata"),
    serviceTier: stringIn(json, "service_tier"),
  });
  const sampling = readSampling(json, unmodelled);
  noteOthers(json, MEMBERS, "", unmodelled);
  return {
    api: "completions",
    model,
    instructions: conversation.instructions,
    turns: conversation.turns,
    tools,
    sampling,
    stream: streaming,
    ...rest,
    native: Object.fromEntries(unmodelled),
  };
}

/** Members that something is read from, and those that say how the answer is to be sent. */
const MEMBERS: ReadonlySet<string> = new Set([
  ...["model", "messages", "stream", "stream_options"],
  ...["tools", "functions", "tool_choice", "function_call", "parallel_tool_calls"],
  ...["n", "max_completion_tokens", "max_tokens", "reasoning_effort", "response_format"],
  ...["verbosity", "user", "metadata", "service_tier"],
  ...["temperature", "top_p", "top_k", "stop", "seed", "frequency_penalty", "presence_penalty"],
  ...["logit_bias", "logprobs", "top_logprobs"],
]);

function readReasoning(json: JsonObject): Reasoning | undefined {
  const effort = stringIn(json, "reasoning_effort");
  if (effort === undefined) return undefined;
  return effort === "none" ? { enabled: false } : { effort };
}

function readSampling(json: JsonObject, unmodelled: Unmodelled): Sampling {
  return defined({
    temperature: numberIn(json, "temperature"),
    topP: numberIn(json, "top_p"),
    topK: numberIn(json, "top_k"),
    stop: readStop(json.stop),
    seed: numberIn(json, "seed"),
    frequencyPenalty: numberIn(json, "frequency_penalty"),
    presencePenalty: numberIn(json, "presence_penalty"),
    logitBias: readLogitBias(json),
    topLogprobs: readTopLogprobs(json, unmodelled),
  });
}

function readStop(stop: unknown): readonly string[] | undefined {
  if (stop === null || stop === undefined) return undefined;
  const list = Array.isArray(stop) ? stop : [stop];
  const strings = list.filter((item) => typeof item === "string");
  if (strings.length < list.length) throw wrongType("stop", "a string or a list of strings");
  return strings.length === 0 ? undefined : strings;
}

function readLogitBias(json: JsonObject): Readonly<Record<string, number>> | undefined {
  const bias = mappingIn(json, "logit_bias");
  if (bias === undefined) return undefined;
  const tokens = Object.keys(bias);
  if (tokens.length === 0) return undefined;
  return Object.fromEntries(tokens.map((token) => {
    const param = `logit_bias.${token}`;
    return [token, required(numberIn(bias, token, param), param)];
  }));
}

/** Alternatives count only where `logprobs` asks for them. */
function readTopLogprobs(json: JsonObject, unmodelled: Unmodelled): number | undefined {
  const top = numberIn(json, "top_logprobs");
  if (booleanIn(json, "logprobs") === true) return top ?? 0;
  if (top !== 0) note(top, "top_logprobs", unmodelled);
  return undefined;
}

function readOutput(json: JsonObject, unmodelled: Unmodelled): OutputFormat | undefined {
  const format = mappingIn(json, "response_format");
  switch (format?.type) {
    case undefined:
      return undefined;
    case "text":
      return { type: "text" };
    case "json_object":
      return { type: "json" };
    case "json_schema":
      return readSchema(format.json_schema, unmodelled);
    default:
      note(format, "response_format", unmodelled);
      return undefined;
  }
}

function readSchema(given: unknown, unmodelled: Unmodelled): OutputFormat {
  const at = "response_format.json_schema";
  if (!isMapping(given)) throw wrongType(at, "an object");
  noteOthers(given, SCHEMA_MEMBERS, `${at}.`, unmodelled);
  return {
    type: "json-schema",
    schema: given.schema ?? undefined,
    ...defined({
      name: stringIn(given, "name", `${at}.name`),
      description: stringIn(given, "description", `${at}.description`),
      strict: booleanIn(given, "strict", `${at}.strict`),
    }),
  };
}

const SCHEMA_MEMBERS: ReadonlySet<string> = new Set(["name", "description", "schema", "strict"]);
