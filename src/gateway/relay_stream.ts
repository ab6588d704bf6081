import type { StreamWatch } from "../apis/api.ts";
import type { GatewayError } from "../errors.ts";
import { concat } from "../lib/bytes.ts";
import { type SseFrame, type SseSplitter, sseSplitter } from "../lib/sse.ts";
import type { Ending } from "./facts.ts";
import { clientStreamHeaders } from "./headers.ts";
import { closeAccount } from "./meter.ts";
import type { Relay } from "./relay.ts";
import { whyEnded } from "./why_ended.ts";

/**
 * Passes on a stream of events, each as soon as it is whole, and meters it on the way.
 *
 * The account is closed when the stream ends, whatever ended it: the end of the answer, the client
 * leaving, or the upstream breaking off, which the client is told in an error event.
 */
export function relayStream(relay: Relay, response: Response): Response {
  const { exchange, target } = relay;
  const headers = clientStreamHeaders(response.headers);
  target.editResponseHeaders?.(headers);
  exchange.facts.status = response.status;
  exchange.facts.responseReadyMs = exchange.services.clock.now();
  const body = response.body ?? new Blob([]).stream();
  const events = new ReadableStream(new RelayedEvents(relay, body), { highWaterMark: 0 });
  return new Response(events, { status: response.status, headers });
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

/** Owns the upstream's side of a stream, and gives it to the client's side on demand. */
class RelayedEvents implements UnderlyingDefaultSource<Uint8Array> {
  readonly #relay: Relay;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #splitter: SseSplitter = sseSplitter();
  readonly #watch: StreamWatch;
  #isSettled = false;

  constructor(relay: Relay, body: ReadableStream<Uint8Array>) {
    this.#relay = relay;
    this.#reader = body.getReader();
    this.#watch = relay.api.view.watchStream(relay.request);
  }

  async pull(controller: Controller): Promise<void> {
    const { exchange, llm } = this.#relay;
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (this.#isSettled) return;
        if (done) return this.#finish(controller);
        const out = passOn(this.#splitter, this.#watch, value);
        if (this.#watch.started) llm.firstTokenMs ??= exchange.services.clock.now();
        if (out === undefined) continue;
        exchange.facts.responseBytes += out.length;
        return controller.enqueue(out);
      }
    } catch (cause) {
      if (!this.#isSettled) this.#breakOff(controller, cause);
    }
  }

  cancel(reason: unknown): Promise<void> {
    if (!this.#isSettled) this.#leave();
    return this.#reader.cancel(reason);
  }

  #finish(controller: Controller): void {
    const rest = this.#splitter.rest();
    const out = rest === undefined ? undefined : this.#watch.see(rest);
    const { progress } = this.#watch;
    const isCut = progress === "answered" && rest !== undefined && isIncomplete(rest);
    if (progress === "open" || isCut) return this.#breakOff(controller, new Error("no end mark"));
    if (out !== undefined) {
      this.#relay.exchange.facts.responseBytes += out.length;
      controller.enqueue(out);
    }
    if (progress === "failed") {
      this.#tell("the provider reported an error in its stream", "UpstreamFailure");
      this.#close(false, "upstream-cut");
    } else {
      this.#close(true, "finished");
    }
    controller.close();
  }

  #breakOff(controller: Controller, cause: unknown): void {
    if (this.#watch.progress === "closed") {
      this.#close(true, "finished");
      return controller.close();
    }
    const { exchange, api } = this.#relay;
    const error = whyEnded(exchange.signal, cause);
    if (error.kind === "client-gone") return this.#leave();
    this.#tell(error.message, error.reason);
    const event = api.writeErrorEvent(error);
    exchange.facts.responseBytes += event.length;
    this.#close(false, "upstream-cut");
    controller.enqueue(event);
    controller.close();
    void this.#reader.cancel().catch(() => {});
  }

  /** A client that has the end mark has all that there is. */
  #leave(): void {
    if (this.#watch.progress === "closed") return this.#close(true, "finished");
    this.#relay.exchange.facts.status = 499;
    this.#tell("the client closed the connection", "Upstream");
    this.#close(false, "client-gone");
  }

  #tell(error: string, reason: GatewayError["reason"]): void {
    this.#relay.exchange.facts.error = error;
    this.#relay.exchange.facts.reason = reason;
  }

  #close(complete: boolean, ending: Ending): void {
    this.#isSettled = true;
    const { llm, api, sent, exchange } = this.#relay;
    const { progress, summary } = this.#watch;
    // The provider's count is final once it has come behind the last content.
    const counted = complete || (progress !== "open" && summary.usage !== undefined);
    closeAccount(llm, api, sent, summary, counted);
    exchange.settle(ending);
  }
}

/** Whether the last line of an event that a stream ended in was cut. */
function isIncomplete({ bytes, data }: SseFrame): boolean {
  const last = bytes.at(-1);
  return data !== undefined && last !== LF && last !== CR;
}

const LF = 0x0a, CR = 0x0d;

/** What of a chunk goes to the client; the very same bytes where nothing had to change. */
function passOn(
  splitter: SseSplitter,
  watch: StreamWatch,
  chunk: Uint8Array,
): Uint8Array | undefined {
  const heldBefore = splitter.holds;
  const frames = splitter.push(chunk);
  let untouched = !heldBefore && !splitter.holds;
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const frame of frames) {
    const out = watch.see(frame);
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
