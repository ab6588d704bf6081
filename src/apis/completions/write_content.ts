import { Buffer } from "node:buffer";
import type { Block, CacheHint, MediaBlock, NativeBlock } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { dataUrl } from "../data_url.ts";
import { documentNameOf } from "../media_types.ts";
import { takesCacheMarks } from "./gpt_models.ts";
import { audioFormatOf, mediaKind } from "./media.ts";

/** What writing parts depends on. */
export interface Target {
  readonly model: string;
  readonly losses: Losses;
}

/**
 * Content as plain as it can be: a string for one text without a mark, since not every provider
 * takes lists; undefined where there is none.
 */
export function asContent(
  parts: readonly JsonObject[],
): string | readonly JsonObject[] | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const isPlain = parts.length === 1 && first.type === "text" && Object.keys(first).length === 2;
  return isPlain && typeof first.text === "string" ? first.text : parts;
}

/** The parts of texts, media, and what is native to this API. */
export function writeParts(blocks: readonly Block[], target: Target): JsonObject[] {
  return blocks.flatMap((block) => {
    switch (block.type) {
      case "text":
        return [writeText(block.text, block.cache, target)];
      case "media":
        return writeMedia(block, target);
      case "native":
        return writeNative(block, target);
      default:
        return [];
    }
  });
}

/** A part with text; the mark is OpenAI's and its models' only. */
export function writeText(
  text: string,
  cache: CacheHint | undefined,
  { model, losses }: Target,
): JsonObject {
  if (cache === undefined) return { type: "text", text };
  if (!takesCacheMarks(model)) {
    losses.dropped("cache");
    return { type: "text", text };
  }
  const ttl = cache.ttlSeconds === undefined ? undefined : CACHE_TTLS.get(cache.ttlSeconds);
  if (cache.ttlSeconds !== undefined && ttl === undefined) losses.changed("cache");
  return { type: "text", text, prompt_cache_breakpoint: { mode: "explicit", ...defined({ ttl }) } };
}

const CACHE_TTLS: ReadonlyMap<number, string> = new Map([[1800, "30m"], [43_200, "12h"]]);

function writeMedia(block: MediaBlock, target: Target): JsonObject[] {
  const { losses } = target;
  const text = readableText(block);
  if (text !== undefined) {
    losses.changed("document");
    return [writeText(text, block.cache, target)];
  }
  if (block.cache !== undefined) losses.dropped("cache");
  const kind = mediaKind(block.mediaType);
  const part = kind === "media" ? undefined : WRITERS[kind](block);
  if (part !== undefined) return [part];
  losses.dropped(kind);
  return [];
}

/** OpenAI reads no files but PDFs here; what is text all through can be said as text. */
function readableText({ mediaType, source }: MediaBlock): string | undefined {
  const isText = mediaType.startsWith("text/") || mediaType === "application/json";
  return isText && "data" in source ? Buffer.from(source.data, "base64").toString() : undefined;
}

const WRITERS = {
  image({ mediaType, source, detail }: MediaBlock): JsonObject | undefined {
    if ("fileId" in source) return undefined;
    const url = "url" in source ? source.url : dataUrl(mediaType, source.data);
    return { type: "image_url", image_url: { url, ...defined({ detail }) } };
  },

  audio({ mediaType, source }: MediaBlock): JsonObject | undefined {
    if (!("data" in source)) return undefined;
    const format = audioFormatOf(mediaType);
    return { type: "input_audio", input_audio: { data: source.data, format } };
  },

  /** A file by its id is of use only to the provider that holds it: OpenAI, for both its APIs. */
  document({ mediaType, source, name }: MediaBlock): JsonObject | undefined {
    if ("fileId" in source) {
      const isOpenAi = source.api === "completions" || source.api === "responses";
      return isOpenAi ? { type: "file", file: { file_id: source.fileId } } : undefined;
    }
    if ("url" in source) return undefined;
    const data = dataUrl(mediaType, source.data);
    return { type: "file", file: { filename: name ?? documentNameOf(mediaType), file_data: data } };
  },
} as const;

function writeNative(block: NativeBlock, { losses }: Target): JsonObject[] {
  if (block.api === "completions" && isMapping(block.value)) return [block.value];
  losses.droppedField(block.name);
  return [];
}
