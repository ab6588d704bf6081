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

/** Request headers that the gateway's own client writes anew. */
const REWRITTEN = ["host", "content-length", "accept-encoding", "expect"];

/** A client's headers as they may go upstream. */
export function upstreamRequestHeaders(received: Headers): Headers {
  const headers = new Headers(received);
  deleteConnectionHeaders(headers);
  for (const name of REWRITTEN) headers.delete(name);
  return headers;
}

/** An upstream's headers as they may go to the client, where the body has been decoded. */
export function clientResponseHeaders(received: Headers): Headers {
  const headers = new Headers(received);
  deleteConnectionHeaders(headers);
  headers.delete("content-length");
  headers.delete("content-encoding");
  return headers;
}

/** An upstream's headers for a body that goes on as it came. */
export function untouchedResponseHeaders(received: Headers): Headers {
  const headers = new Headers(received);
  deleteConnectionHeaders(headers);
  return headers;
}

function deleteConnectionHeaders(headers: Headers): void {
  const listed = headers.get("connection");
  if (listed !== null) {
    for (const name of listed.split(",")) {
      const trimmed = name.trim();
      if (/^[\w!#$%&'*+.^`|~-]+$/.test(trimmed)) headers.delete(trimmed);
    }
  }
  for (const name of HOP_BY_HOP) headers.delete(name);
}
