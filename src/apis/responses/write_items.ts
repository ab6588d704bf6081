import type {
  Block,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from "../../chat/block.ts";
import type { ChatRequest, Turn } from "../../chat/request.ts";
import type { JsonObject } from "../api.ts";
import { shortId } from "./short_id.ts";
import { type WriteContext, writeParts } from "./write_parts.ts";

/** A conversation as `instructions` and `input`. */
export interface Input {
  readonly instructions?: string;
  readonly input: readonly JsonObject[];
}

/** Writes instructions and turns. */
export function writeInput(chat: ChatRequest, context: WriteContext): Input {
  const customIds = new Set(chat.turns.flatMap(({ blocks }) => blocks).flatMap(customId));
  const items = chat.turns.flatMap((turn) =>
    turn.role === "user"
      ? writeUserTurn(turn, customIds, context)
      : turn.blocks.flatMap((block) => writeAssistantBlock(block, context))
  );
  const blocks = chat.instructions.filter((block) => block.type !== "text" || block.text !== "");
  if (blocks.every(isPlainText)) {
    const instructions = blocks.map(({ text }) => text).join("\n");
    return { input: items, ...(instructions === "" ? {} : { instructions }) };
  }
  for (const block of blocks) loseInMessage(block, context);
  const content = writeParts(blocks, context);
  const system = content.length === 0 ? [] : [{ type: "message", role: "system", content }];
  return { input: [...system, ...items] };
}

function customId(block: Block): readonly string[] {
  return block.type === "tool-call" && block.custom === true ? [block.id] : [];
}

/** Text without a mark of its own; it can stand in `instructions`. */
function isPlainText(block: Block): block is TextBlock {
  return block.type === "text" && block.cache === undefined;
}

function writeUserTurn(
  { blocks }: Turn,
  customIds: ReadonlySet<string>,
  context: WriteContext,
): readonly JsonObject[] {
  const items: JsonObject[] = [];
  let said: Block[] = [];
  function say(): void {
    const content = writeParts(said, context);
    if (content.length > 0) items.push({ type: "message", role: "user", content });
    said = [];
  }
  for (const block of blocks) {
    if (block.type === "tool-result") {
      say();
      items.push(writeResult(block, customIds.has(block.callId), context));
    } else if (block.type === "native" && block.api === "responses") {
      say();
      items.push(...nativeItem(block.value));
    } else {
      loseInMessage(block, context);
      said.push(block);
    }
  }
  say();
  return items;
}

/** An item of this API as the client sent it. */
function nativeItem(value: unknown): readonly JsonObject[] {
  return typeof value === "object" && value !== null ? [{ ...value }] : [];
}

function writeResult(
  block: ToolResultBlock,
  custom: boolean,
  context: WriteContext,
): JsonObject {
  const { failed } = block;
  return {
    type: custom ? "custom_tool_call_output" : "function_call_output",
    call_id: shortId(block.callId),
    output: writeResultOutput(block, context),
    ...(failed === undefined ? {} : { status: failed ? "incomplete" : "completed" }),
  };
}

/** Text alone is written as such, unless one of its pieces is marked. */
function writeResultOutput(
  { blocks, cache }: ToolResultBlock,
  context: WriteContext,
): string | readonly JsonObject[] {
  const shown: Block[] = [];
  for (const block of blocks) {
    const isSound = block.type === "media" && /^(audio|video)\//.test(block.mediaType);
    if (isSound) context.losses.dropped("toolResultMedia");
    else loseInMessage(block, context);
    if (block.type === "text" || (block.type === "media" && !isSound)) shown.push(block);
  }
  if (cache !== undefined) {
    const last = shown.pop() ?? { type: "text", text: "" };
    shown.push(last.type === "text" || last.type === "media" ? { ...last, cache } : last);
  }
  if (!shown.every(isPlainText)) return writeParts(shown, context);
  return shown.map(({ text }) => text).join("\n");
}

/** Tells of a block that no message can hold. */
function loseInMessage(block: Block, { losses }: WriteContext): void {
  if (block.type === "native") losses.droppedField(block.name);
  if (block.type === "reasoning") losses.dropped("reasoningReplay");
  if (block.type === "refusal") losses.dropped("refusal");
}

function writeAssistantBlock(block: Block, context: WriteContext): readonly JsonObject[] {
  const { losses } = context;
  switch (block.type) {
    case "text":
      if (block.cache !== undefined) losses.dropped("cache");
      return [message({ type: "output_text", text: block.text, annotations: [] })];
    case "refusal":
      return [message({ type: "refusal", refusal: block.text })];
    case "reasoning":
      return writeReasoning(block, context);
    case "tool-call":
      return [writeCall(block, context)];
    case "native":
      if (block.api === "responses") return nativeItem(block.value);
      losses.droppedField(block.name);
      return [];
    case "media":
      losses.dropped("media");
      return [];
    case "tool-result":
      return [writeResult(block, false, context)];
  }
}

/**
 * What the assistant said. Ids of items are left out: they are looked up in the provider's store,
 * where nothing was kept.
 */
function message(part: JsonObject): JsonObject {
  return { type: "message", role: "assistant", content: [part] };
}

function writeReasoning(
  { text, seal }: ReasoningBlock,
  { losses }: WriteContext,
): readonly JsonObject[] {
  if (seal?.api !== "responses") {
    losses.dropped("reasoningReplay");
    return [];
  }
  return [{
    type: "reasoning",
    ...(seal.id === undefined ? {} : { id: seal.id }),
    summary: text === "" ? [] : [{ type: "summary_text", text }],
    encrypted_content: seal.value,
  }];
}

function writeCall(block: ToolCallBlock, { losses }: WriteContext): JsonObject {
  const { name, input, custom } = block;
  if (block.cache !== undefined) losses.dropped("cache");
  if (block.seal !== undefined) losses.dropped("reasoningReplay");
  const callId = shortId(block.id);
  if (custom === true) return { type: "custom_tool_call", call_id: callId, name, input };
  return {
    type: "function_call",
    call_id: callId,
    name,
    arguments: input === "" ? "{}" : input,
    status: "completed",
  };
}
