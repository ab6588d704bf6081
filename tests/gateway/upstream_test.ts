import assert from "node:assert/strict";
import zlib from "node:zlib";
import { credential, type CredentialLocation } from "../../src/policies/credential.ts";
import type { EditHeaders } from "../../src/policies/header_edits.ts";
import {
  aiBackend,
  ANSWER,
  CHAT,
  chat,
  chunk,
  DONE,
  FINISH,
  gateway,
  json,
  script,
} from "./harness.ts";

Deno.test("send() answers 503 when the upstream refuses", async () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), {
    code: "ECONNREFUSED",
  });
  const it = gateway(() => Promise.reject(new TypeError("fetch failed", { cause: refused })));
  const response = await it.ask(chat());
  const { error } = await response.json();
  assert.equal(response.status, 503);
  assert.equal(error.message, "upstream call failed: api.test:443: connection refused");
  assert.equal(error.type, "api_error");
  const [facts] = it.settled;
  assert.deepEqual([facts?.reason, facts?.ending], ["UpstreamFailure", "refused"]);
  assert.equal(facts?.llm?.answered, false);
  assert.equal(facts?.llm?.usage, undefined);
});

const CAUSES: readonly [string, RegExp][] = [
  ["getaddrinfo ENOTFOUND nowhere.test", /does not resolve/],
  ["invalid peer certificate: UnknownIssuer", /TLS handshake failed/],
  ["connection reset by peer", /closed before an answer/],
  ["https://x/?key=SECRET was odd", /connection failed/],
];

for (const [message, expected] of CAUSES) {
  Deno.test(`send() explains "${message}" without its URL`, async () => {
    const it = gateway(() => Promise.reject(new TypeError(message)));
    const { error } = await (await it.ask(chat())).json();
    assert.match(error.message, expected);
    assert.doesNotMatch(error.message, /SECRET/);
  });
}

for (const [claim, body] of [["no JSON", "{"], ["no object", "7"], ["nothing", ""]] as const) {
  Deno.test(`relayWhole() answers 502 for an answer that is ${claim}`, async () => {
    const it = gateway(() => json(body));
    const response = await it.ask(chat());
    const { error } = await response.json();
    assert.deepEqual([response.status, error.code], [502, "invalid_response"]);
    const [facts] = it.settled;
    assert.deepEqual([facts?.ending, facts?.reason], ["upstream-cut", "UpstreamFailure"]);
    assert.deepEqual([facts?.llm?.answered, facts?.llm?.usageSource], [true, "partial"]);
  });
}

Deno.test("relayWhole() answers 502 for an answer that is cut", async () => {
  const it = gateway(() => new Response(failing("{")));
  const response = await it.ask(chat());
  assert.deepEqual([response.status, (await response.json()).error.code], [502, "upstream_cut"]);
  assert.deepEqual(it.settled.map(({ ending }) => ending), ["upstream-cut"]);
});

function failing(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
    pull: (controller) => controller.error(new TypeError("reset")),
  });
}

Deno.test("relayWhole() lets go of an answer whose declared length is too large", async () => {
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(10)),
    cancel: () => void (cancelled = true),
  });
  const it = gateway(() => new Response(endless, { headers: { "content-length": "999999999" } }));
  const response = await it.ask(chat());
  const { error } = await response.json();
  assert.deepEqual([response.status, error.code], [502, "response_too_large"]);
  assert.match(error.message, /frontendPolicies\.http\.maxBufferSize/);
  assert.ok(cancelled, "the upstream would go on sending");
});

for (const status of [101, 600]) {
  Deno.test(`send() answers 502 for an answer with status ${status}`, async () => {
    for (const routes of [{}, { "*": "passthrough" }] as const) {
      const it = gateway(() => odd(json(), status), { backend: aiBackend({}, routes) });
      const response = await it.ask(chat());
      assert.deepEqual([response.status, (await response.json()).error.code], [
        502,
        "invalid_status",
      ]);
      assert.deepEqual(it.settled.map(({ reason }) => reason), ["UpstreamFailure"]);
      assert.deepEqual(it.internal, []);
    }
  });
}

