import type { HeaderRecord } from "../lib/header_record.ts";
import { listedBy } from "../lib/connection_headers.ts";
import type { Target, Upstream } from "../routing/backend.ts";
import type { Exchange } from "./exchange.ts";

/** Headers that belong to one connection and must not be passed on (RFC 9110, 7.6.1). */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** What a client's headers lose on their way upstream: the gateway's own client writes the rest. */
const NOT_UPSTREAM: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  "host",
  "content-length",
  "accept-encoding",
  "expect",
]);

/** Tells an upstream that it is not the first to be asked, or is asked again. */
export const RETRY_HEADER = "x-retry-attempt";

/** A client's headers, as policies have made them, as they may go upstream. */
export function upstreamRequestHeaders({ subject, arrival }: Exchange): HeaderRecord {
  const received = subject.head.headers;
  const headers: HeaderRecord = {};
  const keep = (value: string, name: string) => {
    if (!NOT_UPSTREAM.has(name)) headers[name] = value;
  };
  if (arrival.headers === undefined || subject.hasEditedHeaders) received.forEach(keep);
  else {
    for (const [name, value] of Object.entries(arrival.headers)) {
      if (value !== undefined) keep(typeof value === "string" ? value : value.join(", "), name);
    }
  }
  for (const name of listedBy(received)) delete headers[name];
  if (subject.rewrittenHost !== undefined) headers.host = subject.rewrittenHost;
  return headers;
}

/** Where clients of any API put their credential, and whose quota they want to use with it. */
const CREDENTIALS = [
  "authorization",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
  "x-goog-user-project",
];

/** Whether the gateway has an identity of its own for an upstream, in place of the client's. */
export function hasOwnIdentity({ credential, authorizer }: Upstream): boolean {
  return credential?.replacesClients === true || authorizer !== undefined;
}

/**
 * Takes the client's own credential away where the gateway has one for the upstream, and its say in
 * who pays.
 */
export function dropCredentials(headers: HeaderRecord, upstream: Upstream | Target): void {
  if (!hasOwnIdentity(upstream)) return;
  for (const name of CREDENTIALS) delete headers[name];
  if (!("provider" in upstream)) return;
  for (const name of upstream.provider.accountHeaders ?? []) delete headers[name];
}

const EVENT_STREAM = "text/event-stream";
const AWS_EVENT_STREAM = "application/vnd.amazon.eventstream";

/**
 * Whether a successful answer is a stream. Some servers do not name the type of a stream that they
 * were asked for; only JSON is certainly none.
 */
export function isEventStream(received: Headers, isAskedFor: boolean): boolean {
  const type = (received.get("content-type") ?? "").toLowerCase();
  return type.startsWith(EVENT_STREAM) || type.startsWith(AWS_EVENT_STREAM) ||
    (isAskedFor && !type.startsWith("application/json"));
}

/** An upstream's headers as they may go to the client with a stream of events. */
export function clientStreamHeaders(received: Headers): Headers {
  const headers = clientResponseHeaders(received);
  if (!headers.get("content-type")?.startsWith(EVENT_STREAM)) {
    headers.set("content-type", EVENT_STREAM);
  }
  return headers;
}

/** An upstream's headers as they may go to the client, where the body has been decoded. */
export function clientResponseHeaders(received: Headers): Headers {
  return copyWithout(received, NOT_DECODED);
}

/** An upstream's headers for a body that goes on as it came. */
export function untouchedResponseHeaders(received: Headers): Headers {
  return copyWithout(received, OF_CONNECTION);
}

const OF_CONNECTION: ReadonlySet<string> = new Set(HOP_BY_HOP);
const NOT_DECODED: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  "content-length",
  "content-encoding",
]);

/** Adding what stays is a sixth of the cost of copying all and deleting, on Deno. */
function copyWithout(received: Headers, names: ReadonlySet<string>): Headers {
  const headers = new Headers();
  received.forEach((value, name) => {
    if (!names.has(name)) headers.append(name, value);
  });
  for (const name of listedBy(received)) headers.delete(name);
  return headers;
}
