import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { modelTraits } from "./model_traits.ts";
import {
  type CacheMark,
  lengthOf,
  type MarkedSection,
  type PromptPlace,
  type PromptSections,
} from "../prompt_sections.ts";

/**
 * The parts of a request to Amazon Bedrock; undefined for a model that has no cache, since it would
 * refuse the request (https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html).
 */
export function promptSections(
  { toolConfig, system, messages }: JsonObject,
  { messageOffset, model }: PromptPlace,
): PromptSections | undefined {
  const { cachePoints } = modelTraits(model);
  if (!hasCache(model) || cachePoints === "nowhere") return undefined;
  const config = isMapping(toolConfig) ? toolConfig : {};
  const takesMark = cachePoints === "anywhere" ? isNoThought : isText;
  const tools = blocksIn(config.tools), blocks = blocksIn(system);
  return {
    tools: {
      member: "toolConfig",
      marks: marksIn(tools),
      length: lengthOf(tools),
      mark: () => cachePoints === "anywhere" ? markTools(config, tools) : undefined,
    },
    system: {
      member: "system",
      marks: marksIn(blocks),
      length: lengthOf(blocks),
      mark: () => markBlocks(blocks, takesMark),
    },
    messages: {
      member: "messages",
      marks: blocksIn(messages).flatMap(({ content }) => marksIn(blocksIn(content))),
      length: lengthOf(messages),
      mark: () => markMessage(blocksIn(messages), messageOffset, takesMark),
    },
  };
}

/**
 * Whether a model is known to have a cache. What is behind a profile of an application's own is
 * not, and Claude 3.5 Sonnet has one for those alone who tried it first.
 */
function hasCache(model: string): boolean {
  const id = model.toLowerCase();
  return /anthropic\.claude|amazon\.nova/.test(id) && !id.includes("claude-3-5-sonnet");
}

function blocksIn(value: unknown): readonly Mapping[] {
  return Array.isArray(value) ? value.filter(isMapping) : [];
}

function marksIn(blocks: readonly Mapping[]): readonly CacheMark[] {
  return blocks.map(({ cachePoint }) => cachePoint).filter(isMapping)
    .map(({ ttl }) => ({ forAnHour: ttl === "1h" }));
}

type TakesMark = (block: Mapping) => boolean;

const isText: TakesMark = (block) => "text" in block;
const isNoThought: TakesMark = (block) => !("reasoningContent" in block);

const MARK = { cachePoint: { type: "default" } } as const;

function markTools(config: Mapping, tools: readonly Mapping[]): MarkedSection | undefined {
  if (tools.length === 0) return undefined;
  return { value: { ...config, tools: [...tools, MARK] }, length: lengthOf(tools) };
}

/** Blocks with a mark behind the last that may have one. */
function markBlocks(
  blocks: readonly Mapping[],
  takesMark: TakesMark,
): MarkedSection | undefined {
  const at = blocks.findLastIndex(takesMark);
  if (at < 0) return undefined;
  return { value: blocks.toSpliced(at + 1, 0, MARK), length: lengthOf(blocks.slice(0, at + 1)) };
}

/** Marks the last message that may be marked, from a place on backwards. */
function markMessage(
  messages: readonly Mapping[],
  offset: number,
  takesMark: TakesMark,
): MarkedSection | undefined {
  for (let at = messages.length - 1 - offset; at >= 0; at--) {
    const message = messages[at];
    const marked = message && markBlocks(blocksIn(message.content), takesMark);
    if (marked === undefined) continue;
    const value = messages.with(at, { ...message, content: marked.value });
    return { value, length: lengthOf(messages.slice(0, at)) + marked.length };
  }
  return undefined;
}
