import type { Block, Seal } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import type { JsonObject } from "../api.ts";
import { writeSealToken } from "../seal_token.ts";
import { contentBlock, toolUse } from "./content_blocks.ts";
import { eventText } from "./event_text.ts";

/** A block on its way to a client. */
export interface WrittenBlock {
  readonly block: Block;
  /** Its place among the blocks that the client sees. */
  readonly index: number;
  readonly losses: Losses;
  /** The `type` that it began with; undefined as long as it has not begun. */
  begunAs: unknown;
}

/** A block of which nothing is written yet. */
export function writtenBlock(block: Block, index: number, losses: Losses): WrittenBlock {
  return { block, index, losses, begunAs: undefined };
}

/**
 * The events for the start of a block. How calls and thoughts begin depends on their seal, so that
 * they begin with their first text.
 */
export function startBlock(written: WrittenBlock): string {
  const { block } = written;
  switch (block.type) {
    case "text":
    case "refusal":
      return begin(written, EMPTY_TEXT) + addText(written, block.text);
    case "reasoning":
      return addText(written, block.text);
    case "tool-call":
      return addText(written, block.input);
    default:
      return "";
  }
}

/** The events for more text of a block. */
export function addText(written: WrittenBlock, text: string): string {
  if (text === "") return "";
  const { block, begunAs } = written;
  switch (block.type) {
    case "text":
    case "refusal":
      return change(written, { type: "text_delta", text });
    case "reasoning":
      return (begunAs === undefined ? begin(written, EMPTY_THOUGHT) : "") +
        change(written, { type: "thinking_delta", thinking: text });
    case "tool-call":
      return (begunAs === undefined ? begin(written, toolUse(block)) : "") +
        change(written, { type: "input_json_delta", partial_json: text });
    default:
      return "";
  }
}

/** The events for the end of a block; none where all of it is nothing that clients see. */
export function endBlock(written: WrittenBlock, seal: Seal | undefined): string {
  const block = seal === undefined ? written.block : { ...written.block, seal };
  let text = "";
  if (written.begunAs === undefined) {
    const whole = contentBlock(block, written.losses);
    if (whole === undefined) return "";
    text = begin(written, whole.type === "thinking" ? EMPTY_THOUGHT : whole);
  }
  // Anthropic's thoughts all end in a signature, and SDKs only send back those that did.
  if (written.begunAs === "thinking" && block.type === "reasoning") {
    const signature = block.seal === undefined ? "" : writeSealToken(block.seal, "messages");
    text += change(written, { type: "signature_delta", signature });
  }
  return text + eventText({ type: "content_block_stop", index: written.index });
}

function begin(written: WrittenBlock, content_block: JsonObject): string {
  written.begunAs = content_block.type;
  return eventText({ type: "content_block_start", index: written.index, content_block });
}

function change({ index }: WrittenBlock, delta: JsonObject): string {
  return eventText({ type: "content_block_delta", index, delta });
}

const EMPTY_TEXT: JsonObject = { type: "text", text: "", citations: null };
const EMPTY_THOUGHT: JsonObject = { type: "thinking", thinking: "", signature: "" };
