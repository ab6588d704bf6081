import type { Block, ReasoningBlock, ToolCallBlock, ToolResultBlock } from "../../chat/block.ts";
import type { Turn } from "../../chat/request.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { parseObject } from "../parse_object.ts";
import { writeMedia } from "./call_media.ts";
import { answerStart } from "./call_thinking.ts";
import type { Wire } from "./call_wire.ts";

/**
 * Turns of one side joined, with the results of tools in front, since results must all be in the
 * message that follows the calls and come first in it
 * (https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls).
 */
export function joinTurns(turns: readonly Turn[]): readonly Turn[] {
  const joined: { role: Turn["role"]; blocks: Block[] }[] = [];
  for (const { role, blocks } of turns) {
    const last = joined.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else joined.push({ role, blocks: [...blocks] });
  }
  const isResult = ({ type }: Block) => type === "tool-result";
  return joined.map(({ role, blocks }) => ({
    role,
    blocks: [...blocks.filter(isResult), ...blocks.filter((block) => !isResult(block))],
  }));
}

interface Message {
  readonly role: Turn["role"];
  readonly content: JsonObject[];
}

/**
 * Joined turns as messages.
 *
 * A model that shall not think refuses thoughts in the answer that it is in the midst of
 * (https://github.com/tailcallhq/forgecode/issues/1853).
 */
export function writeTurns(turns: readonly Turn[], thinks: boolean, wire: Wire): Message[] {
  const start = answerStart(turns);
  const messages: Message[] = [];
  for (const [index, { role, blocks }] of turns.entries()) {
    const writes = { ...wire, replays: thinks || index < start };
    const content = blocks.map((block) => writeBlock(block, role, writes))
      .filter((block) => block !== undefined);
    if (content.length === 0) continue;
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...content);
    else messages.push({ role, content });
  }
  trimEnd(messages);
  return messages;
}

interface BlockWire extends Wire {
  /** Whether thoughts go back to the model. */
  readonly replays: boolean;
}

function writeBlock(block: Block, role: Turn["role"], wire: BlockWire): JsonObject | undefined {
  switch (block.type) {
    case "text":
      return isBlank(block.text) ? undefined : {
        type: "text",
        text: block.text,
        ...wire.cacheMark(block.cache),
      };
    case "refusal":
      wire.losses.changed("refusal");
      return isBlank(block.text) ? undefined : { type: "text", text: block.text };
    case "media":
      return writeMediaOf(block, role, wire);
    case "reasoning":
      return writeThought(block, wire);
    case "tool-call":
      return writeCall(block, wire);
    case "tool-result":
      return writeResult(block, wire);
    case "native":
      if (block.api === "messages" && isMapping(block.value)) return block.value;
      wire.losses.droppedField(block.name);
      return undefined;
    default:
      return block satisfies never;
  }
}

/** Anthropic refuses empty text, and messages of blanks only. */
function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** Only users show things; a model's own pictures cannot be given back. */
function writeMediaOf(
  block: Extract<Block, { type: "media" }>,
  role: Turn["role"],
  wire: Wire,
): JsonObject | undefined {
  if (role === "assistant") {
    wire.losses.dropped(block.mediaType.startsWith("image/") ? "image" : "media");
    return undefined;
  }
  const written = writeMedia(block, wire.losses);
  return written && { ...written, ...wire.cacheMark(block.cache) };
}

function writeThought({ text, seal }: ReasoningBlock, wire: BlockWire): JsonObject | undefined {
  if (seal?.api !== "messages" || !wire.replays) {
    wire.losses.dropped("reasoningReplay");
    return undefined;
  }
  return seal.redacted === true
    ? { type: "redacted_thinking", data: seal.value }
    : { type: "thinking", thinking: text, signature: seal.value };
}

function writeCall(block: ToolCallBlock, wire: Wire): JsonObject {
  if (block.seal !== undefined) wire.losses.dropped("reasoningReplay");
  return {
    type: "tool_use",
    id: wire.callIds.written(block.id),
    name: wire.toolNames.written(block.name),
    input: inputOf(block.input),
    ...wire.cacheMark(block.cache),
  };
}

/** Input must be an object: text of another form, as custom tools take it, is put into one. */
function inputOf(text: string): unknown {
  return text === "" ? {} : parseObject(text) ?? { input: text };
}

function writeResult(block: ToolResultBlock, wire: Wire): JsonObject {
  const { callId, failed, blocks, cache } = block;
  return {
    type: "tool_result",
    tool_use_id: wire.callIds.written(callId),
    ...defined({ content: resultContent(blocks, failed, wire), is_error: failed }),
    ...wire.cacheMark(cache),
  };
}

function resultContent(
  blocks: readonly Block[],
  failed: boolean | undefined,
  wire: Wire,
): unknown {
  const [first, ...others] = blocks;
  const isText = first?.type === "text" && others.length === 0 && first.cache === undefined;
  const content = isText
    ? first.text
    : blocks.map((block) => writeResultBlock(block, wire)).filter((block) => block !== undefined);
  if (content.length > 0) return content;
  // Anthropic refuses a failure without a word.
  return failed === true ? "error" : undefined;
}

function writeResultBlock(block: Block, wire: Wire): JsonObject | undefined {
  if (block.type === "media" && /^(?:audio|video)\//.test(block.mediaType)) {
    wire.losses.dropped("toolResultMedia");
    return undefined;
  }
  return writeBlock(block, "user", { ...wire, replays: false });
}

/** A last message of the assistant is continued, for which it must not end in blanks. */
function trimEnd(messages: Message[]): void {
  const last = messages.at(-1);
  const block = last?.content.at(-1);
  if (last?.role !== "assistant" || block?.type !== "text") return;
  last.content[last.content.length - 1] = { ...block, text: String(block.text).trimEnd() };
}
