import assert from "node:assert/strict";
import { Refusal } from "../../../src/policies/refusal.ts";
import { GrpcRefusal } from "../../support/grpc_server.ts";
import { rateLimitServer } from "../../support/rate_limit_service.ts";
import { subjectOf } from "../../support/subject.ts";
import { until } from "../../support/until.ts";
import { errorOf, remoteLimits, requestOf } from "./remote_limits.ts";

const USER = { entries: [{ key: "user", value: 'request.headers["x-user"]' }] };
const OK = { overallCode: 1 };

Deno.test("remoteRequestLimits() tells the service who asks, and lets in what it allows", async () => {
  await using limits = await remoteLimits(() => OK, { descriptors: [USER] });
  assert.equal(await limits.policy.apply(requestOf()), undefined);
  const entries = [{ key: "user", value: "ann" }];
  assert.deepEqual(limits.server.questions, [
    { domain: "d", descriptors: [{ entries, hitsAddend: { value: 1 } }], hitsAddend: 1 },
  ]);
});

Deno.test("remoteRequestLimits() leaves out descriptors that have no value", async () => {
  await using limits = await remoteLimits(() => OK, {
    descriptors: [
      { entries: [{ key: "a", value: 'request.headers["x-none"]' }] },
      { entries: [{ key: "b", value: "''" }] },
      { entries: [{ key: "c", value: "{'a': 1}" }] },
      { entries: [{ key: "d", value: "1" }, { key: "e", value: "true" }], cost: "-1" },
      { entries: [{ key: "f", value: "1" }], cost: "1.5" },
      { entries: [{ key: "g", value: "1" }], cost: "request.headers['x-none']" },
      { entries: [{ key: "h", value: "1" }], limitOverride: "{'unit': 'week'}" },
      {
        entries: [{ key: "i", value: "1" }],
        limitOverride: "{'unit': 'day', 'requestsPerUnit': -1}",
      },
      { entries: [{ key: "j", value: "1" }, { key: "k", value: "true" }], cost: "uint(7)" },
      {
        entries: [{ key: "l", value: "1.5" }],
        limitOverride: "{'unit': 'hour', 'requestsPerUnit': 100}",
      },
    ],
  });
  await limits.policy.apply(requestOf());
  assert.deepEqual(limits.server.questions.map(({ descriptors }) => descriptors), [[
    {
      entries: [{ key: "j", value: "1" }, { key: "k", value: "true" }],
      hitsAddend: { value: 7 },
    },
    {
      entries: [{ key: "l", value: "1.5" }],
      limit: { requestsPerUnit: 100, unit: "HOUR" },
      hitsAddend: { value: 1 },
    },
  ]]);
});

Deno.test("remoteRequestLimits() asks nobody where no descriptor is left", async () => {
  await using limits = await remoteLimits(() => OK, { descriptors: [USER] });
  await limits.policy.apply(subjectOf());
  assert.deepEqual(limits.server.questions, []);
});

const STATUSES = [
  {
    code: 1,
    currentLimit: { requestsPerUnit: 100, unit: 2 },
    limitRemaining: 50,
    durationUntilReset: { seconds: 60 },
  },
  {
    code: 2,
    currentLimit: { requestsPerUnit: 10, unit: 1 },
    limitRemaining: 0,
    durationUntilReset: { seconds: 1, nanos: 1 },
  },
];

Deno.test("remoteRequestLimits() refuses what is over a limit, and says when to come back", async () => {
  await using limits = await remoteLimits(
    () => ({ overallCode: 2, statuses: STATUSES }),
    { descriptors: [USER] },
  );
  const subject = requestOf();
  const error = await errorOf(limits.policy.apply(subject));
  assert.deepEqual(
    [error.status, error.code, error.reason, error.message, error.headers],
    [429, "rate_limit_exceeded", "RateLimit", "rate limit exceeded", { "retry-after": "2" }],
  );
  assert.ok(error instanceof Refusal);
  assert.equal(error.reply, undefined);
  const { headers } = await subject.answer(new Response());
  assert.deepEqual(Object.fromEntries(headers), {
    "x-ratelimit-limit": "10",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-reset": "2",
  });
});

Deno.test("remoteRequestLimits() hands on what the service says to the client", async () => {
  await using limits = await remoteLimits(() => ({
    overallCode: 2,
    statuses: STATUSES,
    responseHeadersToAdd: [
      { key: "X-Plan", value: "free" },
      { key: "content-type", value: "application/json" },
    ],
    rawBody: new TextEncoder().encode('{"upgrade": true}'),
  }), { descriptors: [USER] });
  const subject = requestOf();
  const error = await errorOf(limits.policy.apply(subject));
  assert.ok(error instanceof Refusal && error.reply !== undefined);
  const { status, headers, body } = error.reply;
  const answer = await subject.answer(new Response(body, { status, headers }));
  assert.equal(answer.status, 429);
  assert.equal(await answer.text(), '{"upgrade": true}');
  assert.equal(answer.headers.get("content-type"), "application/json");
  assert.equal(answer.headers.get("retry-after"), "2");
  assert.equal(answer.headers.get("x-plan"), "free");
});

