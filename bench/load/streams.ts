import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { streamedRequest } from "./request_body.ts";

export interface StreamLoad {
  readonly port: number;
  readonly streams: number;
  readonly paceMs: number;
  /** Time over which the streams are opened, one after the other. */
  readonly rampMs: number;
  /** Time from the last opening to the window. */
  readonly settleMs: number;
  /** Time in which figures are taken, with all streams open. */
  readonly windowMs: number;
}

/** Called at the start and the end of the window, to read what the server has used. */
export type WindowEdge = () => void;

export interface StreamFigures {
  readonly events: number;
  /** Arrivals of bytes: fewer than events when the server falls behind and joins them. */
  readonly arrivals: number;
  readonly firstByteMs: readonly number[];
  readonly gapsMs: readonly number[];
  /** Streams that did not bring exactly what the upstream sent. */
  readonly failed: number;
}

/** Opens paced streams and counts what arrives while all of them are open. */
export async function runStreams(load: StreamLoad, edge: WindowEdge): Promise<StreamFigures> {
  const lifeMs = load.rampMs + load.settleMs + load.windowMs;
  const tokens = Math.ceil(lifeMs / load.paceMs);
  const observed = { open: false, events: 0, arrivals: 0, gapsMs: new Array<number>() };
  const observe = (events: number, gapMs: number) => {
    if (!observed.open) return;
    observed.events += events;
    observed.arrivals++;
    observed.gapsMs.push(gapMs);
  };
  const streams: Promise<StreamEnd>[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < load.streams; index++) {
    const dueAt = startedAt + index * load.rampMs / load.streams;
    while (performance.now() < dueAt) await sleep(1);
    streams.push(runStream({ port: load.port, tokens, observe }));
  }
  await sleep(load.settleMs);
  edge();
  observed.open = true;
  await sleep(load.windowMs);
  edge();
  observed.open = false;
  const ends = await Promise.all(streams);
  return {
    events: observed.events,
    arrivals: observed.arrivals,
    firstByteMs: ends.map((end) => end.firstByteMs),
    gapsMs: observed.gapsMs,
    failed: ends.filter((end) => end.events !== tokens + eventsAfterTokens).length,
  };
}

/** The finish event and `[DONE]`; the usage event is not among them, for it is not asked for. */
const eventsAfterTokens = 2;

export interface StreamOptions {
  readonly port: number;
  readonly tokens: number;
  readonly observe?: (events: number, gapMs: number) => void;
  /** Leaves in the middle, as a user who presses stop. */
  readonly abortAfterEvents?: number;
}

export interface StreamEnd {
  readonly events: number;
  readonly firstByteMs: number;
}

/** One stream over a connection of its own; resolves when it has ended or was left. */
export function runStream(options: StreamOptions): Promise<StreamEnd> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const counter = eventCounter();
    let arrivedAt: number | undefined;
    let firstByteMs = NaN;
    const socket = connect({ port: options.port, host: "127.0.0.1", noDelay: true });
    socket.write(rawRequest(options.tokens));
    socket.setTimeout(silenceMs, () => socket.destroy());
    socket.on("data", (bytes: Uint8Array) => {
      const now = performance.now();
      const found = counter.count(bytes);
      if (arrivedAt === undefined) firstByteMs = now - startedAt;
      else if (found > 0) options.observe?.(found, now - arrivedAt);
      if (found > 0) arrivedAt = now;
      const left = counter.total >= (options.abortAfterEvents ?? Infinity);
      if (left || endsBody(bytes)) socket.destroy();
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve({ events: counter.total, firstByteMs }));
  });
}

function rawRequest(tokens: number): string {
  const body = streamedRequest(tokens);
  return "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n" +
    "content-type: application/json\r\nauthorization: Bearer sk-bench\r\n" +
    `content-length: ${body.length}\r\n\r\n${body}`;
}

/** Longer than any pause of a healthy stream here: a stream that is silent for so long is lost. */
const silenceMs = 5_000;

/** Whether the bytes end with the empty chunk that ends an HTTP body. */
function endsBody(bytes: Uint8Array): boolean {
  const tail = [...bytes.subarray(-bodyEnd.length)];
  return tail.length === bodyEnd.length && tail.every((byte, index) => byte === bodyEnd[index]);
}

const bodyEnd = [..."0\r\n\r\n"].map((character) => character.charCodeAt(0));

const lineFeed = 10;

/** Counts blank lines: they end events, and the framing around them has no bare line feed. */
function eventCounter() {
  let previous = 0;
  return {
    total: 0,
    count(bytes: Uint8Array): number {
      let found = 0;
      for (const byte of bytes) {
        const blank = byte === lineFeed && previous === lineFeed;
        if (blank) found++;
        // Three in a row are one blank line, not two.
        previous = blank ? 0 : byte;
      }
      this.total += found;
      return found;
    },
  };
}
