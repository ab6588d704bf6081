import assert from "node:assert/strict";
import fc from "fast-check";
import { apiPath, passthroughPath, safePath } from "../../src/gateway/upstream_url.ts";
import { compatible } from "../../src/providers/compatible/index.ts";
import type { Provider } from "../../src/providers/provider.ts";
import { openai } from "../../src/providers/openai/index.ts";
import { requestHead } from "../../src/lib/request_head.ts";
import type { TargetPaths } from "../../src/routing/backend.ts";
import { API, target } from "./harness.ts";

const ENVIRONMENT = { now: () => 0 };
const OPENAI = openai.connect({}, ENVIRONMENT);
const CUSTOM = compatible.connect({ formats: [{ type: "completions" }] }, ENVIRONMENT);
const PATHED = compatible.connect({ formats: [{ type: "completions", path: "/x/chat" }] }, {
  now: () => 0,
});
const OWN: TargetPaths = { hostOverridden: false, keepsClientPath: false };
const HOST: TargetPaths = { hostOverridden: true, keepsClientPath: false };
const KEPT: TargetPaths = { hostOverridden: true, keepsClientPath: true };
const prefixed = (prefix: string, hostOverridden = true): TargetPaths => ({
  hostOverridden,
  keepsClientPath: false,
  prefix,
});
const whole = (path: string): TargetPaths => ({
  ...prefixed("/p"),
  whole: path,
});

const head = (path: string) => requestHead(new Request(`http://gateway.test${path}`));

type Row = readonly [string, Provider, TargetPaths, string, string];

const API_PATHS: readonly Row[] = [
  ["its own host", OPENAI, OWN, "/a/v1/chat/completions", "/v1/chat/completions"],
  ["its own host, query kept", OPENAI, OWN, "/v1/chat/completions?a=1", "/v1/chat/completions?a=1"],
  ["another host keeps the client's path", OPENAI, KEPT, "/a/b?c=1", "/a/b?c=1"],
  ["another host without that", OPENAI, HOST, "/a/b?c=1", "/v1/chat/completions?c=1"],
  [
    "another host with a prefix",
    OPENAI,
    prefixed("/api/v3"),
    "/a/b?c",
    "/api/v3/chat/completions?c",
  ],
  ["an empty prefix", OPENAI, prefixed(""), "/v1/chat/completions", "/chat/completions"],
  ["a prefix on its own host", OPENAI, prefixed("/p", false), "/x", "/p/chat/completions"],
  ["a whole path wins over a prefix", OPENAI, whole("/w"), "/a?b=1", "/w?b=1"],
  ["a whole path with a query", OPENAI, whole("/w?z=9"), "/a?b=1", "/w?z=9&b=1"],
  ["a whole path and an empty query", OPENAI, whole("/w"), "/a?", "/w"],
  ["custom does not keep the client's path", CUSTOM, HOST, "/a/b?c=1", "/v1/chat/completions?c=1"],
  ["custom with a prefix", CUSTOM, prefixed("/p"), "/a", "/p/chat/completions"],
  ["a format's path wins over everything", PATHED, whole("/w"), "/a?b=1", "/x/chat?b=1"],
  ["a format's path ignores a prefix", PATHED, prefixed("/p"), "/a", "/x/chat"],
];

for (const [claim, provider, paths, asked, expected] of API_PATHS) {
  Deno.test(`apiPath() for ${claim}`, () => {
    const wanted = { api: "completions", path: API.path, model: "m", streaming: false } as const;
    const path = apiPath(head(asked), target({ provider, paths }), { ...wanted, isVerbatim: true });
    assert.equal(path, expected);
  });
}

const PASSED: readonly Row[] = [
  ["its own host", OPENAI, OWN, "/v1/files?x=1", "/v1/files?x=1"],
  ["another host", OPENAI, HOST, "/v1/files", "/v1/files"],
  ["a prefix in place of /v1", OPENAI, prefixed("/p"), "/v1/files?x=1", "/p/files?x=1"],
  ["a prefix in place of a bare /v1", OPENAI, prefixed("/p"), "/v1", "/p"],
  ["a prefix before what only looks like /v1", OPENAI, prefixed("/p"), "/v1beta/x", "/p/v1beta/x"],
  ["a prefix before /v1 for custom", CUSTOM, prefixed("/p"), "/v1/files", "/p/v1/files"],
  ["a whole path", OPENAI, whole("/w?a=1"), "/v1/files?x=1", "/w?a=1&x=1"],
];

for (const [claim, provider, paths, asked, expected] of PASSED) {
  Deno.test(`passthroughPath() for ${claim}`, () => {
    assert.equal(passthroughPath(target({ provider, paths }), head(asked)), expected);
  });
}

const DOTS = ["/..", "/a/../b", "/a/./b", "/a/%2e%2E/b", "/a/.%2e", "/a\\..\\b", "/%2E", "/a/.."];
const NO_DOTS = [
  "/",
  "/a..b",
  "/.well-known/x",
  "/...",
  "/a/%2e%2e%2e",
  "/a%2fb",
  "/a/..b",
  "/a/.b",
];

Deno.test("safePath() refuses dot segments and nothing else", () => {
  for (const path of DOTS) assert.throws(() => safePath(path), { kind: "invalid-request" }, path);
  for (const path of NO_DOTS) assert.equal(safePath(path), path);
});

Deno.test("safePath() lets no path through that a URL would move up", () => {
  const piece = fc.constantFrom("a", ".", "..", "%2e", "%2E", "/", "\\", "b", "%2f", "");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const path = `/${pieces.join("")}`;
      let safe;
      try {
        safe = safePath(path);
      } catch {
        return;
      }
      const { pathname } = new URL(`http://h/prefix${safe}`);
      assert.equal(pathname, `/prefix${safe}`.replaceAll("\\", "/"));
    }),
    { numRuns: 1_000 },
  );
});
