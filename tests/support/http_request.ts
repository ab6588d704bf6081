/** A request as its bytes said it. */
export interface ReceivedRequest {
  /** Counts the connections of its server; equal numbers mean a reused connection. */
  readonly connection: number;
  readonly receivedMs: number;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** A request and its length, or how many bytes there must be before it is worth another look. */
export type ParsedRequest =
  | { readonly request: ReceivedRequest; readonly bytesUsed: number }
  | { readonly neededBytes: number };

/** Reads one HTTP/1.1 request from the front of `bytes`; throws when it is not one. */
export function parseRequest(bytes: Uint8Array, connection: number): ParsedRequest {
  const headEnd = indexOfBlankLine(bytes);
  if (headEnd < 0) return { neededBytes: bytes.length + 1 };
  const [first = "", ...fields] = ascii.decode(bytes.subarray(0, headEnd)).split("\r\n");
  const [method, target, version] = first.split(" ");
  if (method === undefined || target === undefined || version !== "HTTP/1.1") {
    throw new Error(`not a request line: ${first}`);
  }
  const headers = new Headers(fields.map((field) => splitField(field)));
  const bodyStart = headEnd + blankLine.length;
  const body = readBody(bytes, bodyStart, headers);
  if ("neededBytes" in body) return body;
  return {
    request: { connection, receivedMs: performance.now(), method, target, headers, ...body },
    bytesUsed: body.bodyEnd,
  };
}

type Body =
  | { readonly body: Uint8Array; readonly bodyEnd: number }
  | { readonly neededBytes: number };

function readBody(bytes: Uint8Array, start: number, headers: Headers): Body {
  if (headers.get("transfer-encoding") === "chunked") return readChunks(bytes, start);
  const bodyEnd = start + Number(headers.get("content-length") ?? 0);
  if (bytes.length < bodyEnd) return { neededBytes: bodyEnd };
  return { body: bytes.slice(start, bodyEnd), bodyEnd };
}

function readChunks(bytes: Uint8Array, start: number): Body {
  const parts: Uint8Array[] = [];
  let at = start;
  while (true) {
    const lineEnd = indexOfLineEnd(bytes, at);
    if (lineEnd < 0) return { neededBytes: bytes.length + 1 };
    const size = parseInt(ascii.decode(bytes.subarray(at, lineEnd)), 16);
    if (Number.isNaN(size)) throw new Error("not a chunk size");
    const chunkEnd = lineEnd + 2 + size;
    if (bytes.length < chunkEnd + 2) return { neededBytes: chunkEnd + 2 };
    if (size === 0) return { body: concat(parts), bodyEnd: chunkEnd + 2 };
    parts.push(bytes.subarray(lineEnd + 2, chunkEnd));
    at = chunkEnd + 2;
  }
}

function splitField(field: string): [string, string] {
  const colon = field.indexOf(":");
  if (colon < 1) throw new Error(`not a header: ${field}`);
  return [field.slice(0, colon), field.slice(colon + 1).trim()];
}

function indexOfBlankLine(bytes: Uint8Array): number {
  let at = -1;
  while ((at = indexOfLineEnd(bytes, at + 1)) >= 0) {
    if (bytes[at + 2] === 13 && bytes[at + 3] === 10) return at;
  }
  return -1;
}

function indexOfLineEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(13, from); at >= 0; at = bytes.indexOf(13, at + 1)) {
    if (bytes[at + 1] === 10) return at;
  }
  return -1;
}

/** Joins byte arrays into one. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const ascii = new TextDecoder("latin1");
const blankLine = "\r\n\r\n";
