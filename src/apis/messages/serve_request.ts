import type { Block } from "../../chat/block.ts";
import type { ChatRequest, OutputFormat, Sampling, Turn } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject, ServedRequest } from "../api.ts";
import {
  listIn,
  mappingIn,
  numberIn,
  requiredList,
  requiredString,
  stringIn,
  wrongType,
} from "../fields.ts";
import { type Note, readContent } from "./serve_blocks.ts";
import { readReasoning } from "./serve_reasoning.ts";
import { readTools } from "./serve_tools.ts";

/** Reads a client's request. */
export function readRequest({ json, model, streaming }: ServedRequest): ChatRequest {
  const native: Record<string, unknown> = {};
  const note: Note = (name, value) => native[name] = value;
  for (const [name, value] of Object.entries(json)) {
    if (!MODELLED.has(name) && value !== null) note(name, value);
  }
  const spoken = readMessages(json, note);
  return {
    api: "messages",
    model,
    instructions: [...readContent(json.system, "system", note), ...spoken.instructions],
    turns: spoken.turns,
    ...readTools(json, note),
    sampling: readSampling(json),
    ...defined({
      maxOutputTokens: numberIn(json, "max_tokens"),
      reasoning: readReasoning(json, note),
      output: readOutput(json, note),
      user: readUser(json, note),
      serviceTier: stringIn(json, "service_tier"),
    }),
    stream: streaming,
    native,
  };
}

/** Top-level members that have their own place in a chat, wholly or in part. */
const MODELLED: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "system",
  "tools",
  "tool_choice",
  "max_tokens",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "thinking",
  "output_config",
  "output_format",
  "metadata",
  "service_tier",
  "stream",
]);

interface Spoken {
  readonly instructions: readonly Block[];
  readonly turns: readonly Turn[];
}

function readMessages(json: JsonObject, note: Note): Spoken {
  const instructions: Block[] = [];
  const turns: Turn[] = [];
  for (const [index, message] of requiredList(json, "messages").entries()) {
    const path = `messages.${index}`;
    if (!isMapping(message)) throw wrongType(path, "an object");
    const role = requiredString(message, "role", `${path}.role`);
    const blocks = readContent(message.content, `${path}.content`, note);
    if (role === "system") {
      instructions.push(...blocks);
    } else if (role === "user" || role === "assistant") {
      turns.push({ role, blocks: role === "user" ? resultsFirst(blocks) : blocks });
    } else {
      throw wrongType(`${path}.role`, '"user", "assistant" or "system"');
    }
  }
  return { instructions, turns };
}

function resultsFirst(blocks: readonly Block[]): readonly Block[] {
  const isResult = ({ type }: Block) => type === "tool-result";
  return [...blocks.filter(isResult), ...blocks.filter((block) => !isResult(block))];
}

function readSampling(json: JsonObject): Sampling {
  const stop = listIn(json, "stop_sequences").map((sequence, index) => {
    if (typeof sequence === "string") return sequence;
    throw wrongType(`stop_sequences.${index}`, "a string");
  });
  return defined({
    temperature: numberIn(json, "temperature"),
    topP: numberIn(json, "top_p"),
    topK: numberIn(json, "top_k"),
    stop: stop.length === 0 ? undefined : stop,
  });
}

/** The form is said in `output_config`, in the beta before it in a member of its own. */
function readOutput(json: JsonObject, note: Note): OutputFormat | undefined {
  const config = mappingIn(json, "output_config");
  const path = config?.format ? "output_config.format" : "output_format";
  const format = config?.format ? mappingIn(config, "format", path) : mappingIn(json, path);
  if (format === undefined) return undefined;
  if (format.type !== "json_schema") {
    note(path, format);
    return undefined;
  }
  if (!isMapping(format.schema)) throw wrongType(`${path}.schema`, "an object");
  return { type: "json-schema", schema: format.schema };
}

function readUser(json: JsonObject, note: Note): string | undefined {
  const metadata = mappingIn(json, "metadata") ?? {};
  for (const [name, value] of Object.entries(metadata)) {
    if (name !== "user_id" && value !== null) note(`metadata.${name}`, value);
  }
  return stringIn(metadata, "user_id", "metadata.user_id");
}
