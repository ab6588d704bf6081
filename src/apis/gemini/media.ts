import type { MediaBlock, MediaSource } from "../../chat/block.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { wrongType } from "../fields.ts";
import { member, stringIn } from "./members.ts";
import { isGoogleFile } from "./wire.ts";

/** Reads a part's `inlineData` or `fileData`; undefined where it has neither. */
export function readMedia(part: Mapping, path: string): MediaBlock | undefined {
  const inline = member(part, "inlineData"), file = member(part, "fileData");
  if (isMapping(inline)) {
    const data = stringIn(inline, "data", `${path}.inlineData.data`) ?? "";
    const mediaType = stringIn(inline, "mimeType", `${path}.inlineData.mimeType`);
    return mediaBlock(mediaType ?? ANY_TYPE, { data: standardBase64(data) }, inline);
  }
  if (!isMapping(file)) return undefined;
  const url = stringIn(file, "fileUri", `${path}.fileData.fileUri`);
  if (url === undefined) throw wrongType(`${path}.fileData.fileUri`, "a string");
  const mediaType = stringIn(file, "mimeType", `${path}.fileData.mimeType`) ?? mediaTypeOf(url);
  const source: MediaSource = isGoogleFile(url) ? { fileId: url, api: "gemini" } : { url };
  return mediaBlock(mediaType ?? ANY_TYPE, source, file);
}

/** Media as a part of an answer or request; undefined for a file that another provider holds. */
export function mediaPart({ mediaType, source }: MediaBlock): JsonObject | undefined {
  if ("data" in source) {
    const mimeType = mediaType === "image/jpg" ? "image/jpeg" : mediaType;
    return { inlineData: { mimeType, data: source.data } };
  }
  if ("fileId" in source && source.api !== "gemini") return undefined;
  const uri = "url" in source ? source.url : source.fileId;
  const mimeType = isWholeType(mediaType) ? mediaType : mediaTypeOf(uri);
  return { fileData: { ...defined({ mimeType }), fileUri: uri } };
}

/** Whether a media type tells more than the kind of media. */
export function isWholeType(mediaType: string): boolean {
  return !mediaType.endsWith("/*") && mediaType !== ANY_TYPE;
}

/** The media type that an address tells by its extension, or because it leads to a video. */
export function mediaTypeOf(url: string): string | undefined {
  if (isYouTube(url)) return "video/mp4";
  const extension = /\.(\w+)(?:[?#].*)?$/.exec(url)?.[1]?.toLowerCase();
  return extension === undefined ? undefined : MEDIA_TYPES.get(extension);
}

/** Addresses of videos, which Google looks at itself. */
export function isYouTube(url: string): boolean {
  return /^https:\/\/(?:(?:www\.)?youtube\.com\/watch\?|youtu\.be\/)/.test(url);
}

const ANY_TYPE = "application/octet-stream";

/** What Google takes (https://ai.google.dev/gemini-api/docs/files), by extension. */
const MEDIA_TYPES: ReadonlyMap<string, string> = new Map([
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["webp", "image/webp"],
  ["heic", "image/heic"],
  ["heif", "image/heif"],
  ["gif", "image/gif"],
  ["pdf", "application/pdf"],
  ["txt", "text/plain"],
  ["md", "text/markdown"],
  ["csv", "text/csv"],
  ["html", "text/html"],
  ["json", "application/json"],
  ["mp3", "audio/mp3"],
  ["wav", "audio/wav"],
  ["aac", "audio/aac"],
  ["aiff", "audio/aiff"],
  ["ogg", "audio/ogg"],
  ["flac", "audio/flac"],
  ["m4a", "audio/m4a"],
  ["mp4", "video/mp4"],
  ["mpeg", "video/mpeg"],
  ["mov", "video/mov"],
  ["avi", "video/avi"],
  ["flv", "video/x-flv"],
  ["mpg", "video/mpg"],
  ["webm", "video/webm"],
  ["wmv", "video/wmv"],
  ["3gp", "video/3gpp"],
]);

function mediaBlock(mediaType: string, source: MediaSource, holder: Mapping): MediaBlock {
  const name = member(holder, "displayName");
  return {
    type: "media",
    mediaType,
    source,
    ...defined({ name: typeof name === "string" ? name : undefined }),
  };
}

/** Google's SDK for Python writes base64 in the alphabet for addresses. */
function standardBase64(data: string): string {
  const standard = data.replaceAll("-", "+").replaceAll("_", "/").replaceAll(/\s/g, "");
  return standard.padEnd(Math.ceil(standard.length / 4) * 4, "=");
}
