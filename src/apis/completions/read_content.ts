import type { Block, CacheHint, MediaBlock, MediaSource } from "../../chat/block.ts";
import { defined } from "../../lib/defined.ts";
import { parseDurationMs } from "../../lib/duration.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { required, requiredMapping, requiredString, stringIn, wrongType } from "../fields.ts";
import { audioTypeOf, mediaTypeOf } from "../media_types.ts";
import { parseDataUrl, unbroken } from "./media.ts";
import { noteOthers, type Unmodelled } from "./unmodelled.ts";

/**
 * The blocks of a message's `content`: text, or a list of parts.
 *
 * A part of no known type is native; what stands in known parts beside the known members is noted.
 */
export function readContent(content: unknown, param: string, unmodelled: Unmodelled): Block[] {
  if (content === null || content === undefined) return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw wrongType(param, "a string or a list of parts");
  return content.map((part, index) => {
    const at = `${param}[${index}]`;
    if (typeof part === "string") return { type: "text", text: part };
    if (!isMapping(part)) throw wrongType(at, "an object");
    const read = PARTS.get(part.type);
    if (read === undefined) return nativePart(part);
    noteOthers(part, PART_MEMBERS, "messages[].content[].", unmodelled);
    return read(part, `${at}.`, unmodelled);
  });
}

type PartReader = (part: Mapping, parent: string, unmodelled: Unmodelled) => Block;

const PARTS: ReadonlyMap<unknown, PartReader> = new Map<unknown, PartReader>([
  ["text", readText],
  ["refusal", (part, parent) => ({
    type: "refusal",
    text: requiredString(part, "refusal", `${parent}refusal`),
  })],
  ["image_url", readImagePart],
  ["input_audio", readAudioPart],
  ["file", readFilePart],
]);

const PART_MEMBERS: ReadonlySet<string> = new Set([
  ...["type", "text", "refusal", "image_url", "input_audio", "file"],
  ...["cache_control", "prompt_cache_breakpoint"],
]);

function nativePart(part: Mapping): Block {
  const name = typeof part.type === "string" ? part.type : "messages[].content[]";
  return { type: "native", api: "completions", name, value: part };
}

function readText(part: Mapping, parent: string): Block {
  const text = requiredString(part, "text", `${parent}text`);
  return { type: "text", text, ...defined({ cache: readCache(part) }) };
}

function readImagePart(part: Mapping, parent: string, unmodelled: Unmodelled): Block {
  const image = typeof part.image_url === "string"
    ? { url: part.image_url }
    : requiredMapping(part, "image_url", `${parent}image_url`);
  noteOthers(image, IMAGE_MEMBERS, "messages[].content[].image_url.", unmodelled);
  const url = requiredString(image, "url", `${parent}image_url.url`);
  const detail = stringIn(image, "detail", `${parent}image_url.detail`);
  return { ...imageAt(url, hintedType(image)), ...defined({ detail, cache: readCache(part) }) };
}

const IMAGE_MEMBERS: ReadonlySet<string> = new Set([
  ...["url", "detail", "format", "mime_type", "content_type"],
]);

/** An image at an address, which may be a data URL. */
export function imageAt(url: string, mediaType = "image/*"): MediaBlock {
  const inline = parseDataUrl(url);
  if (inline === undefined) return { type: "media", mediaType, source: { url } };
  return {
    type: "media",
    mediaType: inline.mediaType === "" ? mediaType : inline.mediaType,
    source: { data: inline.data },
  };
}

/** Clients of Google's models tell the type of `gs://` images beside the address. */
function hintedType(image: Mapping): string | undefined {
  const hint = [image.format, image.mime_type, image.content_type]
    .find((value) => typeof value === "string" && value !== "");
  if (typeof hint !== "string") return undefined;
  if (hint.includes("/")) return hint;
  return mediaTypeOf(hint) ?? `image/${hint === "jpg" ? "jpeg" : hint}`;
}

function readAudioPart(part: Mapping, parent: string, unmodelled: Unmodelled): Block {
  const audio = requiredMapping(part, "input_audio", `${parent}input_audio`);
  const at = `${parent}input_audio.`;
  noteOthers(audio, AUDIO_MEMBERS, "messages[].content[].input_audio.", unmodelled);
  const data = requiredString(audio, "data", `${at}data`);
  const format = requiredString(audio, "format", `${at}format`);
  return {
    type: "media",
    mediaType: audioTypeOf(format),
    source: { data: parseDataUrl(data)?.data ?? unbroken(data) },
    ...defined({ cache: readCache(part) }),
  };
}

const AUDIO_MEMBERS: ReadonlySet<string> = new Set(["data", "format"]);

function readFilePart(part: Mapping, parent: string, unmodelled: Unmodelled): Block {
  const file = requiredMapping(part, "file", `${parent}file`);
  const at = `${parent}file.`;
  noteOthers(file, FILE_MEMBERS, "messages[].content[].file.", unmodelled);
  const name = stringIn(file, "filename", `${at}filename`);
  const data = stringIn(file, "file_data", `${at}file_data`);
  const fileId = stringIn(file, "file_id", `${at}file_id`);
  const found = data === undefined ? undefined : fileFrom(data);
  const source: MediaSource | undefined = found?.source ??
    (fileId === undefined ? undefined : { fileId, api: "completions" });
  return {
    type: "media",
    mediaType: found?.mediaType ?? mediaTypeOf(name ?? "") ?? "application/octet-stream",
    source: required(source, `${at}file_data`),
    ...defined({ name, cache: readCache(part) }),
  };
}

const FILE_MEMBERS: ReadonlySet<string> = new Set(["filename", "file_data", "file_id"]);

/** A file as a data URL, an address, or bare base64; a PDF can be told by its beginning. */
function fileFrom(
  data: string,
): { readonly source: MediaSource; readonly mediaType: string | undefined } {
  const inline = parseDataUrl(data);
  if (inline !== undefined) {
    return { source: { data: inline.data }, mediaType: inline.mediaType || undefined };
  }
  if (/^https?:\/\//.test(data)) {
    return { source: { url: data }, mediaType: mediaTypeOf(data.replace(/[?#].*/, "")) };
  }
  const mediaType = data.startsWith(PDF_BASE64) ? "application/pdf" : undefined;
  return { source: { data: unbroken(data) }, mediaType };
}

/** Base64 of `%PDF-`. */
const PDF_BASE64 = "JVBERi";

/**
 * A wish for caching: OpenAI's `prompt_cache_breakpoint` or Anthropic's `cache_control`, which many
 * clients send in this API too.
 */
export function readCache(object: Mapping): CacheHint | undefined {
  const mark = object.cache_control ?? object.prompt_cache_breakpoint;
  if (!isMapping(mark)) return undefined;
  const ttlMs = typeof mark.ttl === "string" ? parseDurationMs(mark.ttl) : undefined;
  return ttlMs === undefined ? {} : { ttlSeconds: ttlMs / 1000 };
}
