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
