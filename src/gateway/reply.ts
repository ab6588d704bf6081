import type { Exchange } from "./exchange.ts";
import type { Ending } from "./facts.ts";

const encoder = new TextEncoder();

/** An answer that the gateway itself makes; the story of the request ends with it. */
export function jsonReply(
  exchange: Exchange,
  status: number,
  body: unknown,
  ending: Ending,
): Response {
  const bytes = encoder.encode(JSON.stringify(body));
  return wholeReply(
    exchange,
    status,
    new Headers({ "content-type": "application/json" }),
    bytes,
    ending,
  );
}

/** An answer whose bytes are all there. */
export function wholeReply(
  exchange: Exchange,
  status: number,
  headers: Headers,
  bytes: Uint8Array<ArrayBuffer> | null,
  ending: Ending,
): Response {
  exchange.facts.status = status;
  exchange.facts.responseBytes = bytes?.length ?? 0;
  exchange.facts.responseReadyMs = exchange.services.clock.now();
  const response = new Response(bytes, { status, headers });
  exchange.settle(ending);
  return response;
}
