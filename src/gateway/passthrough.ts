import { GatewayError } from "../errors.ts";
import { editable } from "../lib/header_record.ts";
import type { Credential } from "../policies/credential.ts";
import type { Provider } from "../providers/provider.ts";
import type { Upstream } from "../routing/backend.ts";
import type { Route } from "../routing/snapshot.ts";
import type { Tap } from "./detect.ts";
import { type Attempt } from "./attempt.ts";
import { GaveWay } from "./attempts.ts";
import { clientGone, type Exchange } from "./exchange.ts";
import { applyForTarget } from "./apply.ts";
import {
  dropCredentials,
  RETRY_HEADER,
  untouchedResponseHeaders,
  upstreamRequestHeaders,
} from "./headers.ts";
import { readRequestBytes } from "./request_body.ts";
import { send } from "./send.ts";
import { whyEnded } from "./why_ended.ts";

/** Where a request is handed through to. */
interface Passthrough {
  readonly upstream: Upstream;
  /** Path and query. */
  readonly path: string;
  readonly credential: Credential | undefined;
  readonly answer?: Provider["answer"];
  readonly tap?: Tap | undefined;
  readonly attempt: Attempt;
  /** The body, where it is not the client's. */
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
}

/** Hands a request and its answer through, byte for byte, without looking at either. */
export async function passThrough(
  exchange: Exchange,
  route: Route,
  { upstream, path, credential, answer, tap, attempt, body: changed }: Passthrough,
): Promise<Response> {
  const { request, subject } = exchange;
  const reply = await applyForTarget(exchange, upstream.policies);
  if (reply !== undefined) return reply;
  // What is signed, and what somebody has read, has to be there as a whole.
  const isWhole = subject.hasReadBody ||
    (upstream.authorizer !== undefined && request.body !== null);
  const body = changed ?? (isWhole ? await readRequestBytes(exchange) : undefined);
  const headers = upstreamRequestHeaders(exchange);
  headers["accept-encoding"] = exchange.head.headers.get("accept-encoding") ?? "identity";
  if (body !== undefined) delete headers["content-encoding"];
  if (attempt.number > 0) headers[RETRY_HEADER] = String(attempt.number);
  dropCredentials(headers, upstream);
  route.editRequestHeaders?.(editable(headers));
  const call = {
    upstream,
    credential,
    path,
    headers,
    body: /^(get|head)$/i.test(exchange.head.method) ? null : body ?? request.body,
    signal: attempt.signal,
    decode: false,
  };
  const response = await send(exchange, call, answer);
  if (attempt.givesWay(response)) {
    await response.body?.cancel().catch(() => {});
    throw new GaveWay(response);
  }
  attempt.contentCame();
  tap?.open(response);
  const answerHeaders = untouchedResponseHeaders(response.headers);
  upstream.editResponseHeaders?.(answerHeaders);
  exchange.facts.status = response.status;
  exchange.facts.responseReadyMs = exchange.services.clock.now();
  const head = { status: response.status, headers: answerHeaders };
  if (response.body === null || request.method === "HEAD") {
    await response.body?.cancel().catch(() => {});
    tap?.close(true);
    exchange.finishing = "finished";
    return new Response(null, head);
  }
  return new Response(watched(exchange, response.body, tap, attempt.signal), head);
}

/** The same bytes; a cut upstream breaks the client's connection too, lest it look complete. */
function watched(
  exchange: Exchange,
  body: ReadableStream<Uint8Array>,
  tap: Tap | undefined,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const { facts } = exchange;
  const reader = body.getReader();
  let isSettled = false;

  function settle(error: GatewayError): void {
    if (isSettled) return;
    isSettled = true;
    const isGone = error.kind === "client-gone";
    if (isGone) facts.status = error.status;
    facts.reason = error.reason;
    facts.error = error.message;
    tap?.close(false);
    exchange.settle(isGone ? "client-gone" : "upstream-cut");
  }

  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (isSettled) return;
        if (done) {
          isSettled = true;
          tap?.close(true);
          exchange.settle("finished");
          return controller.close();
        }
        facts.responseBytes += value.length;
        tap?.see(value);
        controller.enqueue(value);
      } catch (cause) {
        const error = whyEnded(signal, cause);
        settle(error);
        controller.error(error);
      }
    },
    cancel(reason) {
      settle(reason instanceof GatewayError ? reason : clientGone());
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
