import assert from "node:assert/strict";
import { headersMatcher, matcher, type RouteMatch } from "../../src/routing/route_match.ts";
import { requestHead } from "../../src/lib/request_head.ts";
import { routeTable } from "../../src/routing/route_table.ts";

function head(url: string, headers: Record<string, string> = {}, method = "GET") {
  return requestHead(new Request(new URL(url, "http://gateway.test"), { headers, method }));
}

type Case = readonly [RouteMatch, string, boolean, Record<string, string>?];
const header = (name: string, value: { exact?: string; regex?: string }): RouteMatch => ({
  headers: [{ name, value }],
});
const query = (name: string, value: { exact?: string; regex?: string }): RouteMatch => ({
  query: [{ name, value }],
});

const MATCHES: readonly Case[] = [
  [{}, "/any", true],
  [{ path: { exact: "/a" } }, "/a?q", true],
  [{ path: { exact: "/a" } }, "/a/", false],
  [{ path: { exact: "/a" } }, "/A", false],
  [{ path: { pathPrefix: "/" } }, "/", true],
  [{ path: { pathPrefix: "/v1" } }, "/v1", true],
  [{ path: { pathPrefix: "/v1" } }, "/v1/", true],
  [{ path: { pathPrefix: "/v1" } }, "/v1/x", true],
  [{ path: { pathPrefix: "/v1" } }, "/v1x", false],
  [{ path: { pathPrefix: "/v1/" } }, "/v1", true],
  [{ path: { pathPrefix: "/v1/" } }, "/v1/x", true],
  [{ path: { regex: "/a|/b" } }, "/a", true],
  [{ path: { regex: "/a" } }, "/ab", false],
  [{ path: { regex: "a" } }, "/a", false],
  [{ path: { regex: "/a.*" } }, "/abc?x=1", true],
  [{ method: "GET" }, "/", true],
  [{ method: "get" }, "/", false],
  [header("x-a", { exact: "1" }), "/", true, { "x-a": "1" }],
  [header("X-A", { exact: "1" }), "/", true, { "x-a": "1" }],
  [header("x-a", { exact: "1" }), "/", false],
  [header("x-a", { exact: "2" }), "/", true, { "x-a": "1, 2" }],
  [header("x-a", { exact: "1, 2" }), "/", true, { "x-a": "1, 2" }],
  [header("x-a", { exact: "3" }), "/", false, { "x-a": "1, 2" }],
  [header("x-a", { regex: "[0-9]+" }), "/", true, { "x-a": "12" }],
  [header("x-a", { regex: "[0-9]" }), "/", false, { "x-a": "12" }],
  [header(":method", { exact: "GET" }), "/", true],
  [header(":path", { exact: "/a?b=1" }), "/a?b=1", true],
  [header(":path", { exact: "/a" }), "/a?b=1", false],
  [header(":authority", { exact: "h:81" }), "/", true, { host: "h:81" }],
  [header(":scheme", { exact: "http" }), "/", true],
  [header("constructor", { exact: "1" }), "/", true, { constructor: "1" }],
  [header("constructor", { exact: "1" }), "/", false],
  [query("a", { exact: "1" }), "/?a=1", true],
  [query("a", { exact: "1" }), "/?b=1", false],
  [query("a", { exact: "2" }), "/?a=1&a=2", true],
  [query("a", { exact: "1" }), "/?a=1&a=2", false],
  [query("a", { exact: "x y&" }), "/?a=x%20y%26", true],
  [query("a b", { exact: "" }), "/?a+b", true],
  [query("a", { regex: "\\d+" }), "/?a=12", true],
  [query("a", { regex: "\\d" }), "/?a=12", false],
];

for (const [match, url, expected, headers] of MATCHES) {
  const claim = `${JSON.stringify(match)} on ${url} ${JSON.stringify(headers ?? {})}`;
  Deno.test(`matcher() of ${claim} is ${expected}`, () => {
    assert.equal(matcher(match).matches(head(url, headers)), expected);
  });
}

Deno.test("matcher() wants all of its conditions", () => {
  const all = matcher({
    path: { pathPrefix: "/v1" },
    method: "GET",
    headers: [{ name: "x-a", value: { exact: "1" } }],
    query: [{ name: "q", value: { exact: "1" } }],
  });
  assert.equal(all.matches(head("/v1?q=1", { "x-a": "1" })), true);
  assert.equal(all.matches(head("/v2?q=1", { "x-a": "1" })), false);
  assert.equal(all.matches(head("/v1?q=1", { "x-a": "1" }, "PUT")), false);
  assert.equal(all.matches(head("/v1?q=1")), false);
  assert.equal(all.matches(head("/v1", { "x-a": "1" })), false);
});

