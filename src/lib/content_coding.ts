import { Duplex } from "node:stream";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { isWholeZstdFrame } from "./zstd_frame.ts";

/** The HTTP content codings that bodies may use. */
export type ContentCoding = "gzip" | "deflate" | "br" | "zstd";

/** Bytes that unfold to more than their limit. */
export class DecodedTooLarge extends Error {
  override readonly name = "DecodedTooLarge";
}

const DECODERS = {
  gzip: promisify(zlib.gunzip),
  deflate: promisify(zlib.inflate),
  br: promisify(zlib.brotliDecompress),
  zstd: promisify(zlib.zstdDecompress),
};

const ENCODERS = {
  gzip: promisify(zlib.gzip),
  deflate: promisify(zlib.deflate),
  br: promisify(zlib.brotliCompress),
  zstd: promisify(zlib.zstdCompress),
};

/** The coding that a `content-encoding` header names; null for one that is not known. */
export function contentCoding(header: string | null): ContentCoding | "identity" | null {
  const name = (header ?? "identity").trim().toLowerCase();
  if (name === "" || name === "identity") return "identity";
  if (name === "x-gzip") return "gzip";
  return name === "gzip" || name === "deflate" || name === "br" || name === "zstd" ? name : null;
}

/** Decodes a body of at most `bytesMax` decoded bytes; throws on damaged or cut input. */
export async function decodeBody(
  bytes: Uint8Array,
  coding: ContentCoding,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (coding === "zstd" && !isWholeZstdFrame(bytes)) throw new Error("no whole zstd frame");
  try {
    const decoded = new Uint8Array(await DECODERS[coding](bytes, { maxOutputLength: bytesMax }));
    if (coding === "br") await checkBrotliEnd(bytes);
    return decoded;
  } catch (cause) {
    const tooLarge = cause instanceof RangeError ||
      (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE");
    throw tooLarge ? new DecodedTooLarge() : cause;
  }
}

/**
 * Deno's `zlib` takes cut brotli for whole; its `DecompressionStream` does not, but knows no limit,
 * so it may only see what is known to unfold to little.
 */
async function checkBrotliEnd(bytes: Uint8Array): Promise<void> {
  const input = new Blob([new Uint8Array(bytes)]).stream();
  const output = input.pipeThrough(new DecompressionStream("brotli"));
  for await (const _ of output);
}

/** Decodes a body as it comes. */
export function decodingStream(
  coding: ContentCoding,
): ReadableWritablePair<Uint8Array, Uint8Array> {
  const pair: object = Duplex.toWeb(DECODING_STREAMS[coding]());
  if (isPair(pair)) return pair;
  throw new TypeError("a duplex stream has two sides");
}

/** Node has types of its own for the streams of the web, which are the same. */
function isPair(value: object): value is ReadableWritablePair<Uint8Array, Uint8Array> {
  return "readable" in value && "writable" in value;
}

const DECODING_STREAMS = {
  gzip: zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
  zstd: zlib.createZstdDecompress,
};

/** Encodes a body. */
export async function encodeBody(
  bytes: Uint8Array,
  coding: ContentCoding,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await ENCODERS[coding](bytes));
}

/** Whether an `accept-encoding` header lets an answer use a coding. */
export function acceptsCoding(header: string | null, coding: ContentCoding): boolean {
  return (header ?? "").split(",").some((entry) => {
    const [name, ...parameters] = entry.trim().toLowerCase().split(/\s*;\s*/);
    return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
