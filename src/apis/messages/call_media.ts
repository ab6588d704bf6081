import { Buffer } from "node:buffer";
import type { MediaBlock } from "../../chat/block.ts";
import type { Concept, Losses } from "../../chat/losses.ts";
import { defined } from "../../lib/defined.ts";
import type { JsonObject } from "../api.ts";

/**
 * An image or a document for a prompt; undefined where the API takes none of the kind: it reads
 * images, PDFs and plain text (https://platform.claude.com/docs/en/build-with-claude/files).
 */
export function writeMedia(block: MediaBlock, losses: Losses): JsonObject | undefined {
  const { mediaType } = block;
  if (block.detail !== undefined && block.detail !== "auto") losses.dropped("imageDetail");
  if (mediaType.startsWith("image/")) return written(block, "image", imageSource(block), losses);
  if (mediaType.startsWith("audio/")) return written(block, "audio", undefined, losses);
  if (mediaType.startsWith("video/")) return written(block, "media", undefined, losses);
  return written(block, "document", documentSource(block), losses);
}

function written(
  { name }: MediaBlock,
  kind: Concept,
  source: JsonObject | undefined,
  losses: Losses,
): JsonObject | undefined {
  if (source === undefined) {
    losses.dropped(kind);
    return undefined;
  }
  return { type: kind, source, ...(kind === "document" ? defined({ title: name }) : {}) };
}

function imageSource(block: MediaBlock): JsonObject | undefined {
  const { mediaType, source } = block;
  if (!("data" in source)) return sourceElsewhere(block);
  const media_type = mediaType === "image/jpg" ? "image/jpeg" : mediaType;
  return { type: "base64", media_type, data: source.data };
}

function documentSource(block: MediaBlock): JsonObject | undefined {
  const { mediaType, source } = block;
  const isText = TEXT.test(mediaType);
  if ("url" in source && isText) return undefined;
  if (!("data" in source)) return sourceElsewhere(block);
  if (isText) {
    const data = Buffer.from(source.data, "base64").toString();
    return data.trim() === "" ? undefined : { type: "text", media_type: "text/plain", data };
  }
  if (mediaType !== "application/pdf") return undefined;
  return { type: "base64", media_type: mediaType, data: source.data };
}

function sourceElsewhere({ source }: MediaBlock): JsonObject | undefined {
  if ("url" in source) return { type: "url", url: source.url };
  return "fileId" in source && source.api === "messages"
    ? { type: "file", file_id: source.fileId }
    : undefined;
}

/** Media types whose content is text. */
const TEXT = /^text\/|^application\/(?:.+\+)?(?:json|xml|yaml|x-yaml|javascript|sql)$/;
