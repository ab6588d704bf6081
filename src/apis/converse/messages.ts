import type { Block, ReasoningBlock, ToolCallBlock, ToolResultBlock } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import type { Turn } from "../../chat/request.ts";
import { GatewayError } from "../../errors.ts";
import { defined } from "../../lib/defined.ts";
import type { JsonObject } from "../api.ts";
import { parseObject } from "../parse_object.ts";
import type { CachePoints } from "./cache_points.ts";
import type { MediaWriter } from "./media.ts";
import type { ModelTraits } from "./model_traits.ts";
import type { Names } from "./names.ts";

/** What messages are written with. */
export interface MessageContext {
  readonly model: ModelTraits;
  readonly names: Names;
  readonly callIds: Names;
  readonly cache: CachePoints;
  readonly media: MediaWriter;
  readonly losses: Losses;
}

/** A message as the API has it; roles alternate. */
export interface Message {
  readonly role: Turn["role"];
  readonly content: readonly JsonObject[];
}

/** A content block with the cache point behind it. */
type Group = readonly JsonObject[];

/** The instructions, each a block of its own. */
export function writeSystem(blocks: readonly Block[], context: MessageContext): JsonObject[] {
  return blocks.flatMap((block) => {
    if (block.type === "media") {
      throw new GatewayError(
        "invalid-request",
        "cannot send images or files to this provider in instructions",
        { param: block.mediaType.startsWith("image/") ? "image" : "file" },
      );
    }
    return writeBlock(block, "user", context);
  });
}

/** The turns: neighbours of one side merged, what has no content left out. */
export function writeMessages(turns: readonly Turn[], context: MessageContext): Message[] {
  const merged: { readonly role: Turn["role"]; readonly groups: Group[] }[] = [];
  for (const { role, blocks } of turns) {
    const groups = blocks
      .map((block) => writeBlock(block, role, context))
      .filter((group) => group.length > 0);
    if (groups.length === 0) continue;
    const last = merged.at(-1);
    if (last?.role === role) last.groups.push(...groups);
    else merged.push({ role, groups });
  }
  return merged.map(({ role, groups }) => ({
    role,
    content: role === "user" ? userContent(groups) : groups.flat(),
  }));
}

/** Whether messages hold calls of tools or their results. */
export function hasToolBlocks(messages: readonly Message[]): boolean {
  return messages.some(({ content }) =>
    content.some((block) => "toolUse" in block || "toolResult" in block)
  );
}

/**
 * Whether the model is in the middle of using tools and its thoughts are missing: Claude refuses to
 * think on then, if it thinks by budget
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html).
 */
export function lacksThoughts(messages: readonly Message[]): boolean {
  const [calling, answering] = messages.slice(-2);
  if (calling?.role !== "assistant" || answering === undefined) return false;
  const [first] = calling.content;
  return first !== undefined && !("reasoningContent" in first) &&
    answering.content.some((block) => "toolResult" in block);
}

/**
 * Results of tools come first, and a document does not come without text
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Message.html).
 */
function userContent(groups: readonly Group[]): JsonObject[] {
  const isResult = (group: Group) => group.some((block) => "toolResult" in block);
  const content = [
    ...groups.filter(isResult),
    ...groups.filter((group) => !isResult(group)),
  ].flat();
  const lacksText = content.some((block) => "document" in block) &&
    !content.some((block) => "text" in block);
  return lacksText ? [...content, { text: DOCUMENT_ALONE }] : content;
}

/** As little as passes for text. */
const DOCUMENT_ALONE = ".";

function writeBlock(block: Block, role: Turn["role"], context: MessageContext): Group {
  const { cache, losses } = context;
  switch (block.type) {
    case "text":
      return writeText(block, context);
    case "refusal":
      return writeText(block, context);
    case "media":
      return writeMedia(block, role, context);
    case "reasoning":
      return writeReasoning(block, context);
    case "tool-call":
      return [writeCall(block, context), ...points(cache.after(block.cache, "other"))];
    case "tool-result":
      return writeResult(block, context);
    case "native":
      losses.droppedField(block.name);
      return [];
  }
}

function points(found: ReturnType<CachePoints["after"]>): JsonObject[] {
  return found.map((point) => ({ ...point }));
}

function writeText(
  block: Extract<Block, { type: "text" | "refusal" }>,
  { cache }: MessageContext,
): Group {
  if (block.text.trim() === "") return [];
  const hint = block.type === "text" ? block.cache : undefined;
  return [{ text: block.text }, ...points(cache.after(hint, "text"))];
}

function writeMedia(
  block: Extract<Block, { type: "media" }>,
  role: Turn["role"],
  { cache, media }: MessageContext,
): Group {
  const written = media.write(block);
  if (written === undefined) return [];
  if (role === "assistant") {
    throw new GatewayError(
      "invalid-request",
      "cannot send images or files to this provider as the model's own words",
      { param: block.mediaType.startsWith("image/") ? "image" : "file" },
    );
  }
  return [written, ...points(cache.after(block.cache, "other"))];
}

function writeReasoning({ text, seal }: ReasoningBlock, context: MessageContext): Group {
  if (seal?.api === "converse" && seal.redacted === true) {
    return [{ reasoningContent: { redactedContent: seal.value } }];
  }
  const isOwn = seal?.api === "messages" && seal.redacted !== true;
  if (isOwn && context.model.signsReasoning) {
    return [{ reasoningContent: { reasoningText: { text, signature: seal.value } } }];
  }
  context.losses.dropped("reasoningReplay");
  return [];
}

function writeCall(block: ToolCallBlock, { names, callIds }: MessageContext): JsonObject {
  return {
    toolUse: {
      toolUseId: callIds.written(block.id),
      name: names.written(block.name),
      // The API takes objects only.
      input: block.custom === true ? { input: block.input } : parseObject(block.input) ?? {},
    },
  };
}

function writeResult(block: ToolResultBlock, context: MessageContext): Group {
  const { model, callIds, cache, losses } = context;
  const content = block.blocks.flatMap((part) => writeResultPart(part, context));
  if (block.failed === true && !model.toolStatus) losses.dropped("toolFailed");
  const status = block.failed === undefined || !model.toolStatus
    ? undefined
    : block.failed
    ? "error"
    : "success";
  const toolResult = {
    toolUseId: callIds.written(block.callId),
    content: content.length === 0 ? [{ text: NO_OUTPUT }] : content,
    ...defined({ status }),
  };
  const hint = block.cache ?? block.blocks.map(cacheOf).findLast((found) => found !== undefined);
  return [{ toolResult }, ...points(cache.after(hint, "other"))];
}

/** Blank text is refused, and so may be a result without content. */
const NO_OUTPUT = "(no output)";

function writeResultPart(block: Block, context: MessageContext): JsonObject[] {
  switch (block.type) {
    case "text":
    case "refusal":
      return block.text.trim() === "" ? [] : [{ text: block.text }];
    case "media": {
      const written = context.media.write(block);
      return written === undefined ? [] : [written];
    }
    case "native":
      context.losses.droppedField(block.name);
      return [];
    default:
      return [];
  }
}

function cacheOf(block: Block): Extract<Block, { type: "text" }>["cache"] {
  return "cache" in block ? block.cache : undefined;
}
