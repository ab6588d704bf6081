import { concat } from "../lib/bytes.ts";
import type { SseFrame, SseSplitter } from "../lib/sse.ts";
import type { AnswerStream } from "./passage.ts";

/** What of a chunk goes to the client; the very same bytes where nothing had to change. */
export function passOn(
  splitter: SseSplitter,
  stream: AnswerStream,
  chunk: Uint8Array,
): Uint8Array | undefined {
  const heldBefore = splitter.holds;
  const frames = splitter.push(chunk);
  let untouched = !heldBefore && !splitter.holds;
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const frame of frames) {
    const out = stream.see(frame);
    if (out !== frame.bytes) untouched = false;
    if (out === undefined) continue;
    parts.push(out);
    length += out.length;
  }
  if (untouched && parts.length > 0) return chunk;
  const [only] = parts;
  if (only === undefined) return undefined;
  return parts.length === 1 ? only : concat(parts, length);
}

/** Two pieces as one, either of which may be missing. */
export function joined(first: Uint8Array | undefined, second: Uint8Array | undefined) {
  if (first === undefined || second === undefined) return first ?? second;
  return concat([first, second], first.length + second.length);
}

/** Whether the last line of an event that a stream ended in was cut. */
export function isIncomplete({ bytes, data }: SseFrame): boolean {
  const last = bytes.at(-1);
  return data !== undefined && last !== LF && last !== CR;
}

const LF = 0x0a, CR = 0x0d;
