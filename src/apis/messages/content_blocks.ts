import type { Block, ReasoningBlock, ToolCallBlock } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { writeSealedId, writeSealToken } from "../seal_token.ts";

/** A block of an answer as clients see it; undefined where there is nothing to show. */
export function contentBlock(block: Block, losses: Losses): JsonObject | undefined {
  switch (block.type) {
    case "text":
    case "refusal":
      return { type: "text", text: block.text, citations: null };
    case "reasoning":
      return thoughtBlock(block);
    case "tool-call":
      return { ...toolUse(block), input: inputOf(block.input) };
    case "media":
      return mediaBlock(block, losses);
    case "native":
      return nativeBlock(block, losses);
    case "tool-result":
      return undefined;
    default:
      return block satisfies never;
  }
}

/** A call without its input. */
export function toolUse({ id, name, seal }: ToolCallBlock): JsonObject {
  return {
    type: "tool_use",
    id: writeSealedId(id, seal),
    name,
    input: {},
    caller: { type: "direct" },
  };
}

/**
 * Thoughts that can be read carry their seal as signature. Where there is nothing to read, the API
 * has another kind of block; but its own models also sign thoughts that they do not show.
 */
function thoughtBlock({ text, seal }: ReasoningBlock): JsonObject | undefined {
  const isOwn = seal?.api === "messages" && seal.redacted !== true;
  if (text === "" && !isOwn) {
    return seal && { type: "redacted_thinking", data: writeSealToken(seal, "messages") };
  }
  const signature = seal === undefined ? "" : writeSealToken(seal, "messages");
  return { type: "thinking", thinking: text, signature };
}

function mediaBlock(
  { mediaType, source }: Extract<Block, { type: "media" }>,
  losses: Losses,
): JsonObject | undefined {
  if (!mediaType.startsWith("image/")) {
    losses.dropped(mediaType.startsWith("audio/") ? "audio" : "media");
    return undefined;
  }
  if ("data" in source) {
    return { type: "image", source: { type: "base64", media_type: mediaType, data: source.data } };
  }
  if ("url" in source) return { type: "image", source: { type: "url", url: source.url } };
  losses.dropped("image");
  return undefined;
}

function nativeBlock(
  { api, name, value }: Extract<Block, { type: "native" }>,
  losses: Losses,
): JsonObject | undefined {
  if (api === "messages" && isMapping(value)) return value;
  losses.droppedField(name);
  return undefined;
}

/** Input as a value; text that is no JSON, such as of a call that was cut off, stays a text. */
function inputOf(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
