import type { Block, CacheHint, MediaBlock, MediaSource } from "../../chat/block.ts";
import { GatewayError } from "../../errors.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import { missing, requiredString, stringIn, wrongType } from "../fields.ts";
import { audioTypeOf, mediaTypeOf } from "../media_types.ts";
import { isDataUrl, MEDIA_TYPES, readDataUrl, withoutBreaks } from "./media.ts";

/** The blocks of a message's content or a tool's output: a text or a list of parts. */
export function readParts(content: unknown, place: string): readonly Block[] {
  if (content === undefined || content === null) return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw wrongType(place, "a string or a list");
  return content.map((part, index) => {
    if (!isMapping(part)) throw wrongType(`${place}[${index}]`, "an object");
    return readPart(part, `${place}[${index}]`);
  });
}

function readPart(part: Mapping, place: string): Block {
  switch (part.type) {
    case "input_text":
    case "output_text":
    case "text":
      return {
        type: "text",
        text: requiredString(part, "text", `${place}.text`),
        ...cacheOf(part),
      };
    case "refusal":
      return { type: "refusal", text: requiredString(part, "refusal", `${place}.refusal`) };
    case "input_image":
      return readImage(part, place);
    case "input_file":
      return readFile(part, place);
    case "input_audio":
      return readAudio(part, place);
    default:
      return {
        type: "native",
        api: "responses",
        name: requiredString(part, "type", `${place}.type`),
        value: part,
      };
  }
}

function readImage(part: Mapping, place: string): MediaBlock {
  const url = stringIn(part, "image_url", `${place}.image_url`);
  const fileId = stringIn(part, "file_id", `${place}.file_id`);
  const rest = { ...detailOf(part, place), ...cacheOf(part) };
  if (url !== undefined) {
    return { type: "media", ...located(url, "image/*", `${place}.image_url`), ...rest };
  }
  if (fileId === undefined) throw missing(`${place}.image_url`);
  return { type: "media", mediaType: "image/*", source: { fileId, api: "responses" }, ...rest };
}

function readFile(part: Mapping, place: string): MediaBlock {
  const name = stringIn(part, "filename", `${place}.filename`);
  const data = stringIn(part, "file_data", `${place}.file_data`);
  const url = stringIn(part, "file_url", `${place}.file_url`);
  const fileId = stringIn(part, "file_id", `${place}.file_id`);
  const rest = { ...defined({ name }), ...detailOf(part, place), ...cacheOf(part) };
  const named = name ?? (url === undefined || isDataUrl(url) ? "" : url);
  const mediaType = mediaTypeOf(named.replace(/[?#].*$/s, ""), MEDIA_TYPES) ?? UNKNOWN;
  if (data !== undefined) {
    const found = isDataUrl(data)
      ? located(data, mediaType, `${place}.file_data`)
      : { mediaType, source: { data: withoutBreaks(data) } };
    return { type: "media", ...found, ...rest };
  }
  if (url !== undefined) {
    return { type: "media", ...located(url, mediaType, `${place}.file_url`), ...rest };
  }
  if (fileId === undefined) throw missing(`${place}.file_data`);
  return { type: "media", mediaType, source: { fileId, api: "responses" }, ...rest };
}

const UNKNOWN = "application/octet-stream";

function readAudio(part: Mapping, place: string): MediaBlock {
  const audio = isMapping(part.input_audio) ? part.input_audio : {};
  const data = requiredString(audio, "data", `${place}.input_audio.data`);
  const format = requiredString(audio, "format", `${place}.input_audio.format`);
  const source = { data: withoutBreaks(data) };
  return { type: "media", mediaType: audioTypeOf(format), source, ...cacheOf(part) };
}

/** What an address stands for: what it holds itself, or what is found there. */
function located(
  url: string,
  mediaType: string,
  place: string,
): { readonly mediaType: string; readonly source: MediaSource } {
  if (!isDataUrl(url)) return { mediaType, source: { url } };
  const inline = readDataUrl(url);
  if (inline === undefined) {
    throw new GatewayError("invalid-request", `invalid field: ${place} must be in base64`, {
      code: "invalid_value",
      param: place,
    });
  }
  return {
    mediaType: inline.mediaType === "" ? mediaType : inline.mediaType,
    source: { data: inline.data },
  };
}

/** `auto` is what the API does anyway. */
function detailOf(part: Mapping, place: string): { readonly detail?: string } {
  const detail = stringIn(part, "detail", `${place}.detail`);
  return detail === undefined || detail === "auto" ? {} : { detail };
}

function cacheOf({ prompt_cache_breakpoint: breakpoint }: Mapping): { readonly cache?: CacheHint } {
  if (!isMapping(breakpoint)) return {};
  const ttlSeconds = LIFETIMES_S.find(([word]) => word === breakpoint.ttl)?.[1];
  return { cache: defined({ ttlSeconds }) };
}

/** The API's words for how long a prefix stays cached. */
export const LIFETIMES_S: readonly (readonly [word: string, seconds: number])[] = [
  ["30m", 1_800],
  ["12h", 43_200],
];
