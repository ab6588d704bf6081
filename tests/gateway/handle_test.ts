import assert from "node:assert/strict";
import zlib from "node:zlib";
import { hostTable } from "../../src/routing/hostname.ts";
import { aiBackend, ANSWER, CHAT, chat, gateway, json, modelsBackend } from "./harness.ts";

Deno.test("handle() passes a buffered answer on byte for byte and meters it", async () => {
  const text = `{ "model":"m-1","n":9007199254740993,"choices":[],"usage":{"prompt_tokens":7, ` +
    `"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":2}} }`;
  const it = gateway(() => json(text));
  const response = await it.ask(chat());
  assert.equal(response.status, 200);
  assert.equal(await response.text(), text);
  const [facts, ...more] = it.settled;
  assert.equal(more.length, 0);
  assert.equal(facts?.ending, "finished");
  assert.equal(facts?.reason, "Upstream");
  assert.equal(facts?.endpoint, "api.test:443");
  assert.equal(facts?.responseBytes, text.length);
  assert.deepEqual(facts?.llm?.usage, { inputTokens: 7, outputTokens: 3, cacheReadTokens: 2 });
  assert.equal(facts?.llm?.usageSource, "provider");
  assert.equal(facts?.llm?.responseModel, "m-1");
  assert.equal(facts?.llm?.answered, true);
  assert.equal(it.services.inFlight.size, 0);
});

Deno.test("handle() sends the client's own bytes when nothing has to change", async () => {
  const text = `{"model":"m",  "messages":[], "x":1.0, "y":9007199254740993}`;
  const it = gateway(() => json());
  await it.ask(chat(text));
  assert.equal(it.calls[0]?.body, text);
  assert.equal(it.calls[0]?.url, "https://api.test/v1/chat/completions");
});

Deno.test("handle() estimates usage that the provider did not send", async () => {
  const answer = `{"choices":[{"message":{"content":"123456789"}}]}`;
  const it = gateway(() => json(answer));
  await it.ask(chat());
  assert.deepEqual(it.settled[0]?.llm?.usage, { inputTokens: 2, outputTokens: 3 });
  assert.equal(it.settled[0]?.llm?.usageSource, "estimated");
});

Deno.test("handle() does not take a usage without any count for the provider's", async () => {
  const it = gateway(() => json(`{"choices":[],"usage":{"prompt_tokens":null}}`));
  await it.ask(chat());
  assert.equal(it.settled[0]?.llm?.usageSource, "estimated");
  assert.deepEqual(it.settled[0]?.llm?.usage, { inputTokens: 2, outputTokens: 0 });
});

Deno.test("handle() estimates the side of a usage that the provider left out", async () => {
  const it = gateway(() => json(`{"choices":[],"usage":{"prompt_tokens":7}}`));
  await it.ask(chat());
  assert.equal(it.settled[0]?.llm?.usageSource, "estimated");
  assert.deepEqual(it.settled[0]?.llm?.usage, { inputTokens: 7, outputTokens: 0 });
});

interface Refusal {
  readonly claim: string;
  readonly request: () => Request;
  readonly status: number;
  readonly code: string;
  readonly reason: string;
}

const gzip = (text: string) => new Uint8Array(zlib.gzipSync(text));

