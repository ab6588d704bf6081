import type { Reply } from "../policies/policy.ts";
import type { Exchange } from "./exchange.ts";
import type { Ending } from "./facts.ts";

/** The answer of a policy. */
export function policyReply(exchange: Exchange, reply: Reply): Response {
  exchange.facts.reason = "DirectResponse";
  return givenReply(exchange, reply, "finished");
}

/** The answer of a policy that refuses a request in its own words. */
export function refusalReply(exchange: Exchange, reply: Reply): Response {
  return givenReply(exchange, reply, "refused");
}

function givenReply(
  exchange: Exchange,
  { status, headers, body }: Reply,
  ending: Ending,
): Response {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  return wholeReply(exchange, status, headers, bytes, ending);
}

const encoder = new TextEncoder();

/** An answer that the gateway itself makes. */
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

/** An answer whose bytes are all there: its head may still be edited, then the story ends. */
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
  exchange.finishing = ending;
  return new Response(bytes, { status, headers });
}
