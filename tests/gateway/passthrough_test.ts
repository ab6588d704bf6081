import assert from "node:assert/strict";
import zlib from "node:zlib";
import { GatewayError } from "../../src/errors.ts";
import type { Backend } from "../../src/routing/backend.ts";
import { aiBackend, CHAT, chat, gateway, json, modelsBackend, script } from "./harness.ts";

const HOST: Backend = {
  type: "host",
  upstream: { name: "web", origin: "http://web.test", endpoint: "web.test:80" },
};

Deno.test("passThrough() hands method, path, query, headers and body through", async () => {
  const it = gateway(() => new Response("made", { status: 201, headers: { "x-a": "1" } }), {
    backend: HOST,
  });
  const response = await it.ask(
    new Request("http://gateway.test/some/%2Fpath?q=%20&q=2", {
      method: "PUT",
      body: "bytes",
      headers: { "x-b": "2", connection: "close" },
    }),
  );
  assert.deepEqual([response.status, response.headers.get("x-a")], [201, "1"]);
  assert.equal(await response.text(), "made");
  const [call] = it.calls;
  assert.equal(call?.url, "http://web.test/some/%2Fpath?q=%20&q=2");
  assert.deepEqual([call?.method, call?.body, call?.decode], ["PUT", "bytes", false]);
  assert.deepEqual([call?.headers.get("x-b"), call?.headers.get("connection")], ["2", null]);
  const [facts] = it.settled;
  assert.deepEqual([facts?.ending, facts?.responseBytes, facts?.protocol], ["finished", 4, "http"]);
});

for (const [sent, asked] of [[undefined, "identity"], ["gzip", "gzip"]] as const) {
  Deno.test(`passThrough() asks for ${asked} when the client accepts ${sent}`, async () => {
    const zipped = new Uint8Array(zlib.gzipSync("x"));
    const headers = { "content-encoding": "gzip", "content-length": String(zipped.length) };
    const it = gateway(() => new Response(zipped, { headers }), { backend: HOST });
    const init = sent === undefined ? {} : { headers: { "accept-encoding": sent } };
    const response = await it.ask(new Request("http://gateway.test/", init));
    assert.equal(it.calls[0]?.headers.get("accept-encoding"), asked);
    assert.equal(response.headers.get("content-encoding"), "gzip");
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), zipped);
  });
}

Deno.test("passThrough() settles at once where there is no body", async () => {
  for (const [method, status] of [["HEAD", 200], ["GET", 204], ["GET", 304]] as const) {
    const it = gateway(() => new Response(null, { status }), { backend: HOST });
    const response = await it.ask(new Request("http://gateway.test/", { method }));
    assert.deepEqual([response.status, response.body], [status, null]);
    assert.deepEqual(it.settled.map(({ ending }) => ending), ["finished"]);
  }
});

for (const path of ["/public/../admin", "/public/%2e%2E/admin", "/public/..\\admin"]) {
  Deno.test(`handle() refuses to hand ${path} to a host`, async () => {
    const it = gateway(() => json(), { backend: HOST });
    const response = await it.ask(at(path));
    assert.equal(response.status, 400);
    assert.equal(it.calls.length, 0);
  });
}

/** A request whose path is as a client sent it; `Request` itself would resolve it. */
function at(path: string): Request {
  const request = new Request("http://gateway.test/");
  Object.defineProperty(request, "url", { value: `http://gateway.test${path}` });
  return request;
}

Deno.test("passThrough() breaks the client's connection when the upstream breaks", async () => {
  const upstream = script();
  const it = gateway(() => upstream.response(), { backend: HOST });
  const response = await it.ask(new Request("http://gateway.test/"));
  upstream.send("part");
  const read = response.text();
  upstream.cut();
  await assert.rejects(read);
  const [facts, ...more] = it.settled;
  assert.deepEqual([facts?.ending, facts?.reason, more.length], [
    "upstream-cut",
    "UpstreamFailure",
    0,
  ]);
});

