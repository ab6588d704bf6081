import { isMapping, type Mapping } from "../lib/mapping.ts";
import type { JsonObject, PromptTexts } from "./api.ts";
import { chatTokensBeside } from "./prompt_tokens.ts";

/** All that costs tokens; a list of tools counts as its JSON. */
export function promptTexts(request: JsonObject): PromptTexts {
  const prompts = promptsIn(request);
  return {
    texts: [...prompts.flat(), ...toolsIn(request)],
    tokensBeside: chatTokensBeside(prompts.length),
  };
}

/** A mark for the cache is no part of what the model reads. */
function toolsIn({ tools }: JsonObject): readonly string[] {
  if (!Array.isArray(tools)) return [];
  return tools.filter(isMapping).map(({ cache_control: _, ...tool }) => JSON.stringify(tool));
}

/** The texts of each message, the system prompt's first. */
export function promptsIn({ system, messages }: JsonObject): readonly (readonly string[])[] {
  const contents = Array.isArray(messages)
    ? messages.map((message) => isMapping(message) ? textsIn(message.content) : [])
    : [];
  const instructions = textsIn(system);
  return instructions.length === 0 ? contents : [instructions, ...contents];
}

/** Members that are text wherever they stand in a block. */
const TEXTS = [
  "text",
  "thinking",
  "name",
  "title",
  "context",
  "url",
  "stdout",
  "stderr",
  "tool_name",
];

/**
 * The texts of content, whatever kinds of blocks it has: what the model reads, without what is
 * sealed, without ids, and without images and files, which are no text.
 */
function textsIn(content: unknown): readonly string[] {
  if (typeof content === "string") return content === "" ? [] : [content];
  if (Array.isArray(content)) return content.flatMap(textsIn);
  if (!isMapping(content)) return [];
  const texts = TEXTS.flatMap((name) => stringIn(content[name]));
  if (content.input !== undefined) texts.push(JSON.stringify(content.input));
  return [...texts, ...sourceTexts(content.source), ...textsIn(content.content)];
}

/** A search result names its source; a document may be text. */
function sourceTexts(source: unknown): readonly string[] {
  if (!isMapping(source)) return stringIn(source);
  return source.type === "text" ? stringIn(source.data) : textsIn(contentOf(source));
}

function contentOf({ type, content }: Mapping): unknown {
  return type === "content" ? content : undefined;
}

function stringIn(value: unknown): string[] {
  return typeof value === "string" && value !== "" ? [value] : [];
}
