import { GatewayError } from "../errors.ts";
import type { StreamWatch } from "../apis/api.ts";
import { concat } from "../lib/bytes.ts";
import { type SseSplitter, sseSplitter } from "../lib/sse.ts";
import type { Relay } from "./relay.ts";
import { clientResponseHeaders } from "./headers.ts";
import { closeAccount } from "./meter.ts";

/**
 * Passes on a stream of events, each as soon as it is whole, and meters it on the way.
 *
 * The account is closed when the stream ends, whatever ended it: the end of the answer, the client
 * leaving, or the upstream breaking off, which the client is told in an error event.
 */
export function relayStream(relay: Relay, response: Response): Response {
  const { exchange, target } = relay;
  const headers = clientResponseHeaders(response.headers);
  target.editResponseHeaders?.(headers);
  exchange.facts.status = response.status;
  exchange.facts.responseReadyMs = exchange.services.clock.now();
  const body = response.body ?? new Blob([]).stream();
  return new Response(relayBody(relay, body), { status: response.status, headers });
}

function relayBody(relay: Relay, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const { exchange, api, request } = relay;
  const reader = body.getReader();
  const splitter = sseSplitter();
  const watch = api.view.watchStream(request);

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return finish(controller);
        const out = passOn(splitter, watch, value);
        if (watch.started) relay.llm.firstTokenMs ??= exchange.services.clock.now();
        if (out === undefined) continue;
        exchange.facts.responseBytes += out.length;
        controller.enqueue(out);
        return;
      }
    } catch (cause) {
      breakOff(controller, cause);
    }
  }

  function finish(controller: ReadableStreamDefaultController<Uint8Array>): void {
    if (watch.progress === "open") return breakOff(controller, new Error("no end mark"));
    const failed = watch.progress === "failed";
    if (failed) tellFacts("the provider reported an error in its stream");
    close(!failed, failed ? "upstream-cut" : "finished");
    controller.close();
  }

  function breakOff(
    controller: ReadableStreamDefaultController<Uint8Array>,
    cause: unknown,
  ): void {
    if (watch.progress === "closed") {
      close(true, "finished");
      return controller.close();
    }
    const error = endOf(exchange.signal, cause);
    if (error.kind === "client-gone") return leave();
    tellFacts(error.message, error.reason);
    const event = api.writeErrorEvent(error);
    exchange.facts.responseBytes += event.length;
    close(false, "upstream-cut");
    controller.enqueue(event);
    controller.close();
    void reader.cancel().catch(() => {});
  }

  function leave(): void {
    exchange.facts.status = 499;
    exchange.facts.error = "the client closed the connection";
    close(watch.progress === "closed", "client-gone");
  }

  function tellFacts(error: string, reason: GatewayError["reason"] = "UpstreamFailure"): void {
    exchange.facts.error = error;
    exchange.facts.reason = reason;
  }

  function close(complete: boolean, ending: "finished" | "client-gone" | "upstream-cut"): void {
    // The provider's count is final once it has come behind the last content.
    const counted = complete || (watch.progress !== "open" && watch.summary.usage !== undefined);
    closeAccount(relay.llm, api, relay.sent, watch.summary, counted);
    exchange.settle(ending);
  }

  return new ReadableStream({
    pull,
    cancel(reason) {
      leave();
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}

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

/** Why a stream has no more: our own abort says so itself, all else is the upstream's doing. */
function endOf(signal: AbortSignal, cause: unknown): GatewayError {
  if (signal.aborted && signal.reason instanceof GatewayError) return signal.reason;
  const tooLarge = cause instanceof RangeError;
  return new GatewayError(
    "upstream-invalid",
    tooLarge
      ? `failed to process LLM response: ${cause.message}`
      : "the upstream broke off the stream before its end",
    { code: tooLarge ? "response_too_large" : "upstream_cut", cause },
  );
}
