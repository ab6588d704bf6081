import assert from "node:assert/strict";
import { checkShape } from "../support/error_shape.ts";
import { Gateway } from "../support/gateway.ts";
import { Upstream } from "../support/openai_upstream.ts";
import { type RawAnswer, rawRequest } from "../support/raw_http.ts";
import { suite } from "../support/suite.ts";

const test = suite(async () => {
  const upstream = await Upstream.start();
  const host = `127.0.0.1:${upstream.sockets.port}`;
  const gateway = await Gateway.start({ yaml: (...ports) => config(host, ports) });
  let asked = 0;
  const ask = async (request: Ask): Promise<RawAnswer & { readonly route: string }> => {
    const mark = `request=${++asked}`;
    const { method = "GET", path, host = "any.example", headers = {}, port = 0 } = request;
    const target = `${path}${path.includes("?") ? "&" : "?"}${mark}`;
    const fields = Object.entries({ host, connection: "close", ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `${method} ${target} HTTP/1.1\r\n${fields.join("")}\r\n`;
    const answer = await rawRequest(gateway.urlOf(port), head);
    assert.ok(answer !== undefined, `no answer to ${head}`);
    const line = await gateway.accessLog({ "http.path": target });
    return { ...answer, route: String(line.route ?? "none").replace("default/", "") };
  };
  return {
    ask,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
});

interface Ask {
  readonly method?: string;
  readonly path: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Which of the gateway's ports. */
  readonly port?: number;
}

/** The routes of the first port, in the order of the file. */
const matches = {
  "exact": "[{path: {exact: /a/b}}]",
  "prefix-a": "[{path: {pathPrefix: /a}}]",
  "prefix-ab": "[{path: {pathPrefix: /a/b}}]",
  "regex": '[{path: {regex: "/r/[0-9]+"}}]',
  "any-method": "[{path: {pathPrefix: /m}}]",
  "only-put": "[{path: {pathPrefix: /m}, method: PUT}]",
  "lower": "[{path: {pathPrefix: /lower}, method: get}]",
  "header-none": "[{path: {pathPrefix: /h}}]",
  "header-one": `[{path: {pathPrefix: /h}, headers: [{name: X-A, value: {exact: "1"}}]}]`,
  "header-two": `[{path: {pathPrefix: /h}, headers: [` +
    `{name: x-a, value: {exact: "1"}}, {name: x-b, value: {regex: "[0-9]+"}}]}]`,
  "query-none": "[{path: {pathPrefix: /q}}]",
  "query-one": `[{path: {pathPrefix: /q}, query: [{name: v, value: {exact: "a b"}}]}]`,
  "query-regex": `[{path: {pathPrefix: /q}, query: [` +
    `{name: v, value: {regex: "x+"}}, {name: w, value: {exact: "1"}}]}]`,
  "first": "[{path: {pathPrefix: /same}}]",
  "second": "[{path: {pathPrefix: /same}}]",
  "either": "[{path: {exact: /one}}, {path: {exact: /two}}]",
  "host-exact": "[{path: {pathPrefix: /host}}], hostnames: [api.example.com]",
  "host-long": '[{path: {pathPrefix: /host}}], hostnames: ["*.b.example.com"]',
  "host-short": '[{path: {pathPrefix: /host}}], hostnames: ["*.example.com"]',
  "host-any": "[{path: {pathPrefix: /host}}]",
  "host-narrow": "[{path: {pathPrefix: /narrow}}], hostnames: [api.example.com]",
} as const;

function config(host: string, [binds, main, alt]: readonly number[]): string {
  const routes = Object.entries(matches).map(([name, match]) =>
    `    - {name: ${name}, matches: ${match}, backends: [{host: "${host}"}]}\n`
  );
  return `
backends:
- {name: shared, host: "${host}"}
binds:
- port: ${binds}
  listeners:
  - routes:
${routes.join("")}
    - {name: named, matches: [{path: {exact: /named}}], backends: [{backend: shared}]}
    - {name: slashed, matches: [{path: {exact: /slashed}}], backends: [{backend: /shared}]}
    - name: weighted
      matches: [{path: {exact: /weighted}}]
      backends: [{host: "127.0.0.1:1", weight: 0}, {host: "${host}", weight: 1}]
    - {name: empty, matches: [{path: {exact: /empty}}], backends: []}
gateways:
  default: {port: ${main}}
  alt:
    port: ${alt}
    listeners: [{name: one, hostname: one.example.com}, {name: wild, hostname: "*.example.com"}]
routes:
- {name: implicit, backends: [{host: "${host}"}]}
- {name: on-one, gateways: alt/one, backends: [{host: "${host}"}]}
- {name: on-wild, gateways: [alt/wild], backends: [{host: "${host}"}]}
`;
}

const rows: readonly (readonly [claim: string, ask: Ask, route: string])[] = [
  ["an exact path wins over prefixes", { path: "/a/b" }, "exact"],
  ["a longer prefix wins over a shorter", { path: "/a/b/c" }, "prefix-ab"],
  ["a prefix matches whole segments", { path: "/a/bc" }, "prefix-a"],
  ["a prefix matches itself", { path: "/a" }, "prefix-a"],
  ["a prefix ignores a trailing slash", { path: "/a/" }, "prefix-a"],
  ["a prefix does not match half a segment", { path: "/ab" }, "none"],
  ["a regex matches the whole path", { path: "/r/12" }, "regex"],
  ["a regex does not match a part", { path: "/r/12/x" }, "none"],
  ["a route with a method wins", { path: "/m/x", method: "PUT" }, "only-put"],
  ["another method takes the route without", { path: "/m/x", method: "GET" }, "any-method"],
  ["a method is case-sensitive", { path: "/lower" }, "none"],
  ["no header takes the route without", { path: "/h" }, "header-none"],
  ["header names ignore case", { path: "/h", headers: { "X-a": "1" } }, "header-one"],
  ["more headers win", { path: "/h", headers: { "x-a": "1", "x-b": "22" } }, "header-two"],
  ["a header's regex is whole", { path: "/h", headers: { "x-a": "1", "x-b": "2x" } }, "header-one"],
  ["a header's value must fit", { path: "/h", headers: { "x-a": "2" } }, "header-none"],
  ["a query value is decoded", { path: "/q?v=a%20b" }, "query-one"],
  ["a plus in a query is a space", { path: "/q?v=a+b" }, "query-one"],
  ["the last of repeated parameters counts", { path: "/q?v=z&v=a%20b" }, "query-one"],
  ["an earlier one does not count", { path: "/q?v=a%20b&v=z" }, "query-none"],
  ["more query parameters win", { path: "/q?v=xx&w=1" }, "query-regex"],
  ["a query's regex is whole", { path: "/q?v=xxy&w=1" }, "query-none"],
  ["equals go to the first in the file", { path: "/same" }, "first"],
  ["matches are alternatives, first", { path: "/one" }, "either"],
  ["matches are alternatives, second", { path: "/two" }, "either"],
  ["an exact host wins", { path: "/host", host: "api.example.com" }, "host-exact"],
  ["a host's port is ignored", { path: "/host", host: "api.example.com:81" }, "host-exact"],
  ["hosts ignore case", { path: "/host", host: "API.Example.COM" }, "host-exact"],
  ["the longest wildcard wins", { path: "/host", host: "x.b.example.com" }, "host-long"],
  ["a wildcard matches deep names", { path: "/host", host: "x.y.example.com" }, "host-short"],
  ["a wildcard needs a label", { path: "/host", host: "example.com" }, "host-any"],
  ["no host name takes the rest", { path: "/host", host: "other.org" }, "host-any"],
  ["a host without a fit falls through", { path: "/a", host: "api.example.com" }, "prefix-a"],
  ["a narrow host binds its route", { path: "/narrow", host: "other.org" }, "none"],
  ["a named backend serves", { path: "/named" }, "named"],
  ["a named backend with a slash serves", { path: "/slashed" }, "slashed"],
  ["the default gateway serves unattached routes", { path: "/x", port: 1 }, "implicit"],
  ["a listener serves its host", { path: "/x", port: 2, host: "one.example.com" }, "on-one"],
  [
    "a wildcard listener serves the rest",
    { path: "/x", port: 2, host: "b.example.com" },
    "on-wild",
  ],
  ["no listener fits", { path: "/x", port: 2, host: "other.org" }, "none"],
];

for (const [claim, asked, route] of rows) {
  test(`routing: ${claim}`, async ({ ask }) => {
    const answer = await ask(asked);
    assert.equal(answer.route, route);
    assert.equal(
      answer.status === 404 && answer.body.includes("route not found"),
      route === "none",
    );
  });
}

test("a backend of weight 0 is never chosen", async ({ ask }) => {
  for (let count = 0; count < 20; count++) {
    assert.equal((await ask({ path: "/weighted" })).route, "weighted");
  }
});

test("a route without backends answers 500 in shape", async ({ ask }) => {
  const answer = await ask({ path: "/empty" });
  assert.equal(answer.status, 500);
  const error = checkShape(JSON.parse(answer.body), answer.body);
  assert.match(error.message, /no valid backends/);
});

test("a request without a Host header is served or refused, never dropped", async ({ gateway }) => {
  const answer = await rawRequest(gateway.url, "GET /a HTTP/1.0\r\n\r\n");
  assert.ok(answer !== undefined && answer.status < 500, JSON.stringify(answer));
});
