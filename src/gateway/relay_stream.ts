import { requestIdIn } from "../apis/upstream_fault.ts";
import { GatewayError } from "../errors.ts";
import type { SseSplitter } from "../lib/sse.ts";
import { startWait } from "../lib/wait.ts";
import type { Ending } from "./facts.ts";
import { clientStreamHeaders } from "./headers.ts";
import { closeAccount } from "./meter.ts";
import type { AnswerStream } from "./passage.ts";
import { isIncomplete, joined, passOn } from "./pass_on.ts";
import { broken, idleTimeout, refusal } from "./stream_faults.ts";
import { bringRequestId, type Relay } from "./relay.ts";
import { whyEnded } from "./why_ended.ts";

/**
 * Passes on a stream of events, each as soon as it is whole, and meters it on the way.
 *
 * The account is closed when the stream ends, whatever ended it: the end of the answer, the client
 * leaving, or the upstream breaking off, which the client is told in an error event, or in a plain
 * error where nothing of the answer has come yet.
 */
export async function relayStream(relay: Relay, response: Response): Promise<Response> {
  const { exchange, target } = relay;
  const events = new RelayedEvents(relay, response);
  await events.untilContent();
  const headers = clientStreamHeaders(response.headers);
  bringRequestId(relay, headers);
  target.editResponseHeaders?.(headers);
  exchange.facts.status = response.status;
  exchange.facts.responseReadyMs = exchange.services.clock.now();
  const body = new ReadableStream(events, { highWaterMark: 0 });
  return new Response(body, { status: response.status, headers });
}

type Controller = ReadableStreamDefaultController<Uint8Array>;
type Step = ReadableStreamReadResult<Uint8Array>;

/** Owns the upstream's side of a stream, and gives it to the client's side on demand. */
class RelayedEvents implements UnderlyingDefaultSource<Uint8Array> {
  readonly #relay: Relay;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #splitter: SseSplitter;
  readonly #stream: AnswerStream;
  /** What came before the first content. */
  readonly #held: Uint8Array[] = [];
  /** The provider's id of the request. */
  readonly #requestId: string | undefined;
  /** A read that outlasted the wait for content. */
  #reading: Promise<Step> | undefined;
  #isSettled = false;

  constructor(relay: Relay, { body, headers }: Response) {
    this.#relay = relay;
    this.#reader = (body ?? new Blob([]).stream()).getReader();
    this.#requestId = requestIdIn(headers);
    this.#splitter = relay.passage.split();
    this.#stream = relay.passage.openStream(headers);
  }

