import assert from "node:assert/strict";
import { at } from "../../support/json.ts";
import { ask, type AskOptions, HELLO, provider } from "./ask.ts";

Deno.test("answer() serves chat completions under any prefix and with a query", async () => {
  for (const path of ["/chat/completions", "/v1/chat/completions?x=1", "/a/b/chat/completions"]) {
    const response = await ask(provider(), HELLO, { path });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "application/json");
    await response.body?.cancel();
  }
});

Deno.test("answer() tells the type of a stream and the id of a request", async () => {
  const response = await ask(provider(), { ...HELLO, stream: true });
  assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
  assert.match(response.headers.get("x-request-id") ?? "", /^req_[0-9a-f]{32}$/);
  await response.body?.cancel();
});

Deno.test("answer() lists one model", async () => {
  const response = await ask(provider(), "", { method: "GET", path: "/v1/models" });
  assert.deepEqual(await response.json(), {
    object: "list",
    data: [{ id: "mock", object: "model", created: 1704067200, owned_by: "mock" }],
  });
});

const WRONG: readonly (readonly [AskOptions, number, string, string | null])[] = [
  [{ path: "/v1/embeddings" }, 404, "Invalid URL (POST /v1/embeddings)", null],
  [{ method: "GET" }, 405, "Not allowed to GET on /v1/chat/completions.", "method_not_supported"],
  [{ path: "/v1/models" }, 405, "Not allowed to POST on /v1/models.", "method_not_supported"],
];

for (const [options, status, message, code] of WRONG) {
  Deno.test(`answer() refuses ${JSON.stringify(options)} with ${status}`, async () => {
    const response = await ask(provider(), HELLO, options);
    const body: unknown = await response.json();
    assert.equal(response.status, status);
    assert.ok(String(at(body, "error", "message")).startsWith(message));
    assert.equal(at(body, "error", "type"), "invalid_request_error");
    assert.equal(at(body, "error", "param"), null);
    assert.equal(at(body, "error", "code"), code);
  });
}

const STATUSES: readonly (readonly [number, string, string | null])[] = [
  [400, "invalid_request_error", null],
  [401, "invalid_request_error", "invalid_api_key"],
  [403, "request_forbidden", "unsupported_country_region_territory"],
  [404, "invalid_request_error", "model_not_found"],
  [429, "requests", "rate_limit_exceeded"],
  [500, "server_error", null],
  [503, "server_error", null],
];

for (const [status, type, code] of STATUSES) {
  Deno.test(`an error of status ${status} is worded as the API words it`, async () => {
    for (
      const settings of [{ faults: { error: { status } } }, { responses: [{ error: { status } }] }]
    ) {
      const response = await ask(provider(settings), HELLO);
      const body: unknown = await response.json();
      assert.equal(response.status, status);
      assert.equal(at(body, "error", "type"), type);
      assert.equal(at(body, "error", "code"), code);
      assert.equal(at(body, "error", "param"), null);
      assert.ok(at(body, "error", "message"));
      assert.equal(response.headers.get("retry-after"), status === 429 ? "1" : null);
    }
  });
}

Deno.test("an error takes its words and retry-after from the settings", async () => {
  const error = {
    status: 503,
    type: "overloaded",
    code: "busy",
    param: "model",
    message: "Later.",
    retryAfter: "1500ms",
  };
  const response = await ask(provider({ responses: [{ error }] }), { ...HELLO, stream: true });
  assert.equal(response.headers.get("retry-after"), "2");
  assert.equal(response.headers.get("retry-after-ms"), "1500");
  assert.deepEqual(await response.json(), {
    error: { message: "Later.", type: "overloaded", param: "model", code: "busy" },
  });
});

async function statuses(settings: unknown, bodies: readonly unknown[]): Promise<readonly number[]> {
  const one = provider(settings);
  const found: number[] = [];
  for (const body of bodies) {
    const response = await ask(one, body);
    await response.body?.cancel();
    found.push(response.status);
  }
  return found;
}

Deno.test("faults.every hits each n-th request", async () => {
  const settings = { faults: { every: 3, error: { status: 500 } } };
  assert.deepEqual(
    await statuses(settings, Array(7).fill(HELLO)),
    [200, 200, 500, 200, 200, 500, 200],
  );
});

Deno.test("faults of a response replace those of the provider and count alone", async () => {
  const other = { ...HELLO, model: "other" };
  const calm = { ...HELLO, model: "calm" };
  const settings = {
    faults: { error: { status: 500 } },
    responses: [
      { match: { model: "calm" }, faults: {} },
      { match: { model: "other" }, faults: { every: 2, error: { status: 429 } } },
    ],
  };
  assert.deepEqual(
    await statuses(settings, [HELLO, other, calm, other, other]),
    [500, 200, 200, 429, 200],
  );
});

Deno.test("connect() gives a provider that answers as the model of its settings", () => {
  assert.equal(provider({ model: "gpt-4o" }).model, "gpt-4o");
  assert.equal(provider().model, undefined);
  assert.equal(provider().name, "mock");
});
