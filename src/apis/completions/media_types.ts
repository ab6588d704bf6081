/** Media types of documents by file name extension. */
const DOCUMENTS: readonly (readonly [extension: string, mediaType: string])[] = [
  ["pdf", "application/pdf"],
  ["txt", "text/plain"],
  ["md", "text/markdown"],
  ["csv", "text/csv"],
  ["html", "text/html"],
  ["htm", "text/html"],
  ["json", "application/json"],
  ["doc", "application/msword"],
  ["docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
  ["xls", "application/vnd.ms-excel"],
  ["xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
  ["pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"],
];

/** The media type that a file's name tells. */
export function documentTypeOf(name: string | undefined): string | undefined {
  const extension = name?.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return DOCUMENTS.find(([known]) => known === extension)?.[1];
}

/** A name for a file that has none, since the API requires one. */
export function documentNameOf(mediaType: string): string {
  const extension = DOCUMENTS.find(([, known]) => known === mediaType)?.[0];
  return extension === undefined ? "document" : `document.${extension}`;
}

/** The media type of a sound in this API's word for its format. */
export function audioTypeOf(format: string): string {
  return format === "mp3" ? "audio/mpeg" : `audio/${format}`;
}

/** This API's word for a sound's format. */
export function audioFormatOf(mediaType: string): string {
  return AUDIO_FORMATS.get(mediaType) ?? mediaType.slice("audio/".length);
}

const AUDIO_FORMATS: ReadonlyMap<string, string> = new Map([
  ["audio/mpeg", "mp3"],
  ["audio/wave", "wav"],
  ["audio/x-wav", "wav"],
]);

/** What kind of content a media type stands for. */
export function mediaKind(mediaType: string): "image" | "audio" | "document" | "media" {
  if (mediaType.startsWith("image/")) return "image";
  if (mediaType.startsWith("audio/")) return "audio";
  if (mediaType.startsWith("application/") || mediaType.startsWith("text/")) return "document";
  return "media";
}

/** A base64 data URL in its parts; undefined for any other address. */
export function parseDataUrl(
  url: string,
): { readonly mediaType: string; readonly data: string } | undefined {
  if (!url.startsWith("data:")) return undefined;
  const comma = url.indexOf(",");
  if (comma < 0) return undefined;
  const [mediaType = "", ...parameters] = url.slice("data:".length, comma).split(";");
  if (parameters.at(-1)?.trim().toLowerCase() !== "base64") return undefined;
  return { mediaType: mediaType.trim().toLowerCase(), data: unbroken(url.slice(comma + 1)) };
}

/** Base64 without line breaks. */
export function unbroken(base64: string): string {
  return base64.includes("\n") || base64.includes("\r") ? base64.replace(/[\r\n]+/g, "") : base64;
}
