import { Crc32 } from "@smithy/core/checksum";
import { EventStreamCodec } from "@smithy/core/event-streams";
import { concat } from "./bytes.ts";
import { SSE_FRAME_BYTES_MAX, type SseFrame, type SseSplitter } from "./sse.ts";

/** Lengths of the whole message and of its headers, and the checksum of the two. */
const PRELUDE_BYTES = 12;
const LENGTHS_BYTES = 8;
const CHECKSUM_BYTES = 4;
/** A message without headers and payload. */
const MESSAGE_BYTES_MIN = PRELUDE_BYTES + CHECKSUM_BYTES;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
const codec = new EventStreamCodec(
  (bytes) => typeof bytes === "string" ? bytes : decoder.decode(bytes),
  (text) => encoder.encode(text),
);

/**
 * A splitter of AWS's binary event streams
 * (https://smithy.io/2.0/aws/amazon-eventstream.html).
 *
 * The data of an event is JSON text of one member, named for the event or the exception:
 * `{"messageStop":{"stopReason":"end_turn"}}`. `push` throws an `Error` where a checksum is wrong,
 * after which nothing that follows can be trusted.
 */
export function awsEventSplitter(frameBytesMax = SSE_FRAME_BYTES_MAX): SseSplitter {
  const held: Held = { parts: [], bytes: 0, messageBytes: 0 };
  let failure: Error | undefined;

  function push(chunk: Uint8Array): SseFrame[] {
    if (failure !== undefined) throw failure;
    const frames: SseFrame[] = [];
    try {
      readMessages(held, chunk, frameBytesMax, frames);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      if (frames.length === 0) throw failure;
    }
    return frames;
  }

  return {
    push,
    rest() {
      if (failure !== undefined) throw failure;
      return held.bytes === 0 ? undefined : { bytes: take(held), data: undefined };
    },
    get holds() {
      return held.bytes > 0;
    },
  };
}

/** A message that is not whole yet. */
interface Held {
  parts: Uint8Array[];
  bytes: number;
  /** The length that it says it has; 0 as long as its prelude is not whole. */
  messageBytes: number;
}

function hold(held: Held, part: Uint8Array): void {
  held.parts.push(part);
  held.bytes += part.length;
}

function take(held: Held): Uint8Array {
  const [only] = held.parts;
  const isOne = held.parts.length === 1 && only !== undefined;
  const whole = isOne ? only : concat(held.parts, held.bytes);
  Object.assign(held, { parts: [], bytes: 0, messageBytes: 0 });
  return whole;
}

function readMessages(
  held: Held,
  chunk: Uint8Array,
  frameBytesMax: number,
  frames: SseFrame[],
): void {
  let start = 0;
  while (start < chunk.length) {
    const wanted = (held.messageBytes === 0 ? PRELUDE_BYTES : held.messageBytes) - held.bytes;
    const end = Math.min(start + wanted, chunk.length);
    hold(held, chunk.subarray(start, end));
    start = end;
    if (held.messageBytes === 0 && held.bytes === PRELUDE_BYTES) {
      const prelude = take(held);
      held.messageBytes = readLength(prelude, frameBytesMax);
      hold(held, prelude);
    }
    if (held.bytes === held.messageBytes) frames.push(readMessage(take(held)));
  }
}

/** The length of a message, whose checksum is checked before anybody waits for so many bytes. */
function readLength(prelude: Uint8Array, frameBytesMax: number): number {
  const view = new DataView(prelude.buffer, prelude.byteOffset, prelude.byteLength);
  const length = view.getUint32(0), headersLength = view.getUint32(4);
  const checksum = new Crc32();
  checksum.update(prelude.subarray(0, LENGTHS_BYTES));
  if (checksum.digestSync() !== view.getUint32(LENGTHS_BYTES)) {
    throw new Error("cannot read an event: the checksum of its prelude is wrong");
  }
  if (length < MESSAGE_BYTES_MIN || headersLength > length - MESSAGE_BYTES_MIN) {
    throw new Error(`cannot read an event: its length is ${length}, its headers' ${headersLength}`);
  }
  if (length > frameBytesMax) throw new RangeError(`an event exceeds ${frameBytesMax} bytes`);
  return length;
}

function readMessage(bytes: Uint8Array): SseFrame {
  const { headers, body } = decode(bytes);
  const header = (name: string) => {
    const value = headers[name]?.value;
    return typeof value === "string" ? value : undefined;
  };
  switch (header(":message-type")) {
    case "event":
      return { bytes, data: dataOf(header(":event-type"), body) };
    case "exception":
      return { bytes, data: dataOf(header(":exception-type"), body) };
    case "error": {
      const message = header(":error-message") ?? header(":error-code") ?? "unknown error";
      return { bytes, data: JSON.stringify({ internalServerException: { message } }) };
    }
    default:
      return { bytes, data: undefined };
  }
}

/** Checks both checksums; a header that runs past its end is damage too, not an oversize event. */
function decode(bytes: Uint8Array): ReturnType<EventStreamCodec["decode"]> {
  try {
    return codec.decode(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`cannot read an event: ${reason}`, { cause });
  }
}

function dataOf(type: string | undefined, body: Uint8Array): string | undefined {
  if (type === undefined) return undefined;
  return `{${JSON.stringify(type)}:${body.length === 0 ? "{}" : decoder.decode(body)}}`;
}
