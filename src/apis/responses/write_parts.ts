import type { Block, CacheHint, MediaBlock, TextBlock } from "../../chat/block.ts";
import type { ChatApiName } from "../../chat/api_name.ts";
import type { Losses } from "../../chat/losses.ts";
import { GatewayError } from "../../errors.ts";
import type { JsonObject } from "../api.ts";
import { dataUrl } from "../data_url.ts";
import { documentNameOf } from "../media_types.ts";
import { MEDIA_TYPES } from "./media.ts";
import { LIFETIMES_S } from "./read_parts.ts";

/** What writing a request needs to know of whom it comes from, and where it tells of losses. */
export interface WriteContext {
  readonly client: ChatApiName;
  readonly losses: Losses;
}

/** The parts of a user's or system message; blocks of other kinds are not among them. */
export function writeParts(blocks: readonly Block[], context: WriteContext): JsonObject[] {
  return blocks.flatMap((block) => {
    if (block.type === "text") return [writeText(block, context)];
    return block.type === "media" ? [writeMedia(block, context)] : [];
  });
}

function writeText({ text, cache }: TextBlock, context: WriteContext): JsonObject {
  return { type: "input_text", text, ...breakpointOf(cache, context) };
}

/** What this API cannot take is refused: without it the message would mean something else. */
function writeMedia(block: MediaBlock, context: WriteContext): JsonObject {
  const [kind = ""] = block.mediaType.split("/");
  const written = kind === "image"
    ? writeImage(block, context)
    : kind === "audio"
    ? writeAudio(block)
    : kind === "video"
    ? undefined
    : writeFile(block);
  if (written !== undefined) return { ...written, ...breakpointOf(block.cache, context) };
  const param = MESSAGES_OF[context.client];
  throw new GatewayError(
    "invalid-request",
    `cannot send ${block.mediaType} ${formOf(block)} to the responses API`,
    { code: "unsupported_content", param },
  );
}

/** What the APIs call the list of messages. */
const MESSAGES_OF: Readonly<Record<ChatApiName, string>> = {
  completions: "messages",
  messages: "messages",
  responses: "input",
  gemini: "contents",
  converse: "messages",
};

function formOf({ source }: MediaBlock): string {
  if ("data" in source) return "as data";
  return "url" in source ? "by address" : "by the id of a file";
}

function writeImage(block: MediaBlock, { losses }: WriteContext): JsonObject | undefined {
  const place = placeOf(block, "image_url", "image_url");
  if (place === undefined) return undefined;
  const { detail = "auto" } = block;
  if (!DETAILS.includes(detail)) losses.changed("imageDetail");
  return { type: "input_image", ...place, detail: DETAILS.includes(detail) ? detail : "auto" };
}

const DETAILS = ["low", "high", "auto", "original"];

function writeFile(block: MediaBlock): JsonObject | undefined {
  const place = placeOf(block, "file_data", "file_url");
  if (place === undefined) return undefined;
  const name = block.name ??
    ("data" in block.source ? documentNameOf(block.mediaType, MEDIA_TYPES) : undefined);
  return { type: "input_file", ...(name === undefined ? {} : { filename: name }), ...place };
}

/** Where the content is; files are known by their ids only to providers that can hold them. */
function placeOf(
  { source, mediaType }: MediaBlock,
  dataName: string,
  urlName: string,
): JsonObject | undefined {
  if ("data" in source) return { [dataName]: dataUrl(mediaType, source.data) };
  if ("url" in source) return { [urlName]: source.url };
  return FILE_APIS.includes(source.api) ? { file_id: source.fileId } : undefined;
}

const FILE_APIS: readonly ChatApiName[] = ["responses", "completions", "messages"];

function writeAudio({ mediaType, source }: MediaBlock): JsonObject | undefined {
  if (!("data" in source)) return undefined;
  const [, kind = ""] = mediaType.split("/");
  const format = AUDIO_FORMATS[kind] ?? kind;
  return { type: "input_audio", input_audio: { data: source.data, format } };
}

const AUDIO_FORMATS: Readonly<Record<string, string>> = {
  mpeg: "mp3",
  "x-wav": "wav",
  wave: "wav",
  "vnd.wave": "wav",
};

/**
 * The mark of a reusable prefix. It lives for at least 30 minutes; a longer time that has no word
 * in the API is not asked for (https://platform.openai.com/docs/guides/prompt-caching).
 */
function breakpointOf(cache: CacheHint | undefined, { losses }: WriteContext): JsonObject {
  if (cache === undefined) return {};
  const { ttlSeconds = 0 } = cache;
  const ttl = LIFETIMES_S.find(([, seconds]) => seconds === ttlSeconds)?.[0];
  if (ttl === undefined && ttlSeconds > SHORTEST_LIFETIME_S) losses.changed("cache");
  return { prompt_cache_breakpoint: { mode: "explicit", ...(ttl === undefined ? {} : { ttl }) } };
}

const SHORTEST_LIFETIME_S = 1_800;
