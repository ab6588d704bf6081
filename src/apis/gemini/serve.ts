import type { ConceptNames } from "../../chat/losses.ts";
import type { ChatRequest } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import type { Serve, ServedRequest } from "../api.ts";
import { wrongType } from "../fields.ts";
import { mappingIn, mappingsIn, member, noteOthers, stringIn } from "./members.ts";
import { readConfig } from "./read_config.ts";
import { readContents, readInstruction } from "./read_contents.ts";
import { readToolConfig, readTools } from "./read_tools.ts";
import { writeStream } from "./stream_writer.ts";
import { writeResponse } from "./write_response.ts";

const CONFIG = "generationConfig.";
const PARTS = "contents.parts.";

const concepts: ConceptNames = {
  temperature: `${CONFIG}temperature`,
  topP: `${CONFIG}topP`,
  topK: `${CONFIG}topK`,
  stop: `${CONFIG}stopSequences`,
  seed: `${CONFIG}seed`,
  frequencyPenalty: `${CONFIG}frequencyPenalty`,
  presencePenalty: `${CONFIG}presencePenalty`,
  logprobs: `${CONFIG}responseLogprobs`,
  candidates: `${CONFIG}candidateCount`,
  maxOutputTokens: `${CONFIG}maxOutputTokens`,
  reasoning: `${CONFIG}thinkingConfig`,
  output: `${CONFIG}responseSchema`,
  toolSchema: "tools.functionDeclarations.parameters",
  toolChoice: "toolConfig",
  serviceTier: "serviceTier",
  image: `${PARTS}inlineData`,
  audio: `${PARTS}inlineData`,
  document: `${PARTS}inlineData`,
  media: `${PARTS}inlineData`,
  reasoningReplay: `${PARTS}thoughtSignature`,
  toolFailed: `${PARTS}functionResponse.response.error`,
  toolResultMedia: `${PARTS}functionResponse.parts`,
};

/** Google's generateContent, spoken to its clients for a provider of another API. */
export const serve: Serve = { concepts, readRequest, writeResponse, writeStream };

function readRequest({ json, model, streaming }: ServedRequest): ChatRequest {
  const unmodelled = new Map<string, unknown>();
  noteOthers(json, MEMBERS, "", unmodelled);
  if (member(json, "contents") === undefined) throw wrongType("contents", "a list");
  const instruction = member(json, "systemInstruction");
  const toolConfig = mappingIn(json, "toolConfig");
  return {
    api: "gemini",
    model,
    instructions: readInstruction(instruction, unmodelled),
    turns: readContents(mappingsIn(json, "contents"), unmodelled),
    tools: readTools(mappingsIn(json, "tools"), unmodelled),
    ...readConfig(mappingIn(json, "generationConfig") ?? {}, unmodelled),
    ...defined({
      toolChoice: toolConfig === undefined ? undefined : readToolConfig(toolConfig, unmodelled),
      serviceTier: stringIn(json, "serviceTier"),
    }),
    stream: streaming,
    native: Object.fromEntries(unmodelled),
  };
}

/** What is modelled, and the model, which the path names. */
const MEMBERS: ReadonlySet<string> = new Set([
  "contents",
  "generationConfig",
  "model",
  "serviceTier",
  "systemInstruction",
  "toolConfig",
  "tools",
]);