/** `Response` itself refuses such a status; an upstream may send it. */
function odd(response: Response, status: number): Response {
  Object.defineProperty(response, "status", { value: status });
  return response;
}

const encodings = { deflate: zlib.deflateSync, zstd: zlib.zstdCompressSync, gzip: zlib.gzipSync };

for (const [named, encode] of Object.entries({ ...encodings, "x-gzip": zlib.gzipSync })) {
  if (named === "gzip") continue;
  Deno.test(`unfold() unfolds ${named}, which the runtime leaves as it is`, async () => {
    const headers = { "content-encoding": named };
    const whole = gateway(() => new Response(bytesOf(encode(ANSWER)), { headers }));
    assert.equal(await (await whole.ask(chat())).text(), ANSWER);
    assert.equal(whole.settled[0]?.llm?.usageSource, "provider");

    const events = chunk("a") + FINISH + DONE;
    const streamed = gateway(() =>
      new Response(bytesOf(encode(events)), {
        headers: { ...headers, "content-type": "text/event-stream" },
      })
    );
    const response = await streamed.ask(chat({ ...CHAT, stream: true }));
    assert.equal(await response.text(), events);
    assert.equal(response.headers.get("content-encoding"), null);
  });
}

function bytesOf(buffer: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer);
}

Deno.test("relayWhole() answers 502 for a coding that nobody knows, and lets go", async () => {
  for (const stream of [false, true]) {
    const upstream = script();
    const it = gateway(() => upstream.response({ "content-encoding": "gzip, br" }));
    const response = await it.ask(chat({ ...CHAT, stream }));
    assert.deepEqual([response.status, (await response.json()).error.code], [
      502,
      "unsupported_content_encoding",
    ]);
    assert.ok(upstream.state.cancelled);
    assert.equal(it.settled[0]?.llm?.usageSource, "partial");
  }
});

Deno.test("relayWhole() passes an error in a coding that nobody knows on untouched", async () => {
  const headers = { "content-encoding": "compress", "content-length": "3" };
  const it = gateway(() => new Response(new Uint8Array([1, 2, 3]), { status: 500, headers }));
  const response = await it.ask(chat());
  assert.deepEqual([response.status, response.headers.get("content-encoding")], [500, "compress"]);
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), new Uint8Array([1, 2, 3]));
});

Deno.test("relayWhole() passes a provider's error with status, body and headers", async () => {
  const body = `{"error":{"message":"slow down","type":"x","odd":1.0}}`;
  const headers = { "retry-after": "7", "x-request-id": "r1", "content-type": "application/json" };
  const it = gateway(() => new Response(body, { status: 429, headers }));
  const response = await it.ask(chat());
  assert.equal(response.status, 429);
  assert.equal(response.headers.get("retry-after"), "7");
  assert.equal(response.headers.get("x-request-id"), "r1");
  assert.equal(await response.text(), body);
  const [facts] = it.settled;
  assert.deepEqual([facts?.status, facts?.ending, facts?.reason], [429, "finished", "Upstream"]);
  assert.deepEqual([facts?.llm?.answered, facts?.llm?.usage], [false, undefined]);
});

Deno.test("relayWhole() passes redirects and empty answers on", async () => {
  const redirect = { status: 307, headers: { location: "https://elsewhere.test/" } };
  const it = gateway(() => new Response(null, redirect));
  const response = await it.ask(chat());
  assert.deepEqual([response.status, response.headers.get("location")], [
    307,
    "https://elsewhere.test/",
  ]);
});

for (
  const [accepted, encoded] of [["gzip, br", true], ["br", false], ["gzip;q=0", false]] as const
) {
  Deno.test(`relayWhole() with accept-encoding ${accepted}: gzip again is ${encoded}`, async () => {
    const it = gateway(() => json(ANSWER, { headers: { "content-encoding": "gzip" } }));
    const response = await it.ask(chat(CHAT, { headers: { "accept-encoding": accepted } }));
    assert.equal(response.headers.get("content-encoding"), encoded ? "gzip" : null);
    const bytes = await response.arrayBuffer();
    assert.equal(await (encoded ? gunzip(bytes) : new Response(bytes)).text(), ANSWER);
    assert.equal(it.calls[0]?.headers.get("accept-encoding"), null);
    assert.equal(it.calls[0]?.decode, true);
  });
}

