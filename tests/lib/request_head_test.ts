import assert from "node:assert/strict";
import { requestHead } from "../../src/lib/request_head.ts";

/** A request whose URL is as the runtime made it of what a client sent. */
function received(url: string, host?: string): Request {
  const request = new Request("http://x/", host === undefined ? {} : { headers: { host } });
  Object.defineProperty(request, "url", { value: url });
  return request;
}

const HEADS: readonly [string, string | undefined, Readonly<Record<string, string>>][] = [
  ["http://h/", undefined, { hostname: "h", authority: "h", path: "/", query: "" }],
  ["http://h", undefined, { path: "/", query: "" }],
  ["http://h/a?b?c", undefined, { path: "/a", query: "?b?c" }],
  ["http://h/a#f?x", undefined, { path: "/a", query: "" }],
  ["http://h/a?q#f", undefined, { path: "/a", query: "?q" }],
  ["http://h/a?", undefined, { path: "/a", query: "?" }],
  ["http://h//a", undefined, { path: "//a" }],
  ["http://h/a/../b", undefined, { path: "/a/../b" }],
  ["http://h/%2F", undefined, { path: "/%2F" }],
  ["http://h:80/", "Other.Test:8080", { hostname: "other.test", authority: "Other.Test:8080" }],
  ["http://h/", "[::1]:80", { hostname: "[::1]" }],
  ["http://h/", "[::1]", { hostname: "[::1]" }],
  // Where the host header is missing or malformed, a runtime may give the target alone.
  ["/v1/models?q", "x/y", { authority: "x/y", path: "/v1/models", query: "?q" }],
  ["/p", undefined, { hostname: "", path: "/p", query: "" }],
  ["/p?u=http://other/x", "", { hostname: "", path: "/p", query: "?u=http://other/x" }],
  ["https://h/", undefined, { scheme: "https" }],
  ["http://h/https:", undefined, { scheme: "http" }],
];

for (const [url, host, expected] of HEADS) {
  Deno.test(`requestHead() of ${url} with host ${host}`, () => {
    const head = requestHead(received(url, host));
    const seen = Object.fromEntries(Object.entries(head).filter(([key]) => key in expected));
    assert.deepEqual(seen, expected);
  });
}
