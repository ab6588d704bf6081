/** What routing may look at: the request line and the headers. */
export interface RequestHead {
  readonly method: string;
  /** Lower case, without the port. */
  readonly hostname: string;
  /** Host and port as the client sent them. */
  readonly authority: string;
  readonly scheme: "http" | "https";
  /** Without the query, still percent-encoded. */
  readonly path: string;
  /** With its `?`; empty when there is none. */
  readonly query: string;
  readonly headers: Headers;
}

/**
 * Reads the head of a request without building a URL object, which costs more than routing.
 *
 * Where the host header is empty or malformed, Bun gives the target alone for a URL.
 */
export function requestHead(request: Request): RequestHead {
  const { url } = request;
  const afterScheme = url.startsWith("/") ? 0 : url.indexOf("://") + 3;
  const slash = url.indexOf("/", afterScheme);
  const pathStart = slash < 0 ? url.length : slash;
  const hash = url.indexOf("#", pathStart);
  const end = hash < 0 ? url.length : hash;
  const mark = url.indexOf("?", pathStart);
  const pathEnd = mark < 0 || mark > end ? end : mark;
  const authority = request.headers.get("host") ?? url.slice(afterScheme, pathStart);
  return {
    method: request.method,
    hostname: hostnameOf(authority),
    authority,
    scheme: url.startsWith("https:") ? "https" : "http",
    path: url.slice(pathStart, pathEnd) || "/",
    query: url.slice(pathEnd, end),
    headers: request.headers,
  };
}

/** The host of an authority, in lower case and without the port. */
export function hostnameOf(authority: string): string {
  const colon = authority.lastIndexOf(":");
  const hasPort = colon > authority.lastIndexOf("]");
  return (hasPort ? authority.slice(0, colon) : authority).toLowerCase();
}