Deno.test("passThrough() closes the upstream when the client cancels", async () => {
  const upstream = script();
  const it = gateway(() => upstream.response(), { backend: HOST });
  const response = await it.ask(new Request("http://gateway.test/"));
  await response.body?.cancel();
  assert.ok(upstream.state.cancelled);
  assert.deepEqual(it.settled.map(({ ending, status }) => [ending, status]), [[
    "client-gone",
    499,
  ]]);
});

Deno.test("passThrough() ends with client-gone when the signal comes before the cancel", async () => {
  const client = new AbortController();
  const upstream = script();
  const it = gateway(() => upstream.response(), { backend: HOST });
  const response = await it.ask(new Request("http://gateway.test/", { signal: client.signal }));
  const read = response.text().catch(() => {});
  client.abort();
  upstream.cut(client.signal.reason);
  await read;
  assert.deepEqual(it.settled.map(({ ending, status }) => [ending, status]), [[
    "client-gone",
    499,
  ]]);
});

Deno.test("passThrough() says that the gateway itself has cut an answer", async () => {
  const upstream = script();
  const it = gateway(() => upstream.response(), { backend: HOST });
  const response = await it.ask(new Request("http://gateway.test/"));
  const read = response.text().catch(() => {});
  const reason = new GatewayError("unavailable", "the gateway is shutting down");
  for (const exchange of [...it.services.inFlight]) exchange.abort(reason);
  upstream.cut(reason);
  await read;
  assert.deepEqual(it.settled.map(({ ending, reason, error }) => [ending, reason, error]), [
    ["upstream-cut", "Internal", "the gateway is shutting down"],
  ]);
});

Deno.test("passThrough() writes nothing into facts that are settled", async () => {
  const it = gateway(() => script().response(), { backend: HOST });
  const response = await it.ask(new Request("http://gateway.test/"));
  const reader = response.body?.getReader();
  const pending = reader?.read();
  await reader?.cancel("gone");
  await pending;
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(it.live, it.settled);
});

Deno.test("handle() picks the target of a passthrough by a JSON model, body untouched", async () => {
  const it = gateway(() => json("{}"), { backend: modelsBackend({ m: {} }) });
  const body = `{"model" : "m", "n": 1.0}`;
  const zipped = new Uint8Array(zlib.gzipSync(body));
  const headers = { "content-encoding": "gzip" };
  await it.ask(new Request("http://x/v1/other?a=1", { method: "POST", body: zipped, headers }));
  const [call] = it.calls;
  assert.deepEqual([call?.url, call?.body], ["https://api.test/v1/other?a=1", body]);
  assert.equal(call?.headers.get("content-encoding"), null);
});

Deno.test("handle() picks the target of a passthrough by a multipart model", async () => {
  const it = gateway(() => json("{}"), { backend: modelsBackend({ m: {} }) });
  const cases = [
    [form({ model: "m" }), 200, undefined],
    [form({ model: "x" }), 404, "model_not_found"],
    [form({}), 400, "missing_model"],
    [form({ model: new File(["m"], "m") }), 400, "invalid_model"],
  ] as const;
  for (const [body, status, code] of cases) {
    const response = await it.ask(new Request("http://x/v1/audio", { method: "POST", body }));
    assert.equal(response.status, status);
    assert.equal((await response.json()).error?.code, code);
  }
  const broken = new Request("http://x/v1/audio", {
    method: "POST",
    body: "no form",
    headers: { "content-type": "multipart/form-data; boundary=x" },
  });
  const response = await it.ask(broken);
  assert.deepEqual([response.status, (await response.json()).error.code], [
    400,
    "invalid_request_body",
  ]);
});

function form(fields: Readonly<Record<string, string | File>>): FormData {
  const data = new FormData();
  data.append("file", new File(["x"], "x.txt"));
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

Deno.test("handle() refuses methods that its client cannot send, on every route type", async () => {
  for (const backend of [HOST, aiBackend(), aiBackend({}, { "*": "passthrough" })]) {
    const it = gateway(() => json(), { backend });
    const request = chat(CHAT);
    Object.defineProperty(request, "method", { value: "TRACE" });
    const response = await it.ask(request);
    assert.deepEqual([response.status, it.calls.length], [405, 0], JSON.stringify(backend.type));
  }
});