function gunzip(bytes: ArrayBuffer): Response {
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}

Deno.test("send() sends no header that belongs to the client's connection", async () => {
  const it = gateway(() => json());
  await it.ask(chat(CHAT, {
    headers: {
      connection: "close, X-Listed, content-md5",
      "x-listed": "1",
      "content-md5": "1",
      "keep-alive": "1",
      "proxy-authorization": "1",
      te: "trailers",
      trailer: "x",
      "transfer-encoding": "chunked",
      upgrade: "h2c",
      host: "gateway.test",
      "content-length": "999",
      "accept-encoding": "gzip",
      expect: "100-continue",
      authorization: "Bearer client",
      "x-kept": "1",
      "user-agent": "sdk",
    },
  }));
  assert.deepEqual([...it.calls[0]?.headers.keys() ?? []].sort(), [
    "authorization",
    "content-type",
    "user-agent",
    "x-kept",
  ]);
});

Deno.test("relayWhole() sends no header that belongs to the upstream's connection", async () => {
  const headers = new Headers({
    connection: "x-listed",
    "x-listed": "1",
    "keep-alive": "timeout=5",
    "proxy-authenticate": "x",
    "content-length": "5",
    "content-type": "application/json",
    "x-kept": "1",
  });
  headers.append("set-cookie", "a=1");
  headers.append("set-cookie", "b=2");
  const it = gateway(() => new Response(`{"error":{"message":"x"}}`, { status: 500, headers }));
  const response = await it.ask(chat());
  assert.deepEqual([...new Set(response.headers.keys())].sort(), [
    "content-type",
    "set-cookie",
    "x-kept",
  ]);
  assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
});

const LOCATIONS: readonly [string, CredentialLocation | undefined, string, string, string][] = [
  ["by default", undefined, "authorization", "Bearer s&1", ""],
  ["in a header", { header: { name: "x-api-key" } }, "x-api-key", "s&1", ""],
  ["in a header with a prefix", { header: { name: "x-k", prefix: "Key " } }, "x-k", "Key s&1", ""],
  ["in the query", { queryParameter: { name: "k" } }, "authorization", "Bearer client", "k=s%261"],
  ["in a cookie", { cookie: { name: "k" } }, "cookie", "old=1; k=s&1", ""],
];

for (const [claim, location, header, value, query] of LOCATIONS) {
  Deno.test(`send() puts the credential ${claim}`, async () => {
    const backend = aiBackend({ credential: credential("s&1", location) });
    const it = gateway(() => json(), { backend });
    const headers = { authorization: "Bearer client", cookie: "old=1" };
    await it.ask(chat(CHAT, { headers }));
    assert.equal(it.calls[0]?.headers.get(header), value);
    assert.equal(new URL(it.calls[0]?.url ?? "").search, query === "" ? "" : `?${query}`);
    assert.doesNotMatch(JSON.stringify(it.settled), /s%261|s&1/);
  });
}

Deno.test("send() appends a credential to the client's query", async () => {
  const backend = aiBackend({ credential: credential("s", { queryParameter: { name: "k" } }) });
  const it = gateway(() => json(), { backend });
  await it.ask(
    new Request("http://x/v1/chat/completions?a=1", {
      method: "POST",
      body: JSON.stringify(CHAT),
    }),
  );
  assert.equal(it.calls[0]?.url, "https://api.test/v1/chat/completions?a=1&k=s");
});

Deno.test("handle() applies the header edits of route and backend, in that order", async () => {
  const set = (name: string, value: string): EditHeaders => (headers) =>
    headers.append(name, value);
  const it = gateway(() => json(), {
    backend: aiBackend({
      editRequestHeaders: set("x-q", "backend"),
      editResponseHeaders: set("x-r", "backend"),
    }),
    route: { editRequestHeaders: set("x-q", "route"), editResponseHeaders: set("x-r", "route") },
  });
  const response = await it.ask(chat());
  assert.equal(it.calls[0]?.headers.get("x-q"), "route, backend");
  assert.equal(response.headers.get("x-r"), "backend, route");
});
