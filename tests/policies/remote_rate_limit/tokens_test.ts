import assert from "node:assert/strict";
import { GrpcRefusal } from "../../support/grpc_server.ts";
import type { RateLimitQuestion } from "../../support/rate_limit_service.ts";
import { until } from "../../support/until.ts";
import { callOf, errorOf, remoteLimits, requestOf, usageOf } from "./remote_limits.ts";

const OK = { overallCode: 1 };
const USER = { type: "tokens", entries: [{ key: "user", value: 'request.headers["x-user"]' }] };

function hitsOf({ descriptors }: RateLimitQuestion): readonly number[] {
  return descriptors.map(({ hitsAddend }) => hitsAddend?.value ?? 0);
}

type Limits = Awaited<ReturnType<typeof remoteLimits>>;

/** What the service was told of a request, by the end of which so many questions are asked. */
async function told(limits: Limits, questions: number): Promise<readonly (readonly number[])[]> {
  await until("the service is told", () => limits.server.questions.length >= questions);
  return limits.server.questions.map(hitsOf);
}

Deno.test("remoteTokenLimits() counts what is estimated before, and the rest after", async () => {
  await using limits = await remoteLimits(() => OK, { descriptors: [USER] });
  const subject = requestOf();
  await limits.modelPolicy.apply(subject, callOf(10, true));
  subject.settle({ usage: usageOf(12, 30) });
  assert.deepEqual(await told(limits, 2), [[10], [32]]);
});

Deno.test("remoteTokenLimits() asks without counting where nothing was counted", async () => {
  await using limits = await remoteLimits(() => OK, { descriptors: [USER] });
  const subject = requestOf();
  await limits.modelPolicy.apply(subject, callOf(10, false));
  subject.settle({ usage: usageOf(12, 30) });
  assert.deepEqual(await told(limits, 2), [[0], [42]]);
});

Deno.test("remoteTokenLimits() counts by an expression in place of tokens, at the end", async () => {
  await using limits = await remoteLimits(() => OK, {
    descriptors: [{ ...USER, cost: "uint(llm.cost.total * 1000000.0)" }],
  });
  const subject = requestOf();
  await limits.modelPolicy.apply(subject, callOf(10, true));
  subject.settle({ usage: usageOf(12, 30), variables: { llm: { cost: { total: 0.25 } } } });
  assert.deepEqual(await told(limits, 2), [[0], [250_000]]);
});

const NOT_TOLD = {
  "used less than was counted": [callOf(100, true), { usage: usageOf(12, 30) }],
  "used what was counted": [callOf(42, true), { usage: usageOf(12, 30) }],
  "was not answered": [callOf(10, false), { answered: false, usage: usageOf(1, 1) }],
  "did not say what it used": [callOf(10, false), {}],
  "is not paid by tokens": [callOf(10, false, false), { usage: usageOf(1, 1) }],
} as const;

for (const [claim, [call, consumption]] of Object.entries(NOT_TOLD)) {
  Deno.test(`remoteTokenLimits() tells nothing at the end of a call that ${claim}`, async () => {
    await using limits = await remoteLimits(() => OK, { descriptors: [USER] });
    const subject = requestOf();
    await limits.modelPolicy.apply(subject, call);
    subject.settle(consumption);
    const another = requestOf();
    await limits.modelPolicy.apply(another, call);
    assert.equal((await told(limits, 2)).length, 2);
  });
}

Deno.test("remoteTokenLimits() asks once however often a request is tried", async () => {
  await using limits = await remoteLimits(() => OK, { descriptors: [USER] });
  const subject = requestOf();
  await limits.modelPolicy.apply(subject, callOf(10, true));
  await limits.modelPolicy.apply(subject, callOf(10, true));
  subject.settle({ usage: usageOf(12, 30) });
  assert.deepEqual(await told(limits, 2), [[10], [32]]);
});

Deno.test("remoteTokenLimits() refuses what is over a limit, and counts no more of it", async () => {
  await using limits = await remoteLimits(() => ({ overallCode: 2 }), { descriptors: [USER] });
  const subject = requestOf();
  const error = await errorOf(limits.modelPolicy.apply(subject, callOf(10, true)));
  assert.deepEqual([error.status, error.code], [429, "rate_limit_exceeded"]);
  subject.settle({ usage: usageOf(12, 30) });
  assert.deepEqual(limits.server.questions.map(hitsOf), [[10]]);
});

Deno.test("remoteTokenLimits() counts after the client has left", async () => {
  await using limits = await remoteLimits(() => OK, { descriptors: [USER] });
  const subject = requestOf();
  await limits.modelPolicy.apply(subject, callOf(10, true));
  subject.abort(new Error("left"));
  subject.settle({ usage: usageOf(10, 3) });
  assert.deepEqual(await told(limits, 2), [[10], [3]]);
});

Deno.test("remoteTokenLimits() loses what the service does not take, and says so", async () => {
  let calls = 0;
  await using limits = await remoteLimits(() => {
    if (++calls === 1) return OK;
    throw new GrpcRefusal("away", 14);
  }, { descriptors: [USER] });
  const subject = requestOf();
  await limits.modelPolicy.apply(subject, callOf(10, true));
  subject.settle({ usage: usageOf(12, 30) });
  await until("the operator is told", () => limits.context.warned.length > 0);
  assert.match(limits.context.warned[0] ?? "", /does not answer: status 14: away/);
});

Deno.test("remoteTokenLimits() and remoteRequestLimits() each ask for their own", async () => {
  await using limits = await remoteLimits(() => OK, {
    descriptors: [USER, { entries: [{ key: "all", value: "'x'" }] }],
  });
  const subject = requestOf();
  await limits.policy.apply(subject);
  await limits.modelPolicy.apply(subject, callOf(10, true));
  assert.deepEqual(
    limits.server.questions.map(({ descriptors }) => descriptors[0]?.entries[0]?.key),
    ["all", "user"],
  );
});
