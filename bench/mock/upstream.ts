import { Buffer } from "node:buffer";
import { createServer, type Socket } from "node:net";
import { argv } from "node:process";
import { bufferedAnswer, streamEvents, streamHead } from "./answers.ts";

/**
 * A mock upstream that costs as little as it can: OpenAI chat completions over bare sockets, one
 * write per answer or event. Arguments: port, milliseconds between the events of a stream.
 */
function main(): void {
  const [port, paceMs] = [Number(argv[2]), Number(argv[3])];
  const pacer = startPacer(paceMs);
  createServer({ noDelay: true }, (socket) => serveConnection(socket, pacer))
    .listen(port, "127.0.0.1", 1024);
}

interface Pacer {
  add(stream: PacedStream): void;
  remove(stream: PacedStream): void;
}

interface PacedStream {
  /** Sends the next event; answers false after the last one. */
  next(): boolean;
}

/** One timer for all streams: each belongs to a millisecond of the pace, so they do not burst. */
function startPacer(paceMs: number): Pacer {
  const slots = Array.from({ length: paceMs }, () => new Set<PacedStream>());
  let joined = 0;
  let served = Math.floor(performance.now());
  setInterval(() => {
    const now = Math.floor(performance.now());
    for (; served < now; served++) {
      const slot = slots[served % paceMs] ?? new Set();
      for (const stream of slot) if (!stream.next()) slot.delete(stream);
    }
  }, 1);
  return {
    add: (stream) => void slots[joined++ % paceMs]?.add(stream),
    remove: (stream) => slots.forEach((slot) => slot.delete(stream)),
  };
}

function serveConnection(socket: Socket, pacer: Pacer): void {
  let pending: Uint8Array = new Uint8Array();
  let stream: PacedStream | undefined;
  const stop = () => {
    if (stream) pacer.remove(stream);
  };
  socket.on("data", (bytes: Uint8Array) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    for (;;) {
      const request = readRequest(pending);
      if (!request) return;
      pending = pending.subarray(request.length);
      if (request.body.includes('"stream":true')) {
        stream = openStream(socket, request.body);
        pacer.add(stream);
      } else {
        socket.write(bufferedAnswer);
      }
    }
  });
  socket.on("error", stop);
  socket.on("close", stop);
}

function openStream(socket: Socket, body: string): PacedStream {
  const count = Number(/"max_(?:completion_)?tokens":(\d+)/.exec(body)?.[1] ?? "200");
  const events = streamEvents(body.includes('"include_usage":true'));
  socket.write(streamHead);
  socket.write(events.first);
  let sent = 1;
  return {
    next() {
      if (++sent > count) {
        socket.write(events.last);
        return false;
      }
      socket.write(events.token);
      return true;
    },
  };
}

interface RawRequest {
  readonly length: number;
  readonly body: string;
}

/** The first whole request in the bytes; undefined while some of it is missing. */
function readRequest(bytes: Uint8Array): RawRequest | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headEnd = buffer.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = buffer.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const bodyStart = headEnd + 4;
  if (length !== undefined) {
    const end = bodyStart + Number(length);
    if (buffer.length < end) return undefined;
    return { length: end, body: buffer.toString("latin1", bodyStart, end) };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { length: bodyStart, body: "" };
  const end = buffer.indexOf("\r\n0\r\n\r\n", headEnd);
  return end < 0 ? undefined : { length: end + 7, body: buffer.toString("latin1", bodyStart, end) };
}

main();
