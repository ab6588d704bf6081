import type { MediaBlock } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import { GatewayError } from "../../errors.ts";
import { quote } from "../../lib/quote.ts";
import type { JsonObject } from "../api.ts";
import { extensionOf } from "../media_types.ts";

/** Writes the images, documents and films of one request. */
export interface MediaWriter {
  /** A content block; undefined for a sound, which the API does not take. */
  write(block: MediaBlock): JsonObject | undefined;
}

/** A writer that gives each document a name of its own, as the API requires. */
export function mediaWriter(losses: Losses): MediaWriter {
  const taken = new Set<string>();
  return {
    write(block) {
      const { mediaType } = block;
      if (mediaType.startsWith("audio/")) {
        losses.dropped("audio");
        return undefined;
      }
      if (mediaType.startsWith("image/")) return { image: writeImage(block, losses) };
      const source = writeSource(block);
      if (mediaType.startsWith("video/")) return { video: { format: videoFormat(block), source } };
      const format = documentFormat(block);
      return { document: { format, name: documentName(block.name, taken), source } };
    },
  };
}

function writeImage(block: MediaBlock, losses: Losses): JsonObject {
  if (block.detail !== undefined && block.detail !== "auto") losses.dropped("imageDetail");
  const source = writeSource(block);
  const format = imageFormat(block);
  if (format === undefined) {
    throw refusal(block, "only gif, jpeg, png and webp are taken", block.mediaType);
  }
  return { format, source };
}

function writeSource(block: MediaBlock): JsonObject {
  const { source } = block;
  if ("data" in source) return { bytes: source.data };
  if ("fileId" in source) {
    throw refusal(block, "files held by another provider cannot be sent", source.fileId);
  }
  if (source.url.startsWith("s3://")) return { s3Location: { uri: source.url } };
  const reason = "only base64 data and s3:// addresses are taken";
  throw refusal(block, reason, withoutQuery(source.url));
}

/** A query may hold a signature. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, "");
}

function refusal({ mediaType }: MediaBlock, reason: string, found: string): GatewayError {
  const kind = mediaType.startsWith("image/") ? "image" : "file";
  return new GatewayError(
    "invalid-request",
    `cannot send the ${kind} ${quote(found)} to this provider: ${reason}`,
    { param: kind },
  );
}

/** How the base64 of each format begins. */
const IMAGE_BEGINNINGS: readonly (readonly [beginning: string, format: string])[] = [
  ["iVBORw", "png"],
  ["/9j/", "jpeg"],
  ["R0lGOD", "gif"],
  ["UklGR", "webp"],
];

function imageFormat({ mediaType, source }: MediaBlock): string | undefined {
  const format = mediaType.slice("image/".length).replace(/^jpg$/, "jpeg");
  if (IMAGE_BEGINNINGS.some(([, known]) => known === format)) return format;
  if (format !== "*") return undefined;
  if ("data" in source) {
    return IMAGE_BEGINNINGS.find(([beginning]) => source.data.startsWith(beginning))?.[1];
  }
  const ending = "url" in source ? endingOf(source.url)?.replace(/^jpg$/, "jpeg") : undefined;
  return IMAGE_BEGINNINGS.find(([, known]) => known === ending)?.[1];
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_VideoBlock.html */
const VIDEO_FORMATS: Readonly<Record<string, string>> = {
  "video/x-matroska": "mkv",
  "video/quicktime": "mov",
  "video/mp4": "mp4",
  "video/webm": "webm",
  "video/x-flv": "flv",
  "video/mpeg": "mpeg",
  "video/x-ms-wmv": "wmv",
  "video/3gpp": "three_gp",
};

function videoFormat(block: MediaBlock): string {
  const format = VIDEO_FORMATS[block.mediaType];
  if (format === undefined) throw refusal(block, "its format is not taken", block.mediaType);
  return format;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
const DOCUMENT_FORMATS = ["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"];

function documentFormat(block: MediaBlock): string {
  const mediaType = block.mediaType.replace(/\s*;.*$/s, "");
  const ending = endingOf(block.name ?? ("url" in block.source ? block.source.url : ""));
  const format = [extensionOf(mediaType), ending]
    .find((candidate) => candidate !== undefined && DOCUMENT_FORMATS.includes(candidate));
  if (format !== undefined) return format;
  throw refusal(block, "its format is not taken", block.name ?? block.mediaType);
}

function endingOf(name: string): string | undefined {
  return /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase();
}

const NAME_LENGTH_MAX = 190;

/** A name of the characters that the API allows, and not twice the same. */
function documentName(given: string | undefined, taken: Set<string>): string {
  const stem = (given ?? "").replace(/\.[a-z0-9]+$/i, "");
  const clean = stem.replaceAll(/[^a-zA-Z0-9()[\]-]+/g, " ").slice(0, NAME_LENGTH_MAX).trim();
  const base = clean === "" ? "document" : clean;
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base} [${count}]`;
  taken.add(name);
  return name;
}
