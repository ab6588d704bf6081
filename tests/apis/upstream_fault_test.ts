import assert from "node:assert/strict";
import {
  readStreamFault,
  readUpstreamFault,
  requestIdIn,
  retryDelayIn,
} from "../../src/apis/upstream_fault.ts";

const NO_HEADERS = new Headers();

const BODIES: readonly (readonly [string, unknown, object])[] = [
  [
    "OpenAI's",
    { error: { message: "no", type: "invalid_request_error", param: "top_p", code: "bad" } },
    { message: "no", code: "bad", param: "top_p" },
  ],
  [
    "Anthropic's",
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    { message: "Overloaded" },
  ],
  [
    "Google's",
    { error: { code: 429, message: "Quota", status: "RESOURCE_EXHAUSTED" } },
    { message: "Quota", code: "RESOURCE_EXHAUSTED" },
  ],
  [
    "Google's in a list",
    [{ error: { code: 400, message: "Bad", status: "INVALID_ARGUMENT" } }],
    { message: "Bad", code: "INVALID_ARGUMENT" },
  ],
  ["AWS's", { message: "Too many" }, { message: "Too many" }],
  ["AWS's older", { Message: "Denied" }, { message: "Denied" }],
  ["an error that is text", { error: "model is loading" }, { message: "model is loading" }],
  ["a proxy's", { detail: "Not found" }, { message: "Not found" }],
];

for (const [whose, body, fault] of BODIES) {
  Deno.test(`readUpstreamFault() reads ${whose} words`, () => {
    const read = readUpstreamFault(429, NO_HEADERS, JSON.stringify(body));
    assert.deepEqual(read, { status: 429, ...fault });
  });
}

Deno.test("readUpstreamFault() takes any other text for the message", () => {
  assert.deepEqual(readUpstreamFault(502, NO_HEADERS, "<h1>Bad</h1>"), {
    status: 502,
    message: "<h1>Bad</h1>",
  });
  assert.equal(
    readUpstreamFault(503, NO_HEADERS, " ").message,
    "the provider answered with status 503",
  );
  assert.equal(readUpstreamFault(500, NO_HEADERS, `{"x":1}`).message, `{"x":1}`);
});

for (const name of ["x-request-id", "request-id", "x-amzn-requestid", "apim-request-id"]) {
  Deno.test(`requestIdIn() finds the id in ${name}`, () => {
    assert.equal(requestIdIn(new Headers({ [name]: "r-1" })), "r-1");
    assert.equal(readUpstreamFault(500, new Headers({ [name]: "r-1" }), "x").requestId, "r-1");
  });
}

Deno.test("requestIdIn() finds none where there is none", () => {
  assert.equal(requestIdIn(new Headers({ "x-request-id": "" })), undefined);
});

const STREAMED: readonly (readonly [unknown, number])[] = [
  [{ type: "error", error: { type: "overloaded_error", message: "m" } }, 529],
  [{ type: "error", error: { type: "rate_limit_error", message: "m" } }, 429],
  [{ error: { message: "m", code: "rate_limit_exceeded" } }, 429],
  [{ error: { message: "m", type: "requests", code: "rate_limit_exceeded" } }, 429],
  [{ error: { message: "m", type: "service_unavailable_error", code: null } }, 503],
  [
    {
      type: "response.failed",
      response: { error: { message: "m", code: "server_is_overloaded" } },
    },
    503,
  ],
  [{ error: { message: "m", code: 503, status: "UNAVAILABLE" } }, 503],
  [{ type: "error", code: "server_error", message: "m" }, 500],
  [{ type: "response.failed", response: { error: { code: "server_error", message: "m" } } }, 500],
  [{ error: { message: "m", type: "of_tomorrow" } }, 500],
];

for (const [body, status] of STREAMED) {
  Deno.test(`readStreamFault() gives ${JSON.stringify(body)} the status ${status}`, () => {
    const fault = readStreamFault(body);
    assert.equal(fault.status, status);
    assert.equal(fault.message, "m");
  });
}

Deno.test("retryDelayIn() finds how long Google asks to wait", () => {
  const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "1.5s" }];
  assert.equal(retryDelayIn(JSON.stringify({ error: { code: 429, details } })), 2);
  assert.equal(retryDelayIn(JSON.stringify({ error: { code: 429 } })), undefined);
  assert.equal(retryDelayIn("no json"), undefined);
});
