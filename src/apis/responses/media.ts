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

/** The media type that the end of a file's name or address tells. */
export function mediaTypeOf(name: string): string {
  const path = name.replace(/[?#].*$/s, "");
  const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  return EXTENSIONS.find(([known]) => known === extension)?.[1] ?? UNKNOWN;
}

/** A name for a document that has none: the API wants one beside data. */
export function fileNameFor(mediaType: string): string {
  const extension = EXTENSIONS.find(([, known]) => known === mediaType)?.[0];
  return extension === undefined ? "document" : `document.${extension}`;
}

const UNKNOWN = "application/octet-stream";

const WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

const EXTENSIONS: readonly (readonly [extension: string, mediaType: string])[] = [
  ["pdf", "application/pdf"],
  ["txt", "text/plain"],
  ["md", "text/markdown"],
  ["html", "text/html"],
  ["htm", "text/html"],
  ["csv", "text/csv"],
  ["json", "application/json"],
  ["doc", "application/msword"],
  ["docx", WORD],
  ["xls", "application/vnd.ms-excel"],
  ["xlsx", SHEET],
  ["ppt", "application/vnd.ms-powerpoint"],
  ["pptx", SLIDES],
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["gif", "image/gif"],
  ["webp", "image/webp"],
];
