import { DOCUMENT_TYPES, type MediaTypes } from "../media_types.ts";

/** Base64 with its media type, as a `data:` URL holds them. */
export interface Inline {
  readonly mediaType: string;
  readonly data: string;
}

/** Whether a text is a `data:` URL. */
export function isDataUrl(url: string): boolean {
  return url.slice(0, 5).toLowerCase() === "data:";
}

/** The content of a `data:` URL; undefined where it is not in base64. */
export function readDataUrl(url: string): Inline | undefined {
  const comma = url.indexOf(",");
  const [mediaType = "", ...parameters] = url.slice(5, Math.max(comma, 5)).split(";");
  if (comma < 0 || !parameters.some((name) => name.toLowerCase() === "base64")) return undefined;
  return { mediaType: mediaType.toLowerCase(), data: withoutBreaks(url.slice(comma + 1)) };
}

/** Base64 on one line. */
export function withoutBreaks(base64: string): string {
  return /\s/.test(base64) ? base64.replace(/\s+/g, "") : base64;
}

/** What the API takes as a file, by the extension of its name. */
export const MEDIA_TYPES: MediaTypes = [
  ...DOCUMENT_TYPES,
  ["ppt", "application/vnd.ms-powerpoint"],
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["gif", "image/gif"],
  ["webp", "image/webp"],
];
