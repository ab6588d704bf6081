import assert from "node:assert/strict";
import { asked, messages, postChat, startChat } from "../support/chat_fixture.ts";
import { llmConfig, modelEntry } from "../support/configs.ts";
import { readError } from "../support/error_shape.ts";
import { Gateway } from "../support/gateway.ts";
import { at } from "../support/json.ts";
import { suite } from "../support/suite.ts";

const test = suite(() => startChat());

interface Row {
  readonly status: number;
  readonly code: string;
  readonly body?: string;
  readonly message?: RegExp;
}

const refusedBodies: Readonly<Record<string, Row>> = {
  "no body": { body: "", status: 400, code: "invalid_request_body" },
  "bad JSON": { body: '{"model": "gpt-4o",', status: 400, code: "invalid_request_body" },
  "bytes that are no UTF-8": { body: "\u00ff\u00fe", status: 400, code: "invalid_request_body" },
  "a JSON array": { body: "[]", status: 400, code: "invalid_request_body" },
  "a JSON string": { body: '"gpt-4o"', status: 400, code: "invalid_request_body" },
  "JSON null": { body: "null", status: 400, code: "invalid_request_body" },
  "no model": { body: '{"messages": []}', status: 400, code: "missing_model" },
  "a model that is a number": { body: '{"model": 4}', status: 400, code: "missing_model" },
  "a model that is null": { body: '{"model": null}', status: 400, code: "missing_model" },
  "an unknown model": {
    body: JSON.stringify({ model: "gpt-9", messages }),
    status: 404,
    code: "model_not_found",
    message: /Model not found/,
  },
  "a model that is a word of JavaScript": {
    body: '{"model": "__proto__"}',
    status: 404,
    code: "model_not_found",
  },
};

for (const [what, { body = "", status, code, message = /./ }] of Object.entries(refusedBodies)) {
  test(`${what} is refused with ${status} ${code}`, async ({ gateway, upstream }) => {
    const before = upstream.records.length;
    const sent = body.startsWith("\u00ff") ? new Uint8Array([0xff, 0xfe]) : body;
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: sent,
    });
    const error = await readError(response);
    assert.deepEqual([error.status, error.code, error.type], [
      status,
      code,
      "invalid_request_error",
    ]);
    assert.match(error.message, message);
    assert.equal(upstream.records.length, before);
  });
}

test("a model that is at fault is named by param", async ({ gateway }) => {
  for (const body of ["{}", '{"model": "gpt-9"}']) {
    assert.equal((await readError(await postChat(gateway, body))).param, "model");
  }
});

test("a path without a body is refused in shape", async ({ gateway }) => {
  for (const path of ["/", "/v1", "/nothing/here?x=1"]) {
    const error = await readError(await fetch(`${gateway.url}${path}`));
    assert.ok([400, 404].includes(error.status), `${path}: ${error.status}`);
  }
});

test("each API refuses a body without its messages in its own shape", async ({ gateway }) => {
  const body = JSON.stringify({ model: "gpt-4o" });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body };
  const openai = await readError(await fetch(`${gateway.url}/v1/responses`, init));
  assert.equal(openai.status, 400);
  assert.match(openai.message, /input/);
  const anthropic = await fetch(`${gateway.url}/v1/messages`, init);
  const seen: unknown = await anthropic.json();
  assert.equal(anthropic.status, 400);
  assert.equal(at(seen, "type"), "error");
  assert.equal(at(seen, "error", "type"), "invalid_request_error");
  const google = await fetch(`${gateway.url}/v1beta/models/gpt-4o:generateContent`, init);
  const googleSeen: unknown = await google.json();
  assert.equal(at(googleSeen, "error", "code"), 400);
  assert.equal(at(googleSeen, "error", "status"), "INVALID_ARGUMENT");
});

const errorPage = "<html>\r\n<body>502 bad gateway \u00e9</body></html>";

test("a provider's error keeps its status, bytes, retry-after and request id", async (shared) => {
  const json = '{ "error" : {"message":"slow \\u0064own", "type":"x","param":null,"n": 1.0}}\n';
  const kept = { "retry-after": "17", "retry-after-ms": "17000", "x-request-id": "req_abc" };
  for (const [status, body] of [[429, json], [503, json], [418, json]] as const) {
    for (const stream of [false, true]) {
      const script = { fail: { status, body }, headers: kept };
      const response = await postChat(shared.gateway, { ...asked(script), stream });
      assert.equal(response.status, status);
      assert.equal(await response.text(), body);
      const seen = Object.keys(kept).map((name) => [name, response.headers.get(name)]);
      assert.deepEqual(Object.fromEntries(seen), kept);
    }
  }
});

test("an error of a proxy in front of the provider becomes the message", async ({ gateway }) => {
  const script = { fail: { status: 502, body: errorPage } };
  const error = await readError(await postChat(gateway, asked(script)));
  assert.deepEqual([error.status, error.type, error.message], [502, "api_error", errorPage]);
});

test("an answer with status 200 that is no JSON becomes 502", async ({ gateway }) => {
  for (const rawBody of [errorPage, '{"choices": [', ""]) {
    const error = await readError(await postChat(gateway, asked({ rawBody })));
    assert.deepEqual([error.status, error.type], [502, "api_error"]);
  }
});

test("a provider that hangs up before its head becomes 503", async ({ gateway }) => {
  for (const how of ["reset", "close"] as const) {
    for (const stream of [false, true]) {
      const script = { cut: { after: "request", how } } as const;
      const error = await readError(await postChat(gateway, { ...asked(script), stream }));
      assert.deepEqual([error.status, error.type], [503, "api_error"], how);
    }
  }
});

test("a stream that is cut ends in an error event and without [DONE]", async ({ gateway }) => {
  for (const how of ["reset", "close", "end"] as const) {
    const script = { events: 4, cut: { after: 2, how } };
    const text = await (await postChat(gateway, { ...asked(script), stream: true })).text();
    assert.match(text, /token1/);
    assert.doesNotMatch(text, /\[DONE\]/);
    const last = text.trimEnd().split("\n\n").at(-1) ?? "";
    const event: unknown = JSON.parse(last.replace(/^(event: \w+\n)?data: /, ""));
    assert.equal(typeof at(event, "error", "message"), "string", last);
  }
});

test("no route in the long form is refused with 404", async ({ upstream }) => {
  await using gateway = await Gateway.start({
    yaml: (port) =>
      `binds:\n- port: ${port}\n  listeners:\n  - routes:\n    - matches:\n` +
      `      - path: {pathPrefix: /known}\n      backends:\n` +
      `      - host: 127.0.0.1:${upstream.sockets.port}\n`,
  });
  const response = await fetch(`${gateway.url}/unknown`, { method: "POST", body: "x" });
  const error = await readError(response);
  assert.equal(error.status, 404);
  assert.match(error.message, /route not found/);
});

test("every refusal is counted once with its status and reason", async ({ upstream }) => {
  await using gateway = await Gateway.start({
    yaml: (port) => llmConfig(port, modelEntry("gpt-4o", upstream)),
  });
  for (const body of ["{", '{"model": "gpt-9"}', "[]"]) {
    await (await postChat(gateway, body)).text();
  }
  await gateway.accessLog({ "http.status": 404 });
  const scrape = await gateway.metrics();
  const count = (status: string) => scrape.sum("agentgateway_requests_total", { status });
  assert.deepEqual([count("400"), count("404")], [2, 1]);
  assert.equal(scrape.sum("agentgateway_requests_total"), 3);
  assert.deepEqual(scrape.find("agentgateway_gen_ai_client_token_usage_count"), []);
});
