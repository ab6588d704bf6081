import { Buffer } from "node:buffer";
import type { Block, Seal } from "../../chat/block.ts";
import type { ChatEvent } from "../../chat/events.ts";
import type { Losses } from "../../chat/losses.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { CallContext } from "../api.ts";
import { imageBlock, redactedSeal, signatureSeal } from "./answer.ts";
import { type Names, toolNames } from "./names.ts";
import { objectIn, textIn } from "./wire.ts";

/**
 * The content blocks of one streamed answer.
 *
 * The provider numbers them; steps call them by an index of their own. Those of text and reasoning
 * have no start of their own, so that their first piece begins them.
 */
export interface StreamedBlocks {
  readonly open: Map<number, OpenBlock>;
  readonly names: Names;
  readonly losses: Losses;
  nextIndex: number;
  callsTool: boolean;
}

/** A block that has begun and not ended. */
interface OpenBlock {
  readonly kind: "text" | "reasoning" | "redacted" | "call" | "image";
  /** Of a block that has been told. */
  readonly index: number;
  /** Of an image. */
  readonly format: string;
  /** Bytes that come as base64, each piece padded for itself. */
  readonly bytes: Buffer[];
  signature: string;
  isEmpty: boolean;
}

/** No blocks yet. */
export function noBlocks({ chat, losses }: CallContext): StreamedBlocks {
  return { open: new Map(), names: toolNames(chat), losses, nextIndex: 0, callsTool: false };
}

/** The steps of the provider's own start of a block. */
export function startBlock(blocks: StreamedBlocks, number: number, start: Mapping): ChatEvent[] {
  const { toolUse, image } = start;
  if (isMapping(toolUse) && toolUse.type === undefined) {
    blocks.callsTool = true;
    const id = textIn(toolUse, "toolUseId") ?? "";
    const name = blocks.names.original(textIn(toolUse, "name") ?? "");
    return begin(blocks, number, "call", { type: "tool-call", id, name, input: "" });
  }
  const format = textIn(image, "format");
  if (format !== undefined) {
    const before = endBlock(blocks, number);
    hold(blocks, number, "image", { index: 0, format });
    return before;
  }
  for (const name of Object.keys(start)) blocks.losses.droppedField(name);
  return [];
}

/** The steps of a piece of a block. */
export function addPiece(blocks: StreamedBlocks, number: number, delta: Mapping): ChatEvent[] {
  const text = textIn(delta, "text") ?? "";
  if (text !== "") return [...opened(blocks, number, "text"), ...addText(blocks, number, text)];
  if (isMapping(delta.reasoningContent)) return addThought(blocks, number, delta.reasoningContent);
  const block = blocks.open.get(number);
  if (block?.kind === "call") {
    return addText(blocks, number, textIn(objectIn(delta, "toolUse"), "input") ?? "");
  }
  const bytes = textIn(objectIn(objectIn(delta, "image"), "source"), "bytes");
  if (block?.kind === "image" && bytes !== undefined) {
    block.bytes.push(Buffer.from(bytes, "base64"));
  } else if ("citation" in delta) {
    blocks.losses.droppedField("citations");
  }
  return [];
}

/** The steps of a block's end. */
export function endBlock(blocks: StreamedBlocks, number: number): ChatEvent[] {
  const block = blocks.open.get(number);
  if (block === undefined) return [];
  blocks.open.delete(number);
  if (block.kind === "image") return wholeImage(blocks, block);
  const { index } = block;
  const input: ChatEvent[] = block.kind === "call" && block.isEmpty
    ? [{ type: "block-delta", index, text: "{}" }]
    : [];
  return [...input, { type: "block-end", index, ...defined({ seal: sealOf(block) }) }];
}

/** The steps of the end of all blocks that have none of their own. */
export function endBlocks(blocks: StreamedBlocks): ChatEvent[] {
  return [...blocks.open.keys()].flatMap((number) => endBlock(blocks, number));
}

/** Begins a block; another one at that number makes way. */
function begin(
  blocks: StreamedBlocks,
  number: number,
  kind: OpenBlock["kind"],
  block: Block,
): ChatEvent[] {
  const before = endBlock(blocks, number);
  const index = blocks.nextIndex++;
  hold(blocks, number, kind, { index, format: "" });
  return [...before, { type: "block-start", index, block }];
}

function hold(
  blocks: StreamedBlocks,
  number: number,
  kind: OpenBlock["kind"],
  facts: Pick<OpenBlock, "index" | "format">,
): void {
  blocks.open.set(number, { kind, ...facts, bytes: [], signature: "", isEmpty: true });
}

/** Sees to it that a block of this kind is open. */
function opened(
  blocks: StreamedBlocks,
  number: number,
  kind: "text" | "reasoning" | "redacted",
): ChatEvent[] {
  if (blocks.open.get(number)?.kind === kind) return [];
  return begin(blocks, number, kind, { type: kind === "text" ? "text" : "reasoning", text: "" });
}

function addText(blocks: StreamedBlocks, number: number, text: string): ChatEvent[] {
  const block = blocks.open.get(number);
  if (block === undefined || text === "") return [];
  block.isEmpty = false;
  return [{ type: "block-delta", index: block.index, text }];
}

function addThought(blocks: StreamedBlocks, number: number, content: Mapping): ChatEvent[] {
  const redacted = textIn(content, "redactedContent") ?? "";
  if (redacted !== "") {
    const events = opened(blocks, number, "redacted");
    blocks.open.get(number)?.bytes.push(Buffer.from(redacted, "base64"));
    return events;
  }
  const text = textIn(content, "text") ?? "", signature = textIn(content, "signature") ?? "";
  if (text === "" && signature === "") return [];
  const events = [...opened(blocks, number, "reasoning"), ...addText(blocks, number, text)];
  const block = blocks.open.get(number);
  if (block !== undefined) block.signature += signature;
  return events;
}

/** An image is told when it is whole. */
function wholeImage(blocks: StreamedBlocks, { format, bytes }: OpenBlock): ChatEvent[] {
  const index = blocks.nextIndex++;
  const block = imageBlock(format, Buffer.concat(bytes).toString("base64"));
  return [{ type: "block-start", index, block }, { type: "block-end", index }];
}

function sealOf({ kind, bytes, signature }: OpenBlock): Seal | undefined {
  if (kind === "redacted") return redactedSeal(Buffer.concat(bytes).toString("base64"));
  return kind === "reasoning" ? signatureSeal(signature) : undefined;
}
