import type { Block } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import type { ChatRequest, FunctionTool } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { geminiParameters } from "../tool_schema/gemini_parameters.ts";
import { objectSchema } from "../tool_schema/object_schema.ts";
import { writeConfig } from "./write_config.ts";
import { writeContents } from "./write_contents.ts";

/** Writes a request to Google for a client of another API. */
export function writeRequest(chat: ChatRequest, losses: Losses): JsonObject {
  const extras = nativeOf(chat, losses);
  reportLosses(chat, losses);
  return {
    contents: writeContents(chat, losses),
    ...(extras.cachedContent === undefined ? beforeContents(chat, losses) : cached(chat, losses)),
    ...defined({ generationConfig: writeConfig(chat, losses), ...extras }),
    ...defined({ serviceTier: serviceTierOf(chat, losses) }),
  };
}

/** What stands before the conversation, and what a cache holds in its place. */
function beforeContents(chat: ChatRequest, losses: Losses): JsonObject {
  return defined({
    systemInstruction: instructionOf(chat.instructions, losses),
    tools: toolsOf(chat, losses),
    toolConfig: toolConfigOf(chat, losses),
  });
}

/** Google refuses these beside a cache, which has its own. */
function cached({ instructions, tools, toolChoice }: ChatRequest, losses: Losses): JsonObject {
  if (instructions.length > 0) losses.droppedField("instructions");
  if (tools.length > 0) losses.droppedField("tools");
  if (toolChoice !== undefined) losses.dropped("toolChoice");
  return {};
}

function instructionOf(blocks: readonly Block[], losses: Losses): JsonObject | undefined {
  const texts = blocks.flatMap((block) => {
    if (block.type === "text" || block.type === "refusal") {
      return block.text === "" ? [] : [block.text];
    }
    if (block.type === "native") losses.droppedField(block.name);
    else losses.dropped("media");
    return [];
  });
  return texts.length === 0 ? undefined : { parts: [{ text: texts.join("\n") }] };
}

function toolsOf({ tools }: ChatRequest, losses: Losses): readonly JsonObject[] | undefined {
  const declarations: JsonObject[] = [];
  const others: JsonObject[] = [];
  for (const tool of tools) {
    if (tool.type === "function") declarations.push(declarationOf(tool, losses));
    else if (tool.api === "gemini" && isMapping(tool.value)) others.push(tool.value);
    else losses.droppedField(tool.name);
  }
  const written = declarations.length === 0 ? [] : [{ functionDeclarations: declarations }];
  return written.length + others.length === 0 ? undefined : [...written, ...others];
}

/** A function without parameters has no schema: Google refuses an object without properties. */
function declarationOf(tool: FunctionTool, losses: Losses): JsonObject {
  if (tool.strict === true) losses.dropped("toolStrict");
  const schema = geminiParameters(objectSchema(tool.schema), () => losses.changed("toolSchema"));
  const isEmpty = !isMapping(schema.properties) || Object.keys(schema.properties).length === 0;
  return {
    name: tool.name,
    ...defined({ description: tool.description, parameters: isEmpty ? undefined : schema }),
  };
}

function toolConfigOf({ tools, toolChoice }: ChatRequest, losses: Losses): JsonObject | undefined {
  if (toolChoice === undefined) return undefined;
  if (!tools.some(({ type }) => type === "function")) {
    if (toolChoice !== "auto" && toolChoice !== "none") losses.dropped("toolChoice");
    return undefined;
  }
  if (typeof toolChoice === "string") {
    return { functionCallingConfig: { mode: MODES[toolChoice] } };
  }
  return { functionCallingConfig: { mode: "ANY", allowedFunctionNames: [toolChoice.name] } };
}

const MODES = { auto: "AUTO", none: "NONE", required: "ANY" } as const;

/** Members that clients of other APIs may use for Google, in either spelling. */
function nativeOf({ native }: ChatRequest, losses: Losses): JsonObject {
  const taken: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(native)) {
    const extra = EXTRAS.find(({ names }) => names.includes(name));
    if (extra === undefined || !extra.fits(value)) {
      if (!PLUMBING.has(name)) losses.droppedField(name);
    } else if (extra.member !== undefined) {
      taken[extra.member] ??= value;
    }
  }
  return taken;
}

interface Extra {
  readonly names: readonly string[];
  /** Undefined for what is written elsewhere. */
  readonly member?: string;
  fits(value: unknown): boolean;
}

const EXTRAS: readonly Extra[] = [
  { names: ["thinkingConfig", "thinking_config"], fits: isMapping },
  {
    names: ["cachedContent", "cached_content"],
    member: "cachedContent",
    fits: (value) => typeof value === "string" && value !== "",
  },
  {
    names: ["safetySettings", "safety_settings"],
    member: "safetySettings",
    fits: (value) => Array.isArray(value) && value.every(isMapping),
  },
  { names: ["labels"], member: "labels", fits: isMapping },
];

/** Members of other APIs that are about how an answer is sent. */
const PLUMBING: ReadonlySet<string> = new Set(["stream", "stream_options"]);

/** Google's tiers (https://ai.google.dev/gemini-api/docs/optimization); the usual is not said. */
function serviceTierOf({ serviceTier }: ChatRequest, losses: Losses): string | undefined {
  if (serviceTier === "flex" || serviceTier === "priority") return serviceTier;
  if (serviceTier !== undefined && !USUAL_TIERS.has(serviceTier)) losses.dropped("serviceTier");
  return undefined;
}

const USUAL_TIERS: ReadonlySet<string> = new Set(["auto", "default", "standard", "standard_only"]);

function reportLosses(chat: ChatRequest, losses: Losses): void {
  if (chat.verbosity !== undefined) losses.dropped("verbosity");
  if (chat.user !== undefined) losses.dropped("user");
  if (chat.metadata !== undefined) losses.dropped("metadata");
  if (chat.parallelToolCalls === false) losses.dropped("parallelToolCalls");
  if (hasCacheHint(chat)) losses.dropped("cache");
}

function hasCacheHint({ instructions, turns, tools }: ChatRequest): boolean {
  const blocks = [instructions, ...turns.map((turn) => turn.blocks)];
  return blocks.some(isHinted) || tools.some((tool) => "cache" in tool);
}

function isHinted(blocks: readonly Block[]): boolean {
  return blocks.some((block) =>
    ("cache" in block && block.cache !== undefined) ||
    (block.type === "tool-result" && isHinted(block.blocks))
  );
}