  /** Waits for the first content; throws what then can still be answered as a plain error. */
  async untilContent(): Promise<void> {
    const { attempt, exchange: { services } } = this.#relay;
    if (services.heldMsMax === 0) return;
    // A deadline for the first content ends the wait by itself.
    const wait = startWait(
      attempt.hasContentDeadline ? undefined : services.heldMsMax,
      attempt.signal,
    );
    let heldBytes = 0;
    try {
      while (!this.#stream.started && this.#stream.progress === "open") {
        if (heldBytes > HELD_BYTES_MAX) return;
        this.#reading ??= this.#reader.read();
        const step = await Promise.race([this.#reading, wait.over]);
        if (step === undefined) return;
        this.#reading = undefined;
        if (step.done) {
          // The first pull meets the end once more, and knows what to make of it.
          this.#reading = Promise.resolve(step);
          if (this.#splitter.holds) return;
          break;
        }
        const out = await this.#passOn(step.value);
        if (out === undefined) continue;
        this.#held.push(out);
        heldBytes += out.length;
      }
    } catch (cause) {
      throw this.#refuse(whyEnded(attempt.signal, cause, this.#requestId));
    } finally {
      wait.stop();
    }
    const { started, progress, fault, refusal: guards } = this.#stream;
    if (started || progress === "answered" || progress === "closed") return;
    if (guards !== undefined) throw this.#refuse(guards.error);
    const requestId = fault?.requestId ?? this.#requestId;
    throw this.#refuse(progress === "failed" ? refusal(fault, requestId) : broken(requestId));
  }

  start(controller: Controller): void {
    for (const out of this.#held) this.#send(controller, out);
  }

  async pull(controller: Controller): Promise<void> {
    try {
      for (;;) {
        const reading = this.#reading ?? this.#reader.read();
        this.#reading = undefined;
        const { done, value } = await this.#unlessIdle(reading);
        if (this.#isSettled) return;
        if (done) return await this.#finish(controller);
        const passed = this.#passOn(value);
        const out = passed instanceof Promise ? await passed : passed;
        if (this.#isSettled) return;
        if (out !== undefined) this.#send(controller, out);
        if (this.#stream.progress === "failed" && !this.#relay.passage.streamsVerbatim) {
          return this.#fail(controller);
        }
        if (out !== undefined) return;
      }
    } catch (cause) {
      if (!this.#isSettled) this.#breakOff(controller, cause);
    }
  }

  cancel(reason: unknown): Promise<void> {
    if (!this.#isSettled) {
      if (reason instanceof GatewayError) this.#drop(reason);
      else this.#leave();
    }
    return this.#reader.cancel(reason);
  }

  #passOn(chunk: Uint8Array): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    const out = passOn(this.#splitter, this.#stream, chunk);
    this.#noteStart();
    const pending = this.#stream.pending?.();
    return pending === undefined ? out : this.#judged(out, pending);
  }

  /** What there is once guards have judged; that they were interrupted is no judgement. */
  async #judged(out: Uint8Array | undefined, pending: Promise<Uint8Array | undefined>) {
    const more = await pending;
    this.#relay.attempt.signal.throwIfAborted();
    this.#noteStart();
    return joined(out, more);
  }

  #noteStart(): void {
    const { llm, exchange, attempt } = this.#relay;
    if (!this.#stream.started || llm.firstTokenMs !== undefined) return;
    llm.firstTokenMs = exchange.services.clock.now();
    attempt.contentCame();
  }

  /** A read that ends the exchange when it takes too long. */
  async #unlessIdle(reading: Promise<Step>): Promise<Step> {
    const { idleMsMax, exchange } = this.#relay;
    if (idleMsMax === undefined) return await reading;
    const late = () => (exchange.attempt ?? exchange).abort(idleTimeout(idleMsMax));
    const timer = setTimeout(late, idleMsMax);
    try {
      return await reading;
    } finally {
      clearTimeout(timer);
    }
  }

  #send(controller: Controller, out: Uint8Array): void {
    this.#relay.exchange.facts.responseBytes += out.length;
    controller.enqueue(out);
  }

  async #finish(controller: Controller): Promise<void> {
    const rest = this.#splitter.rest();
    const seen = rest === undefined ? undefined : this.#stream.see(rest);
    const isCut = this.#stream.progress === "answered" && rest !== undefined && isIncomplete(rest);
    const isOpen = this.#stream.progress === "open" && this.#stream.end === undefined;
    if (isOpen || isCut) return this.#breakOff(controller, new Error("no end mark"));
    if (seen !== undefined) this.#send(controller, seen);
    const ended = this.#stream.end?.();
    const pending = this.#stream.pending?.();
    const last = pending === undefined ? ended : await this.#judged(ended, pending);
    if (this.#isSettled) return;
    if (last !== undefined) this.#send(controller, last);
    if (this.#stream.progress === "failed") return this.#fail(controller);
    this.#close(true, "finished");
    controller.close();
  }

  /** The provider said that it failed, and the client has been told. */
  #fail(controller: Controller): void {
    const { fault, refusal } = this.#stream;
    if (refusal !== undefined) this.#tell(refusal.summary, "Guardrail");
    else {this.#tell(
        fault === undefined
          ? "the provider reported an error in its stream"
          : `the provider reported an error in its stream: ${fault.message}`,
        "UpstreamFailure",
      );}
    this.#close(false, "upstream-cut");
    controller.close();
    void this.#reader.cancel().catch(() => {});
  }

  #breakOff(controller: Controller, cause: unknown): void {
    if (this.#stream.progress === "closed") {
      this.#close(true, "finished");
      return controller.close();
    }
    const { api } = this.#relay;
    const error = whyEnded(this.#relay.attempt.signal, cause);
    if (error.kind === "client-gone") return this.#leave();
    this.#tell(error.message, error.reason);
    this.#send(controller, api.writeErrorEvent(error));
    this.#close(false, "upstream-cut");
    controller.close();
    void this.#reader.cancel().catch(() => {});
  }

  /** Closes the account of an answer that never began; the caller tells the client. */
  #refuse(error: GatewayError): GatewayError {
    this.#isSettled = true;
    this.#closeAccount(false);
    void this.#reader.cancel().catch(() => {});
    return error;
  }

  /** A policy puts an answer of its own in the place of this one. */
  #drop({ summary, reason }: GatewayError): void {
    this.#tell(summary, reason);
    this.#close(false, "refused");
  }

  /** A client that has the end mark has all that there is. */
  #leave(): void {
    if (this.#stream.progress === "closed") return this.#close(true, "finished");
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
    this.#closeAccount(complete);
    this.#relay.exchange.settle(ending);
  }

  #closeAccount(complete: boolean): void {
    const { llm, api, request } = this.#relay;
    const { progress, summary } = this.#stream;
    // The provider's count is final once it has come behind the last content.
    const isAnswered = progress === "answered" || progress === "closed";
    const counted = complete || (isAnswered && summary.usage !== undefined);
    closeAccount(llm, api, request, summary, counted);
  }
}

/** The most that is held back of a stream without content, in bytes. */
const HELD_BYTES_MAX = 1024 * 1024;
