import { concat } from "./bytes.ts";

/** One server-sent event as it arrived: its bytes with the blank line, and its `data`. */
export interface SseFrame {
  readonly bytes: Uint8Array;
  /** The text of its `data` lines; undefined when it has none (a comment, a keep-alive). */
  readonly data: string | undefined;
}

/** Cuts a byte stream into events; owns the bytes of the event that is still incomplete. */
export interface SseSplitter {
  /** The events that this chunk completes; throws `RangeError` when one grows past the limit. */
  push(chunk: Uint8Array): readonly SseFrame[];
  /** Whether bytes of an unfinished event are held. */
  readonly holds: boolean;
}

/** The largest event that is held, in bytes: room for an image in one event. */
export const SSE_FRAME_BYTES_MAX = 16 * 1024 * 1024;

const LF = 0x0a, CR = 0x0d;
const decoder = new TextDecoder();

/**
 * A splitter by the rules of the HTML standard: lines end in LF, CR or CRLF, a blank line ends an
 * event. Libraries give the data only; here an event also keeps its bytes, to be passed on as is.
 */
export function sseSplitter(frameBytesMax = SSE_FRAME_BYTES_MAX): SseSplitter {
  let held: Uint8Array[] = [], heldBytes = 0;
  let lineIsEmpty = true, afterCr = false;

  function take(bytes: Uint8Array): SseFrame {
    const whole = held.length === 0 ? bytes : concat([...held, bytes], heldBytes + bytes.length);
    [held, heldBytes] = [[], 0];
    return { bytes: whole, data: dataOf(decoder.decode(whole)) };
  }

  function push(chunk: Uint8Array): SseFrame[] {
    const frames: SseFrame[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte !== LF && byte !== CR) {
        [lineIsEmpty, afterCr] = [false, false];
      } else if (byte === LF && afterCr) {
        afterCr = false;
      } else {
        afterCr = byte === CR;
        if (!lineIsEmpty) {
          lineIsEmpty = true;
          continue;
        }
        if (afterCr && chunk[at + 1] === LF) [at, afterCr] = [at + 1, false];
        frames.push(take(chunk.subarray(start, at + 1)));
        start = at + 1;
      }
    }
    if (start < chunk.length) {
      held.push(start === 0 ? chunk : chunk.subarray(start));
      heldBytes += chunk.length - start;
      if (heldBytes > frameBytesMax) {
        throw new RangeError(`an event exceeds ${frameBytesMax} bytes`);
      }
    }
    return frames;
  }

  return {
    push,
    get holds() {
      return heldBytes > 0;
    },
  };
}

/** The `data` of an event's text, its lines joined by newlines. */
function dataOf(text: string): string | undefined {
  if (text.startsWith("data: ")) {
    const end = text.indexOf("\n");
    if (end === text.length - 2) return text.slice(6, end);
  }
  let data: string | undefined;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line !== "data" && !line.startsWith("data:")) continue;
    const value = line.slice(line.charAt(5) === " " ? 6 : 5);
    data = data === undefined ? value : `${data}\n${value}`;
  }
  return data;
}
