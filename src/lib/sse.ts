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

const LF = 0x0a, CR = 0x0d, COLON = 0x3a, SPACE = 0x20;
const BYTE_ORDER_MARK = "\uFEFF";
const NO_BYTES = new Uint8Array(0);
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * A splitter by the rules of the HTML standard: lines end in LF, CR or CRLF, a blank line ends an
 * event. Libraries give the data only; here an event also keeps its bytes, to be passed on as is.
 */
export function sseSplitter(frameBytesMax = SSE_FRAME_BYTES_MAX): SseSplitter {
  const ends = endFinder();
  let held: Uint8Array[] = [], heldBytes = 0, isFirst = true;

  function take(bytes: Uint8Array, decoded?: string): SseFrame {
    const whole = held.length === 0 ? bytes : concat([...held, bytes], heldBytes + bytes.length);
    [held, heldBytes] = [[], 0];
    const text = decoded ?? decoder.decode(whole);
    const data = dataOf(isFirst ? unmarked(text) : text);
    isFirst = false;
    return { bytes: whole, data };
  }

  function push(chunk: Uint8Array): SseFrame[] {
    const only = heldBytes === 0 && !ends.afterCr ? onlyEvent(chunk) : undefined;
    if (only !== undefined) return [take(chunk, only)];
    checkLimit(heldBytes, frameBytesMax);
    const frames: SseFrame[] = [];
    let start = 0;
    for (const end of ends.in(chunk)) {
      frames.push(take(part(chunk, start, end)));
      start = end;
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

/** Finds where events end; remembers how the chunk before ended. */
function endFinder() {
  let lineIsEmpty = true, afterCr = false;
  return {
    /** Whether an LF that comes next belongs to a line end that has been counted. */
    get afterCr() {
      return afterCr;
    },
    /** The offsets behind the events that a chunk ends. */
    in(chunk: Uint8Array): number[] {
      const ends: number[] = [];
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
          ends.push(at + 1);
        }
      }
      return ends;
    },
  };
}

/** The text of a chunk that is one event and nothing else, which is how most come. */
function onlyEvent(chunk: Uint8Array): string | undefined {
  const { length } = chunk;
  if (length <= 2 || chunk[length - 1] !== LF || chunk[length - 2] !== LF) return undefined;
  const text = decoder.decode(chunk);
  const isOne = text.indexOf("\n\n") === text.length - 2 && !text.startsWith("\n") &&
    !text.includes("\r");
  return isOne ? text : undefined;
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
  const lines = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  let data: string | undefined;
  for (let start = 0, end = 0; start < lines.length; start = end + 1) {
    end = lines.indexOf("\n", start);
    if (end < 0) end = lines.length;
    const value = valueIn(lines, start, end);
    if (value !== undefined) data = data === undefined ? value : `${data}\n${value}`;
  }
  return data;
}

/** What a line of a text says as `data`; undefined where it is of another field. */
function valueIn(text: string, start: number, end: number): string | undefined {
  if (!text.startsWith("data", start)) return undefined;
  if (end === start + 4) return "";
  if (text.charCodeAt(start + 4) !== COLON) return undefined;
  return text.slice(text.charCodeAt(start + 5) === SPACE ? start + 6 : start + 5, end);
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
