import type { Block } from "../../chat/block.ts";
import type { ChatEvent } from "../../chat/events.ts";
import type { Losses } from "../../chat/losses.ts";
import { defined } from "../../lib/defined.ts";
import type { JsonObject } from "../api.ts";
import { parseObject } from "../parse_object.ts";
import { noteCitations, readAnswerBlock, readThought, textOf } from "./answer_blocks.ts";
import type { Renaming } from "./renaming.ts";

/** A block of a streamed answer, from its start to its end. */
export interface ReadBlock {
  readonly place: AnswerPlace;
  /** As the provider began it. */
  content: JsonObject;
  readonly block: Block;
  readonly index: number | undefined;
  /** Whether text has come. */
  hasText: boolean;
  /** What a tool of the provider's own is given. */
  json: string;
  signature: string;
}

/** What the blocks of one answer share. */
export interface AnswerPlace {
  readonly names: Renaming;
  readonly losses: Losses;
  /** The next block's place in the answer. */
  nextIndex(): number;
}

/**
 * A block that begins; one that only this API knows gets its place when it is whole, since it is
 * passed on in one piece.
 */
export function readBlock(content: JsonObject, place: AnswerPlace): ReadBlock {
  const block = readAnswerBlock(content, place.names, place.losses);
  return {
    place,
    content,
    block,
    index: block.type === "native" ? undefined : place.nextIndex(),
    hasText: false,
    json: "",
    signature: textOf(content.signature),
  };
}

/** The step of its start. */
export function startOf({ block, index }: ReadBlock): readonly ChatEvent[] {
  if (index === undefined) return [];
  return [{ type: "block-start", index, block: withoutEnd(block) }];
}

/** A block without what may still change: its seal, and the input of a call. */
function withoutEnd(block: Block): Block {
  if (block.type === "reasoning") return { type: "reasoning", text: block.text };
  return block.type === "tool-call" ? { ...block, input: "" } : block;
}

/** The steps of a change. */
export function readDelta(read: ReadBlock, delta: JsonObject): readonly ChatEvent[] {
  switch (delta.type) {
    case "text_delta":
      return textStep(read, textOf(delta.text));
    case "thinking_delta":
      return textStep(read, textOf(delta.thinking));
    case "input_json_delta":
      return textStep(read, textOf(delta.partial_json));
    case "signature_delta":
      read.signature = textOf(delta.signature);
      return [];
    case "citations_delta":
      noteCitations({ citations: [delta.citation] }, read.place.losses);
      return [];
    default: {
      const { type: _, ...members } = delta;
      read.content = { ...read.content, ...members };
      return [];
    }
  }
}

function textStep(read: ReadBlock, text: string): readonly ChatEvent[] {
  if (text === "") return [];
  read.hasText = true;
  if (read.index !== undefined) return [{ type: "block-delta", index: read.index, text }];
  read.json += text;
  return [];
}

/** The steps of its end. */
export function endOf(read: ReadBlock): readonly ChatEvent[] {
  const { block, index } = read;
  if (index === undefined) return wholeNative(read);
  switch (block.type) {
    case "tool-call":
      // A call without input has none in the stream, and some providers have all of it at once.
      return read.hasText ? [{ type: "block-end", index }] : [
        { type: "block-delta", index, text: block.input },
        { type: "block-end", index },
      ];
    case "reasoning": {
      const seal = block.seal?.redacted ? block.seal : readThought("", read.signature).seal;
      return [{ type: "block-end", index, ...defined({ seal }) }];
    }
    default:
      return [{ type: "block-end", index }];
  }
}

function wholeNative({ place, block, content, json }: ReadBlock): readonly ChatEvent[] {
  if (block.type !== "native") return [];
  const index = place.nextIndex();
  const input = json === "" ? undefined : parseObject(json) ?? json;
  const value = { ...content, ...defined({ input }) };
  return [
    { type: "block-start", index, block: { ...block, value } },
    { type: "block-end", index },
  ];
}