Deno.test("remoteRequestLimits() puts headers into the request and into every answer", async () => {
  await using limits = await remoteLimits(() => ({
    ...OK,
    statuses: STATUSES.slice(0, 1),
    requestHeadersToAdd: [{ key: "x-user", value: "the service's" }],
    responseHeadersToAdd: [{ key: "x-left", value: "50" }],
  }), { descriptors: [USER] });
  const subject = requestOf();
  await limits.policy.apply(subject);
  assert.equal(subject.head.headers.get("x-user"), "the service's");
  const { headers } = await subject.answer(new Response());
  assert.deepEqual(Object.fromEntries(headers), {
    "x-left": "50",
    "x-ratelimit-limit": "100",
    "x-ratelimit-remaining": "50",
    "x-ratelimit-reset": "60",
  });
});

Deno.test("remoteRequestLimits() leaves the numbers to a service that reports them itself", async () => {
  await using limits = await remoteLimits(() => ({
    ...OK,
    statuses: STATUSES,
    responseHeadersToAdd: [{ key: "x-ratelimit-remaining", value: "7" }],
  }), { descriptors: [USER] });
  const subject = requestOf();
  subject.onAnswer(({ headers }) => headers.set("x-ratelimit-limit", "of another limit"));
  await limits.policy.apply(subject);
  const { headers } = await subject.answer(new Response());
  assert.deepEqual(Object.fromEntries(headers), { "x-ratelimit-remaining": "7" });
});

const HOSTILE = [
  { key: "x-a", value: "1\r\nx-injected: 1" },
  { key: "x-b\r\nx-injected", value: "1" },
  { key: "content-length", value: "0" },
  { key: "Transfer-Encoding", value: "chunked" },
  { key: "connection", value: "close" },
  { key: "", value: "1" },
  { key: ":status", value: "200" },
  { key: "x-c", value: "\u4e2d" },
];

Deno.test("remoteRequestLimits() puts no header into messages that could change their form", async () => {
  await using limits = await remoteLimits(
    () => ({ ...OK, requestHeadersToAdd: HOSTILE, responseHeadersToAdd: HOSTILE }),
    { descriptors: [USER] },
  );
  const subject = requestOf();
  const before = [...subject.head.headers];
  await limits.policy.apply(subject);
  assert.deepEqual([...subject.head.headers], before);
  assert.deepEqual([...(await subject.answer(new Response())).headers], []);
});

const FAILURES: Readonly<Record<string, Parameters<typeof remoteLimits>[0]>> = {
  "refuses the question": () => {
    throw new GrpcRefusal("no such domain", 5);
  },
  "answers with what is no message": () => Uint8Array.of(0xff, 0xff, 0xff),
  "answers with more than anybody reads": () => new Uint8Array(2 * 1024 * 1024),
  "does not know": () => ({ overallCode: 0 }),
  "says nothing": () => new Uint8Array(),
};

for (const [claim, decide] of Object.entries(FAILURES)) {
  Deno.test(`remoteRequestLimits() fails a request when the service ${claim}`, async () => {
    await using limits = await remoteLimits(decide, { descriptors: [USER] });
    const error = await errorOf(limits.policy.apply(requestOf()));
    assert.deepEqual(
      [error.status, error.code, error.reason, error.message],
      [500, "rate_limit_failed", "RateLimit", "rate limit failed"],
    );
    assert.equal(limits.context.warned.length, 1);
  });

  Deno.test(`remoteRequestLimits() may let it pass when the service ${claim}`, async () => {
    const settings = { descriptors: [USER], failureMode: "failOpen" };
    await using limits = await remoteLimits(decide, settings);
    assert.equal(await limits.policy.apply(requestOf()), undefined);
  });
}

Deno.test("remoteRequestLimits() does not wait for a slow service for more than a second", async () => {
  await using limits = await remoteLimits(() => new Promise(() => {}), { descriptors: [USER] });
  const startedMs = performance.now();
  const error = await errorOf(limits.policy.apply(requestOf()));
  assert.equal(error.message, "rate limit failed");
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs > 950 && tookMs < 5_000, `took ${tookMs} ms`);
  assert.deepEqual(limits.context.warned, [
    "remoteRateLimit: remoteRateLimit: the service does not answer: no answer within 1000 ms; " +
    "a request was refused",
  ]);
});

Deno.test("remoteRequestLimits() ends the question when the client leaves", async () => {
  const subject = requestOf();
  const reason = new Error("left");
  const told = Promise.withResolvers<void>();
  await using limits = await remoteLimits((_, gone) => {
    gone.addEventListener("abort", () => told.resolve());
    subject.abort(reason);
    return new Promise(() => {});
  }, { descriptors: [USER], failureMode: "failOpen" });
  await assert.rejects(Promise.resolve(limits.policy.apply(subject)), reason);
  await told.promise;
  assert.deepEqual(limits.context.warned, []);
});

Deno.test("remoteRequestLimits() goes on when a service that was killed is back", async () => {
  await using limits = await remoteLimits(() => OK, { descriptors: [USER] });
  await limits.policy.apply(requestOf());
  await limits.server[Symbol.asyncDispose]();
  const error = await errorOf(limits.policy.apply(requestOf()));
  assert.equal(error.status, 500);
  await using again = await rateLimitServer(() => OK, { port: limits.server.port });
  await until("the service is asked again", async () => {
    await limits.policy.apply(requestOf());
    return again.questions.length > 0;
  });
});