const REFUSALS: readonly Refusal[] = [
  {
    claim: "a body that is no JSON",
    request: () => chat("{"),
    status: 400,
    code: "invalid_request_body",
    reason: "DirectResponse",
  },
  {
    claim: "a body that is no object",
    request: () => chat("[1]"),
    status: 400,
    code: "invalid_request_body",
    reason: "DirectResponse",
  },
  {
    claim: "a body that is no UTF-8",
    request: () => chat(CHAT, { body: new Uint8Array([0x7b, 0xff, 0x7d]) }),
    status: 400,
    code: "invalid_request_body",
    reason: "DirectResponse",
  },
  {
    claim: "an empty body",
    request: () => chat(""),
    status: 400,
    code: "invalid_request_body",
    reason: "DirectResponse",
  },
  {
    claim: "a missing model",
    request: () => chat("{}"),
    status: 400,
    code: "missing_model",
    reason: "DirectResponse",
  },
  {
    claim: "a model that is no string",
    request: () => chat(`{"model":1}`),
    status: 400,
    code: "missing_model",
    reason: "DirectResponse",
  },
  {
    claim: "an unknown model",
    request: () => chat({ model: "nobody" }),
    status: 404,
    code: "model_not_found",
    reason: "DirectResponse",
  },
  {
    claim: "a coding that is not known",
    request: () => chat(CHAT, { headers: { "content-encoding": "compress" } }),
    status: 415,
    code: "unsupported_content_encoding",
    reason: "InvalidRequest",
  },
  {
    claim: "a body that does not decode",
    request: () => chat(CHAT, { headers: { "content-encoding": "gzip" } }),
    status: 400,
    code: "request_body_decode_failed",
    reason: "InvalidRequest",
  },
  {
    claim: "a declared length over the limit",
    request: () => chat("x".repeat(101), { headers: { "content-length": "101" } }),
    status: 413,
    code: "request_body_too_large",
    reason: "InvalidRequest",
  },
  {
    claim: "an undeclared length over the limit",
    request: () => chat("x".repeat(101)),
    status: 413,
    code: "request_body_too_large",
    reason: "InvalidRequest",
  },
  {
    claim: "a body that unfolds over the limit",
    request: () =>
      chat(CHAT, { body: gzip(" ".repeat(9_999)), headers: { "content-encoding": "gzip" } }),
    status: 413,
    code: "request_body_too_large",
    reason: "InvalidRequest",
  },
];

for (const { claim, request, status, code, reason } of REFUSALS) {
  Deno.test(`handle() refuses ${claim}`, async () => {
    const it = gateway(() => json(), { backend: modelsBackend({ m: {} }), bodyBytesMax: 100 });
    const response = await it.ask(request());
    const { error } = await response.json();
    assert.deepEqual([response.status, error.code], [status, code]);
    assert.equal(error.type, "invalid_request_error");
    assert.equal(it.calls.length, 0);
    assert.deepEqual(it.settled.map((facts) => [facts.status, facts.ending, facts.reason]), [
      [status, "refused", reason],
    ]);
  });
}

Deno.test("handle() names limit and setting when a body is too large", async () => {
  const it = gateway(() => json(), { bodyBytesMax: 100 });
  const { error } = await (await it.ask(chat("x".repeat(101)))).json();
  assert.match(error.message, /100 bytes.*frontendPolicies\.http\.maxBufferSize/);
});

for (const coding of ["gzip", "deflate", "br", "zstd"] as const) {
  Deno.test(`handle() unfolds a request in ${coding} and sends it plain`, async () => {
    const encode = {
      gzip: zlib.gzipSync,
      deflate: zlib.deflateSync,
      br: zlib.brotliCompressSync,
      zstd: zlib.zstdCompressSync,
    }[coding];
    const it = gateway(() => json());
    const body = new Uint8Array(encode(JSON.stringify(CHAT)));
    await it.ask(chat(CHAT, { body, headers: { "content-encoding": coding } }));
    assert.equal(it.calls[0]?.body, JSON.stringify(CHAT));
    assert.equal(it.calls[0]?.headers.get("content-encoding"), null);
  });
}

Deno.test("handle() answers 404 in the client's API when there is no route", async () => {
  const none = hostTable([{
    hostnames: [],
    entry: { name: "l", findRoute: () => undefined },
  }]);
  for (const [path, shape] of [["/v1/chat/completions", "error"], ["/v1/messages", "type"]]) {
    const it = gateway(() => json(), { listeners: none });
    const response = await it.ask(new Request(`http://x${path}`, { method: "POST", body: "{}" }));
    assert.equal(response.status, 404);
    assert.ok(Object.hasOwn(await response.json(), shape ?? ""), path ?? "");
    assert.equal(it.settled[0]?.reason, "NotFound");
  }
});

