import { concat } from "./bytes.ts";

/** One server-sent event as it arrived: its bytes with the blank line, and its `data`. */
export interface SseFrame {
  readonly bytes: Uint8Array;
  /** The text of its `data` lines; undefined when it has none (a comment, a keep-alive). */
  readonly data: string | undefined;
}

/** Cuts a byte stream into events; owns the bytes of the event that is still incomplete. */
export interface SseSplitter {
  /**
   * The events that this chunk completes; throws `RangeError` when one grows past the limit, but
   * not before the events in front of it have been handed out.
   */
  push(chunk: Uint8Array): readonly SseFrame[];
  /** Hands out what is held when the stream has ended, as if a blank line had come. */
  rest(): SseFrame | undefined;
  /** Whether bytes of an unfinished event are held. */
  readonly holds: boolean;
}

/** The largest event that is held, in bytes: room for an image in one event. */
export const SSE_FRAME_BYTES_MAX = 16 * 1024 * 1024;

const LF = 0x0a, CR = 0x0d;
const BYTE_ORDER_MARK = "\uFEFF";
const NO_BYTES = new Uint8Array(0);
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * A splitter by the rules of the HTML standard: lines end in LF, CR or CRLF, a blank line ends an
 * event. Libraries give the data only; here an event also keeps its bytes, to be passed on as is.
 */
export function sseSplitter(frameBytesMax = SSE_FRAME_BYTES_MAX): SseSplitter {
  let held: Uint8Array[] = [], heldBytes = 0;
  let lineIsEmpty = true, afterCr = false, isFirst = true;

  function take(bytes: Uint8Array): SseFrame {
    const whole = held.length === 0 ? bytes : concat([...held, bytes], heldBytes + bytes.length);
    [held, heldBytes] = [[], 0];
    const text = decoder.decode(whole);
    const data = dataOf(isFirst ? unmarked(text) : text);
    isFirst = false;
    return { bytes: whole, data };
  }

  function push(chunk: Uint8Array): SseFrame[] {
    checkLimit(heldBytes, frameBytesMax);
    const frames: SseFrame[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte !== LF && byte !== CR) {
        lineIsEmpty = afterCr = false;
      } else if (byte === LF && afterCr) {
        afterCr = false;
      } else {
        afterCr = byte === CR;
        if (!lineIsEmpty) {
          lineIsEmpty = true;
          continue;
        }
        if (afterCr && chunk[at + 1] === LF) [at, afterCr] = [at + 1, false];
        frames.push(take(part(chunk, start, at + 1)));
        start = at + 1;
      }
    }
    if (start < chunk.length) {
      held.push(part(chunk, start, chunk.length));
      heldBytes += chunk.length - start;
      if (frames.length === 0) checkLimit(heldBytes, frameBytesMax);
    }
    return frames;
  }

  return {
    push,
    rest: () => heldBytes === 0 ? undefined : take(NO_BYTES),
    get holds() {
      return heldBytes > 0;
    },
  };
}

/** The chunk itself where it is the whole of it, so that a reader can tell that nothing changed. */
function part(chunk: Uint8Array, start: number, end: number): Uint8Array {
  return start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
}

function checkLimit(bytes: number, bytesMax: number): void {
  if (bytes > bytesMax) throw new RangeError(`an event exceeds ${bytesMax} bytes`);
}

/** Text without the mark that may stand at the beginning of a stream. */
function unmarked(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/** The `data` of an event's text, its lines joined by newlines. */
function dataOf(text: string): string | undefined {
  if (text.startsWith("data: ")) {
    const end = text.indexOf("\n");
    if (end === text.length - 2 && !text.includes("\r")) return text.slice(6, end);
  }
  let data: string | undefined;
  for (const line of text.split(LINE_END)) {
    if (!isDataLine(line)) continue;
    const value = line.slice(line.charAt(5) === " " ? 6 : 5);
    data = data === undefined ? value : `${data}\n${value}`;
  }
  return data;
}

/** An event with other data; its other lines stay. */
export function withData({ bytes }: SseFrame, data: string): Uint8Array {
  const others = unmarked(decoder.decode(bytes)).split(LINE_END)
    .filter((line) => line !== "" && !isDataLine(line));
  const lines = [...others, ...data.split("\n").map((line) => `data: ${line}`)];
  return encoder.encode(`${lines.join("\n")}\n\n`);
}

const LINE_END = /\r\n|\n|\r/;

function isDataLine(line: string): boolean {
  return line === "data" || line.startsWith("data:");
}
