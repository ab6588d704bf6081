/** Media types by file name extension; the first extension of a type is the usual one. */
export type MediaTypes = readonly (readonly [extension: string, mediaType: string])[];

/** Media types of documents. */
export const DOCUMENT_TYPES: MediaTypes = [
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

/** The media type that the end of a file's name tells. */
export function mediaTypeOf(name: string, types = DOCUMENT_TYPES): string | undefined {
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return types.find(([known]) => known === extension)?.[1];
}

/** The extension of files of a type. */
export function extensionOf(mediaType: string, types = DOCUMENT_TYPES): string | undefined {
  return types.find(([, known]) => known === mediaType)?.[0];
}

/** A name for a document that has none, where an API wants one beside data. */
export function documentNameOf(mediaType: string, types = DOCUMENT_TYPES): string {
  const extension = extensionOf(mediaType, types);
  return extension === undefined ? "document" : `document.${extension}`;
}

/** The media type of a sound whose format is told in OpenAI's words. */
export function audioTypeOf(format: string): string {
  return format === "mp3" ? "audio/mpeg" : `audio/${format}`;
}