Deno.test("handle() looks at the next host level where a listener has no fitting route", async () => {
  const route = {
    name: "default/any",
    strict: false,
    backends: [{ weight: 1, backend: aiBackend() }],
  };
  const it = gateway(() => json(), {
    listeners: hostTable([
      { hostnames: ["a.test"], entry: { name: "exact", findRoute: () => undefined } },
      { hostnames: [], entry: { name: "any", findRoute: () => route } },
    ]),
  });
  await it.ask(chat(CHAT, { headers: { host: "a.test" } }));
  assert.deepEqual([it.settled[0]?.listener, it.settled[0]?.route], ["any", "default/any"]);
});

Deno.test("handle() answers 500 when a route has no backend to pick", async () => {
  for (const backends of [[], [{ weight: 0, backend: aiBackend() }]]) {
    const it = gateway(() => json(), { route: { backends } });
    assert.equal((await it.ask(chat())).status, 500);
    assert.equal(it.settled[0]?.reason, "NoHealthyBackend");
  }
});

Deno.test("handle() lists public models and never asks upstream", async () => {
  const it = gateway(() => json(), { backend: modelsBackend({ "gpt-*": {}, "*": {} }) });
  for (const path of ["/v1/models", "/models", "/v1/models/x", "/models/"]) {
    const body = await (await it.ask(new Request(`http://x${path}`))).json();
    assert.deepEqual(body, {
      data: [
        { id: "gpt-*", object: "model", created: 42, owned_by: "openai" },
        { id: "*", object: "model", created: 42, owned_by: "openai" },
      ],
      object: "list",
    });
  }
  assert.equal(it.calls.length, 0);
  assert.deepEqual(new Set(it.settled.map((facts) => facts.reason)), new Set(["DirectResponse"]));
});

for (const method of ["GET", "PUT", "DELETE", "OPTIONS"]) {
  Deno.test(`handle() answers 405 to ${method} on an API route`, async () => {
    const it = gateway(() => json());
    const response = await it.ask(new Request("http://x/v1/chat/completions", { method }));
    assert.deepEqual([response.status, response.headers.get("allow")], [405, "POST"]);
    assert.equal((await response.json()).error.code, "method_not_allowed");
    assert.equal(it.calls.length, 0);
    assert.equal(it.settled.length, 1);
  });
}

Deno.test("handle() answers 501 on a route of models, as there is no list of them", async () => {
  const it = gateway(() => json(), { backend: aiBackend({}, { "*": "models" }) });
  const response = await it.ask(new Request("http://x/v1/models"));
  const { error } = await response.json();
  assert.deepEqual([response.status, error.code, error.message], [
    501,
    "not_implemented",
    "Route 'Models' not implemented",
  ]);
});

Deno.test("handle() says which route types are not built, in the client's shape", async () => {
  const backend = aiBackend({}, { "/v1/realtime": "realtime" });
  const it = gateway(() => json(), { backend });
  const response = await it.ask(new Request("http://x/v1/realtime", { method: "POST" }));
  assert.match((await response.json()).error.message, /not supported yet: route type realtime/);
});

Deno.test("handle() reports its own faults to the operator, not to the client", async () => {
  const backend = aiBackend({
    editRequestHeaders: () => {
      throw new Error("secret detail");
    },
  });
  const it = gateway(() => json(), { backend });
  const response = await it.ask(chat());
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret detail/);
  assert.equal(it.internal.length, 1);
  assert.equal(it.settled.length, 1);
});

Deno.test("handle() counts an answer that is read late only once", async () => {
  const it = gateway(() => json());
  const response = await it.ask(chat());
  assert.equal(it.settled.length, 1);
  assert.equal(await response.text(), ANSWER);
  assert.equal(it.settled.length, 1);
});