Deno.test("headersMatcher() wants all headers", () => {
  const both = headersMatcher(["x-a", "x-b"].map((name) => ({ name, value: { exact: "1" } })));
  assert.equal(both(head("/", { "x-a": "1", "x-b": "1" })), true);
  assert.equal(both(head("/", { "x-a": "1" })), false);
});

interface Entry {
  readonly hostnames?: readonly string[];
  readonly matches?: readonly RouteMatch[];
}

const ORDERS: readonly [string, readonly Entry[], string, number | undefined][] = [
  ["no entry", [], "http://h/", undefined],
  ["nothing that fits", [{ hostnames: ["other"] }], "http://h/", undefined],
  [
    "an exact host over a wildcard",
    [{ hostnames: ["*.b.c"] }, { hostnames: ["a.b.c"] }],
    "//a.b.c",
    1,
  ],
  ["the longer wildcard", [{ hostnames: ["*.c"] }, { hostnames: ["*.b.c"] }], "//a.b.c", 1],
  ["a wildcard over any host", [{}, { hostnames: ["*.c"] }], "//a.b.c", 1],
  ["any host where the wildcard has no label", [{ hostnames: ["*.c"] }, {}], "//c", 1],
  ["a host without regard to case and port", [{}, { hostnames: ["A.b"] }], "//a.B:81", 1],
  [
    "the next level where nothing fits",
    [
      { hostnames: ["a.b"], matches: [{ method: "PUT" }] },
      { hostnames: ["*.b"], matches: [{ path: { exact: "/y" } }] },
      {},
    ],
    "//a.b/x",
    2,
  ],
  [
    "an exact path over a longer prefix",
    [
      { matches: [{ path: { regex: "/a/.*|/aaaaaaaaaaa" } }] },
      { matches: [{ path: { exact: "/a/b" } }] },
    ],
    "//h/a/b",
    1,
  ],
  [
    "the longer prefix",
    [
      { matches: [{ path: { pathPrefix: "/a" } }] },
      { matches: [{ path: { pathPrefix: "/a/b" } }] },
    ],
    "//h/a/b/c",
    1,
  ],
  [
    "prefix and regex by length alone",
    [
      { matches: [{ path: { pathPrefix: "/a/b" } }] },
      { matches: [{ path: { regex: "/a/b.*" } }] },
    ],
    "//h/a/b",
    1,
  ],
  ["a method", [{}, { matches: [{ method: "GET" }] }], "//h/", 1],
  [
    "a longer path over a method",
    [
      { matches: [{ method: "GET" }] },
      { matches: [{ path: { pathPrefix: "/a" } }] },
    ],
    "//h/a",
    1,
  ],
  [
    "a method over headers",
    [
      {
        matches: [{
          headers: [":path", ":scheme"].map((name) => ({ name, value: { regex: ".*" } })),
        }],
      },
      { matches: [{ method: "GET" }] },
    ],
    "//h/",
    1,
  ],
  [
    "more headers over more query",
    [
      { matches: [{ query: ["a", "b"].map((name) => ({ name, value: { exact: "1" } })) }] },
      { matches: [{ headers: [{ name: ":scheme", value: { exact: "http" } }] }] },
    ],
    "//h/?a=1&b=1",
    1,
  ],
  [
    "more query",
    [
      { matches: [query("a", { exact: "1" })] },
      { matches: [{ query: ["a", "b"].map((name) => ({ name, value: { exact: "1" } })) }] },
    ],
    "//h/?a=1&b=1",
    1,
  ],
  ["the order of the file", [{ matches: [{ path: { exact: "/x" } }] }, {}, {}], "//h/", 1],
  [
    "the best of an entry's matches",
    [
      { matches: [{ path: { pathPrefix: "/a" } }] },
      { matches: [{ method: "PUT" }, { path: { exact: "/a" } }] },
    ],
    "//h/a",
    1,
  ],
];

for (const [claim, entries, url, expected] of ORDERS) {
  Deno.test(`routeTable() finds ${claim}`, () => {
    const find = routeTable(
      entries.map(({ hostnames = [], matches = [] }, route) => ({ hostnames, matches, route })),
    );
    assert.equal(find(head(url)), expected);
  });
}
