import type { Faults } from "./plan.ts";
import { type Pause, pause } from "./pause.ts";
import type { StreamEvent } from "./wire.ts";

/** How a stream is sent. */
export interface Delivery {
  readonly perTokenMs: number;
  readonly bytesPerWrite: number;
  readonly faults: Faults;
  readonly signal: AbortSignal;
}

/**
 * The bytes of a stream, made only as they are read.
 *
 * Each event is a chunk of its own, or several where writes are limited. Timers stop at once when
 * the reader leaves or the signal aborts.
 */
export function eventStream(
  events: Iterator<StreamEvent, void>,
  delivery: Delivery,
): ReadableStream<Uint8Array> {
  const { signal } = delivery;
  const steps = deliver(events, delivery);
  let waiting: Pause | undefined;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      signal.throwIfAborted();
      for (;;) {
        const step = steps.next();
        if (step.done) return controller.close();
        if (typeof step.value !== "number") return controller.enqueue(step.value);
        waiting = pause(step.value, signal);
        await waiting.over;
      }
    },
    cancel() {
      waiting?.stop();
    },
  }, { highWaterMark: 0 });
}

/** Half the body of an answer that is no stream, then a broken or silent connection. */
export function brokenBody(body: string, { faults, signal }: Delivery): ReadableStream<Uint8Array> {
  let waiting: Pause | undefined;
  let begun = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      signal.throwIfAborted();
      if (!begun) {
        begun = true;
        return controller.enqueue(encoder.encode(body.slice(0, body.length / 2)));
      }
      if (Number.isFinite(faults.resetAfter)) throw connectionReset();
      waiting = pause(Infinity, signal);
      await waiting.over;
    },
    cancel() {
      waiting?.stop();
    },
  }, { highWaterMark: 0 });
}

/** The error of a connection that ends before its time. */
export function connectionReset(): Error {
  return new TypeError("connection reset, as the settings of the mock provider ask for");
}

/** What to do next: write bytes or wait for milliseconds. */
type Step = Uint8Array | number;

function* deliver(
  events: Iterator<StreamEvent, void>,
  { perTokenMs, bytesPerWrite, faults }: Delivery,
): Generator<Step, void> {
  // The wait for the first token is over when the stream begins.
  let owedMs = -perTokenMs;
  for (let sent = 0;; sent++) {
    if (sent === faults.resetAfter) throw connectionReset();
    if (sent === faults.stallAfter) yield Infinity;
    const event = events.next();
    if (event.done) return;
    const { data, tokens } = event.value;
    if (data === DONE && faults.omitDone) return;
    owedMs += tokens * perTokenMs;
    // Timers know whole milliseconds only, so less than one is carried on.
    if (owedMs >= 1) {
      yield owedMs;
      owedMs = 0;
    }
    const malformed = sent === faults.malformedAfter;
    yield* writes(`data: ${malformed ? data.slice(0, data.length / 2) : data}\n\n`, bytesPerWrite);
  }
}

const DONE = "[DONE]";

const encoder = new TextEncoder();

function* writes(text: string, lengthMax: number): Generator<Uint8Array, void> {
  const bytes = encoder.encode(text);
  if (bytes.length <= lengthMax) return yield bytes;
  for (let at = 0; at < bytes.length; at += lengthMax) yield bytes.subarray(at, at + lengthMax);
}
