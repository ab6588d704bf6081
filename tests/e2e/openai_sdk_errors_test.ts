import assert from "node:assert/strict";
import OpenAI, { APIError } from "openai";
import { asked, messages, startChat } from "../support/chat_fixture.ts";
import { defaultText, type Script, scripted } from "../support/openai_script.ts";
import { suite } from "../support/suite.ts";

const test = suite(() => startChat());

const classes = {
  400: OpenAI.BadRequestError,
  401: OpenAI.AuthenticationError,
  403: OpenAI.PermissionDeniedError,
  404: OpenAI.NotFoundError,
  409: OpenAI.ConflictError,
  422: OpenAI.UnprocessableEntityError,
  429: OpenAI.RateLimitError,
  500: OpenAI.InternalServerError,
  503: OpenAI.InternalServerError,
} as const;

for (const [status, errorClass] of Object.entries(classes)) {
  for (const stream of [false, true]) {
    test(`a provider's ${status} becomes the SDK's error, stream: ${stream}`, async (shared) => {
      const error = { message: `says ${status}`, type: "t", param: "p", code: "c" };
      const body = JSON.stringify({ error });
      const fail = { status: Number(status), body };
      const thrown = await caught(shared.client.chat.completions.create({
        ...asked({ fail, headers: { "x-request-id": `req_${status}` } }),
        stream,
      }));
      assert.ok(thrown instanceof errorClass, String(thrown));
      assert.equal(thrown.status, fail.status);
      assert.deepEqual(thrown.error, error);
      assert.deepEqual([thrown.type, thrown.param, thrown.code], ["t", "p", "c"]);
      assert.equal(thrown.requestID, `req_${status}`);
    });
  }
}

test("a refused body gives BadRequestError with the provider's param and code", async (shared) => {
  const answer = shared.client.chat.completions.create({ model: "gpt-4o", messages: [] });
  const thrown = await caught(answer);
  assert.ok(thrown instanceof OpenAI.BadRequestError, String(thrown));
  assert.deepEqual([thrown.param, thrown.code], ["messages", "empty_array"]);
});

test("a key that the provider refuses gives AuthenticationError", async ({ client }) => {
  const thrown = await caught(client.chat.completions.create({ model: "wrong-key", messages }));
  assert.ok(thrown instanceof OpenAI.AuthenticationError, String(thrown));
  assert.equal(thrown.code, "invalid_api_key");
});

test("an unknown model gives NotFoundError with code model_not_found", async (shared) => {
  const { client, upstream } = shared;
  const before = upstream.records.length;
  const thrown = await caught(client.chat.completions.create({ model: "gpt-9", messages }));
  assert.ok(thrown instanceof OpenAI.NotFoundError, String(thrown));
  assert.equal(thrown.code, "model_not_found");
  assert.equal(thrown.type, "invalid_request_error");
  assert.equal(upstream.records.length, before);
});

const limited = {
  fail: { status: 429 },
  headers: { "retry-after": "1" },
} satisfies Script;

test("maxRetries waits for the provider's retry-after and then succeeds", async (shared) => {
  const { client, upstream } = shared;
  const first = upstream.records.length;
  upstream.next(limited, {});
  const body = { model: "gpt-4o", messages };
  const answer = await client.chat.completions.create(body, { maxRetries: 2 });
  assert.equal(answer.choices[0]?.message.content, defaultText);
  const [refused, retried, ...more] = upstream.records.slice(first);
  assert.deepEqual(more, []);
  assert.equal(retried?.request.headers.get("x-stainless-retry-count"), "1");
  const waitedMs = (retried?.request.receivedMs ?? 0) - (refused?.request.receivedMs ?? 0);
  assert.ok(waitedMs >= 990 && waitedMs < 2_000, `waited ${waitedMs} ms`);
});

test("retry-after and the request id reach a client that does not retry", async ({ client }) => {
  const thrown = await caught(client.chat.completions.create({
    model: "gpt-4o",
    messages,
    ...scripted(limited),
  }));
  assert.ok(thrown instanceof OpenAI.RateLimitError, String(thrown));
  assert.equal(thrown.headers.get("retry-after"), "1");
  assert.match(thrown.requestID ?? "", /^req_standin_/);
  assert.equal(thrown.code, "rate_limit_exceeded");
});

test("a stream that is cut upstream ends in an APIError, not in a short answer", async (shared) => {
  for (const how of ["reset", "close", "end"] as const) {
    const stream = await shared.client.chat.completions.create({
      ...asked({ events: 5, cut: { after: 3, how } }),
      stream: true,
    });
    const thrown = await caught(Array.fromAsync(stream));
    assert.ok(thrown instanceof APIError, `${how}: ${thrown}`);
  }
});

async function caught(answer: PromiseLike<unknown>): Promise<unknown> {
  try {
    return `nothing was thrown: ${JSON.stringify(await answer)}`;
  } catch (error) {
    return error;
  }
}
