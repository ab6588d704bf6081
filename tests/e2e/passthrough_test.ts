import assert from "node:assert/strict";
import { asked, postChat } from "../support/chat_fixture.ts";
import { llmConfig, modelEntry, upstreamKey } from "../support/configs.ts";
import { readError } from "../support/error_shape.ts";
import { Gateway } from "../support/gateway.ts";
import { at } from "../support/json.ts";
import { latin1, Upstream } from "../support/openai_upstream.ts";
import { rawRequest } from "../support/raw_http.ts";
import { eventsIn } from "../support/sse_client.ts";
import { suite } from "../support/suite.ts";
import { within } from "../support/until.ts";

const test = suite(async () => {
  const upstream = await Upstream.start();
  const gateway = await Gateway.start({
    yaml: (plain, model) =>
      `binds:\n- port: ${plain}\n  listeners:\n  - routes:\n    - backends:\n` +
      `      - host: 127.0.0.1:${upstream.sockets.port}\n` +
      llmConfig(model, modelEntry("gpt-4o", upstream)),
  });
  return {
    upstream,
    /** Where a route leads to a host backend. */
    plain: `${gateway.url}/v1/echo-anything`,
    /** Where the `llm` section listens. */
    model: gateway.urlOf(1),
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
});

for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"]) {
  test(`${method} reaches a host backend as it was sent`, async ({ plain }) => {
    const hasBody = method !== "GET";
    const response = await fetch(`${plain}/a%20b/ü?x=1&x=2&y=%2F`, {
      method,
      headers: { "x-own": "1", "content-type": "text/weird" },
      ...(hasBody && { body: "some text" }),
    });
    const seen: unknown = await response.json();
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("x-echo"), "yes");
    assert.equal(at(seen, "method"), method);
    assert.equal(at(seen, "target"), "/v1/echo-anything/a%20b/%C3%BC?x=1&x=2&y=%2F");
    assert.equal(at(seen, "headers", "x-own"), "1");
    assert.equal(at(seen, "headers", "content-type"), "text/weird");
    assert.equal(at(seen, "body"), hasBody ? "some text" : "");
  });
}

test("HEAD gives the head of the answer and no body", async ({ plain }) => {
  const response = await fetch(plain, { method: "HEAD" });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("x-echo"), "yes");
  assert.equal(await response.text(), "");
});

test("bytes that are no text pass both ways", async ({ plain, upstream }) => {
  const body = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 256);
  const response = await fetch(plain, { method: "POST", body });
  const seen: unknown = await response.json();
  assert.equal(at(seen, "body"), latin1(body));
  assert.deepEqual(new Uint8Array(upstream.last.request.body), body);
});

test("a body beyond the buffer limit passes, since nothing buffers it", async ({ plain }) => {
  const body = "x".repeat(5_000_000);
  const response = await fetch(plain, { method: "POST", body });
  assert.equal(response.status, 200);
  assert.equal(String(at(await response.json(), "body")).length, body.length);
});

test("every status passes as it is, redirects are not followed", async ({ plain }) => {
  for (const status of [201, 301, 302, 307, 400, 401, 404, 418, 429, 500, 503]) {
    const headers = { "x-echo-status": String(status) };
    const response = await fetch(plain, { headers, redirect: "manual" });
    await response.text();
    assert.equal(response.status, status);
  }
});

test("headers of one connection do not go further", async ({ gateway, upstream }) => {
  const request =
    "GET /v1/echo-anything HTTP/1.1\r\nhost: front.example\r\nconnection: close, x-hop\r\n" +
    "x-hop: 1\r\nkeep-alive: timeout=5\r\nte: trailers\r\nx-end: 2\r\n\r\n";
  const answer = await rawRequest(gateway.url, request);
  assert.equal(answer?.status, 200, answer?.body ?? "");
  const { headers } = upstream.last.request;
  assert.equal(headers.get("x-end"), "2");
  assert.deepEqual(
    ["x-hop", "keep-alive"].filter((name) => headers.has(name)),
    [],
    "sent further",
  );
});

test("a path of the llm section that means nothing passes with the model's key", async (shared) => {
  const body = JSON.stringify({ model: "gpt-4o", anything: 1.0 });
  const response = await fetch(`${shared.model}/v1/echo-anything/deep?x=1`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  const seen: unknown = await response.json();
  assert.equal(at(seen, "target"), "/v1/echo-anything/deep?x=1");
  assert.equal(at(seen, "headers", "authorization"), `Bearer ${upstreamKey}`);
  assert.equal(at(seen, "body"), body);
});

test("a multipart body finds its model by its form field", async ({ model, upstream }) => {
  const form = new FormData();
  form.set("model", "gpt-4o");
  form.set("file", new Blob([new Uint8Array([0, 255, 10, 13])]), "audio.wav");
  const response = await fetch(`${model}/v1/echo-anything/audio`, { method: "POST", body: form });
  assert.equal(response.status, 200, await response.text());
  assert.ok(latin1(upstream.last.request.body).includes("\0\u00ff\n\r"));
  const unknown = new FormData();
  unknown.set("model", "gpt-9");
  const init = { method: "POST", body: unknown };
  const error = await readError(await fetch(`${model}/v1/echo-anything/audio`, init));
  assert.equal(error.code, "model_not_found");
});

test("passthrough is logged and counted as http without tokens", async ({ gateway, plain }) => {
  await (await fetch(`${plain}/logged`)).text();
  const line = await gateway.accessLog({ "http.path": "/v1/echo-anything/logged" });
  assert.equal(line.protocol, "http");
  assert.equal(line["gen_ai.request.model"], undefined);
  const scrape = await gateway.metrics();
  assert.deepEqual(scrape.find("agentgateway_gen_ai_client_token_usage_count"), []);
});

test("an answer that is cut is cut for the client too", async ({ gateway }) => {
  for (const how of ["reset", "close"] as const) {
    const script = { events: 5, cut: { after: 3, how } };
    const response = await postChat(gateway, { ...asked(script), stream: true });
    await assert.rejects(response.text(), how);
  }
});

test("a stream passes event by event", async ({ gateway, upstream }) => {
  const script = { events: 5, stepped: true };
  const events = eventsIn(await postChat(gateway, { ...asked(script), stream: true }));
  await within("the first event", 5_000, events.next());
  for (let index = 0; index < script.events; index++) {
    upstream.step();
    const { value } = await within(`token${index} has arrived`, 5_000, events.next());
    assert.match(value ?? "", new RegExp(`token${index} `));
  }
});
