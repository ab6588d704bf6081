import { Buffer } from "node:buffer";

export interface RawRequest {
  readonly path: string;
  /** Empty where it is too long to be looked at. */
  readonly body: string;
  readonly bodyBytes: number;
}

/** Takes HTTP requests off a connection. */
export interface RequestReader {
  /** The requests that these bytes complete. */
  push(bytes: Uint8Array): readonly RawRequest[];
}

/** Longer bodies are counted and let go, so that an image costs the mock next to nothing. */
const bodyBytesReadMax = 64 * 1024;

/** A reader for one connection. */
export function requestReader(): RequestReader {
  let pending: Uint8Array = new Uint8Array();
  let counted: { readonly head: Head; missing: number } | undefined;

  function take(): RawRequest | undefined {
    if (counted !== undefined) return count(counted);
    const head = readHead(pending);
    if (head === undefined) return undefined;
    if (head.bodyBytes > bodyBytesReadMax) {
      pending = pending.subarray(head.end);
      counted = { head, missing: head.bodyBytes };
      return count(counted);
    }
    const end = head.end + head.bodyBytes;
    if (pending.length < end) return undefined;
    const body = asBuffer(pending).toString("latin1", head.end, end);
    pending = pending.subarray(end);
    return { path: head.path, body, bodyBytes: head.bodyBytes };
  }

  function count(body: NonNullable<typeof counted>): RawRequest | undefined {
    const length = Math.min(body.missing, pending.length);
    pending = pending.subarray(length);
    body.missing -= length;
    if (body.missing > 0) return undefined;
    counted = undefined;
    return { path: body.head.path, body: "", bodyBytes: body.head.bodyBytes };
  }

  return {
    push(bytes) {
      pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
      const requests: RawRequest[] = [];
      for (let request = take(); request !== undefined; request = take()) requests.push(request);
      return requests;
    },
  };
}

interface Head {
  readonly path: string;
  /** Where the body begins. */
  readonly end: number;
  readonly bodyBytes: number;
}

/** The head at the beginning of the bytes; undefined while some of it is missing. */
function readHead(bytes: Uint8Array): Head | undefined {
  const buffer = asBuffer(bytes);
  const blank = buffer.indexOf("\r\n\r\n");
  if (blank < 0) return undefined;
  const head = buffer.toString("latin1", 0, blank);
  const path = head.split(" ", 2)[1] ?? "";
  const end = blank + 4;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return { path, end, bodyBytes: Number(length) };
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { path, end, bodyBytes: 0 };
  const last = buffer.indexOf(lastChunk, blank);
  return last < 0 ? undefined : { path, end, bodyBytes: last + lastChunk.length - end };
}

const lastChunk = "\r\n0\r\n\r\n";

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
