import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import {
  type CacheMark,
  lengthOf,
  type MarkedSection,
  type PromptPlace,
  type PromptSection,
  type PromptSections,
} from "../prompt_sections.ts";

/**
 * The parts of a request in Anthropic's API
 * (https://platform.claude.com/docs/en/build-with-claude/prompt-caching).
 */
export function promptSections(
  body: JsonObject,
  { messageOffset }: PromptPlace,
): PromptSections {
  const { tools, system, messages } = body;
  return {
    tools: section("tools", tools, listed(tools).flatMap(ownMark), () => markTool(listed(tools))),
    system: section("system", system, blockMarks(system), () => markWhole(system)),
    messages: section(
      "messages",
      messages,
      // A mark of the whole request stands at the end of its messages.
      [...ownMark(body), ...listed(messages).flatMap(messageMarks)],
      () => markMessage(listed(messages), messageOffset),
    ),
  };
}

function section(
  member: string,
  value: unknown,
  marks: readonly CacheMark[],
  mark: () => MarkedSection | undefined,
): PromptSection {
  return { member, marks, length: lengthOf(value), mark };
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function ownMark(value: unknown): readonly CacheMark[] {
  if (!isMapping(value) || !isMapping(value.cache_control)) return [];
  return [{ forAnHour: value.cache_control.ttl === "1h" }];
}

function messageMarks(message: unknown): readonly CacheMark[] {
  return isMapping(message) ? [...ownMark(message), ...blockMarks(message.content)] : [];
}

/** Blocks inside of results and documents may be marked as well. */
function blockMarks(content: unknown): readonly CacheMark[] {
  return listed(content).filter(isMapping).flatMap((block) => [
    ...ownMark(block),
    ...blockMarks(block.content),
    ...(isMapping(block.source) ? blockMarks(block.source.content) : []),
  ]);
}

const MARK = { cache_control: { type: "ephemeral" } } as const;

/** Tools that are looked up later are no part of the prompt. */
function markTool(tools: readonly unknown[]): MarkedSection | undefined {
  const at = tools.findLastIndex((tool) => isMapping(tool) && tool.defer_loading !== true);
  const tool = tools[at];
  if (!isMapping(tool)) return undefined;
  return { value: tools.with(at, { ...tool, ...MARK }), length: lengthOf(tools.slice(0, at + 1)) };
}

function markWhole(content: unknown): MarkedSection | undefined {
  const value = markLast(content);
  return value === undefined ? undefined : { value, length: lengthOf(content) };
}

/** Marks the last message that may be marked, from a place on backwards. */
function markMessage(messages: readonly unknown[], offset: number): MarkedSection | undefined {
  for (let at = messages.length - 1 - offset; at >= 0; at--) {
    const message = messages[at];
    const content = isMapping(message) ? markLast(message.content) : undefined;
    if (!isMapping(message) || content === undefined) continue;
    const value = messages.with(at, { ...message, content });
    return { value, length: lengthOf(messages.slice(0, at + 1)) };
  }
  return undefined;
}

/** Content with a mark at its last block that may have one. */
function markLast(content: unknown): readonly unknown[] | undefined {
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : listed(content);
  const at = blocks.findLastIndex((block) => isMapping(block) && takesMark(block));
  const block = blocks[at];
  return isMapping(block) ? blocks.with(at, { ...block, ...MARK }) : undefined;
}

/** Neither thoughts nor empty texts take a mark. */
function takesMark({ type, text }: Mapping): boolean {
  if (type === "text") return typeof text === "string" && text.trim() !== "";
  return typeof type === "string" && !type.endsWith("thinking");
}
