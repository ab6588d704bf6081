import assert from "node:assert/strict";
import { GatewayError } from "../../../src/errors.ts";
import { localEngine } from "../../../src/policies/rate_limit/engine.ts";
import type { Limit } from "../../../src/policies/rate_limit/engine.ts";
import {
  requestLimits,
  tokenLimits,
  usesOfAll,
} from "../../../src/policies/rate_limit/rate_limit.ts";
import { Reports } from "../../../src/policies/rate_limit/reports.ts";
import type { ModelEstimate } from "../../../src/policies/policy.ts";
import type { Consumption } from "../../../src/policies/subject.ts";
import { callOf, limitOf } from "../../support/limits.ts";
import { subjectOf } from "../../support/subject.ts";

interface Clock {
  nowMs: number;
}

function optionsOf(limits: readonly Limit[], clock: Clock = { nowMs: 0 }, reports = new Reports()) {
  const engine = localEngine(() => clock.nowMs);
  return { name: "localRateLimit", usesOf: usesOfAll(limits), engine, reports };
}

function headersOf({ headers }: Response): Readonly<Record<string, string>> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith("x-ratelimit")));
}

const limited = (limit: number, remaining: number, reset: number) => ({
  "x-ratelimit-limit": String(limit),
  "x-ratelimit-remaining": String(remaining),
  "x-ratelimit-reset": String(reset),
});

async function refusal(run: () => unknown): Promise<GatewayError> {
  try {
    await run();
  } catch (cause) {
    if (cause instanceof GatewayError) return cause;
    throw cause;
  }
  return assert.fail("not refused");
}

Deno.test("requestLimits() lets through what the bucket holds, and tells what is left", async () => {
  const clock = { nowMs: 0 };
  const policy = requestLimits(optionsOf([limitOf({ capacity: 2, perFill: 1 })], clock));
  clock.nowMs = 100;
  for (const left of [1, 0]) {
    const subject = subjectOf();
    assert.equal(await policy.apply(subject), undefined);
    assert.deepEqual(headersOf(await subject.answer(new Response())), limited(2, left, 1));
  }
  const subject = subjectOf();
  const error = await refusal(() => policy.apply(subject));
  const { kind, status, message, code, reason, headers } = error;
  assert.deepEqual({ kind, status, message, code, reason, headers }, {
    kind: "rate-limited",
    status: 429,
    message: "rate limit exceeded",
    code: "rate_limit_exceeded",
    reason: "RateLimit",
    headers: { "retry-after": "1" },
  });
  assert.deepEqual(headersOf(await subject.answer(new Response())), limited(2, 0, 1));
  clock.nowMs = 1_000;
  assert.equal(await policy.apply(subjectOf()), undefined);
});

Deno.test("requestLimits() reports the limit with the least left, and waits for the last of them", async () => {
  const wide = limitOf({ capacity: 9, perFill: 9, intervalMs: 60_000 });
  const narrow = limitOf({ capacity: 1, perFill: 1, intervalMs: 5_000 });
  const policy = requestLimits(optionsOf([wide, narrow]));
  const subject = subjectOf();
  await policy.apply(subject);
  assert.deepEqual(headersOf(await subject.answer(new Response())), limited(1, 0, 5));
  assert.equal((await refusal(() => policy.apply(subjectOf()))).headers["retry-after"], "5");
});

Deno.test("requestLimits() asks nobody to wait for a bucket that is never filled", async () => {
  const policy = requestLimits(optionsOf([limitOf({ capacity: 0, perFill: 0 })]));
  assert.deepEqual((await refusal(() => policy.apply(subjectOf()))).headers, {});
});

Deno.test("Reports writes no header beside one of the three that is there", async () => {
  const policy = requestLimits(optionsOf([limitOf({})]));
  const subject = subjectOf();
  await policy.apply(subject);
  const answer = new Response(null, { headers: { "x-ratelimit-reset": "7" } });
  assert.deepEqual(headersOf(await subject.answer(answer)), { "x-ratelimit-reset": "7" });
});

Deno.test("Reports takes the least of the limits of several policies", async () => {
  for (const [requests, tokens] of [[5, 3], [3, 5]] as const) {
    const reports = new Reports();
    const subject = subjectOf();
    const clock = { nowMs: 0 };
    await requestLimits(optionsOf([limitOf({ capacity: requests + 1 })], clock, reports))
      .apply(subject);
    await tokenLimits(optionsOf([limitOf({ capacity: tokens })], clock, reports))
      .apply(subject, callOf());
    const { "x-ratelimit-remaining": remaining } = headersOf(await subject.answer(new Response()));
    assert.equal(remaining, "3");
  }
});

Deno.test("usesOfAll() gives values of a key buckets of their own, and one to requests without", async () => {
  const policy = requestLimits(optionsOf([limitOf({ capacity: 1 }, "apiKey.team")]));
  const passes = async (variables: Record<string, unknown>) => {
    try {
      await policy.apply(subjectOf(undefined, variables));
      return true;
    } catch {
      return false;
    }
  };
  const team = (name: unknown) => passes({ apiKey: { team: name } });
  assert.deepEqual([await team("a"), await team("a"), await team("b")], [true, false, true]);
  assert.deepEqual([await team(1), await team("1"), await team(1)], [true, true, false]);
  assert.deepEqual([await passes({}), await passes({ apiKey: {} })], [true, false]);
});

const answered = (inputTokens: number, outputTokens: number) => ({
  answered: true,
  usage: { inputTokens, outputTokens },
});

/** What is left of 100 tokens after a call. */
const TOKEN_CASES: readonly {
  readonly name: string;
  readonly call: Partial<ModelEstimate>;
  readonly end: Partial<Consumption>;
  readonly before: number;
  readonly after: number;
}[] = [
  {
    name: "not counted: nothing before, all at the end",
    call: { isCounted: false },
    end: answered(20, 30),
    before: 100,
    after: 50,
  },
  {
    name: "counted: the estimate before, the rest at the end",
    call: { isCounted: true, inputTokens: 15 },
    end: answered(20, 30),
    before: 85,
    after: 50,
  },
  {
    name: "counted too much: some is given back",
    call: { isCounted: true, inputTokens: 40 },
    end: answered(20, 5),
    before: 60,
    after: 75,
  },
  {
    name: "more than there is: nothing is left, and nothing is owed",
    call: {},
    end: answered(500, 30),
    before: 100,
    after: 0,
  },
  {
    name: "an error: the estimate alone",
    call: { isCounted: true, inputTokens: 15 },
    end: { answered: false, status: 500, usage: undefined },
    before: 85,
    after: 85,
  },
  {
    name: "embeddings: the estimate alone",
    call: { isCounted: true, inputTokens: 15, isCharged: false },
    end: answered(20, 0),
    before: 85,
    after: 85,
  },
  {
    name: "a stream that the client left: what was seen until then",
    call: {},
    end: { ...answered(20, 7), status: 499 },
    before: 100,
    after: 73,
  },
  {
    name: "no numbers: the estimate alone",
    call: { isCounted: true, inputTokens: 15 },
    end: { answered: true, usage: undefined },
    before: 85,
    after: 85,
  },
  {
    name: "an odd number of a provider spoils nothing",
    call: {},
    end: answered(NaN, 1),
    before: 100,
    after: 100,
  },
];

for (const { name, call, end, before, after } of TOKEN_CASES) {
  Deno.test(`tokenLimits() charges ${name}`, async () => {
    const limit = limitOf({ capacity: 100, perFill: 0 });
    const policy = tokenLimits(optionsOf([limit]));
    const subject = subjectOf();
    await policy.apply(subject, callOf(call));
    assert.equal(limit.buckets.at("", 0).level, before);
    subject.settle(end);
    assert.equal(limit.buckets.at("", 0).level, after);
  });
}

Deno.test("tokenLimits() wants one token, or as many as were counted", async () => {
  const cases = [
    { level: 0, call: { isCounted: false }, passes: false },
    { level: 1, call: { isCounted: false, inputTokens: 50 }, passes: true },
    { level: 49, call: { isCounted: true, inputTokens: 50 }, passes: false },
    { level: 50, call: { isCounted: true, inputTokens: 50 }, passes: true },
    { level: 0, call: { isCounted: true, inputTokens: 0 }, passes: false },
    { level: 1, call: { isCounted: true, inputTokens: 0 }, passes: true },
  ];
  for (const { level, call, passes } of cases) {
    const limit = limitOf({ capacity: 100 });
    limit.buckets.at("", 0).level = level;
    const policy = tokenLimits(optionsOf([limit]));
    const run = async () => await policy.apply(subjectOf(), callOf(call));
    if (passes) await run();
    else assert.equal((await refusal(run)).message, "rate limit exceeded");
    const left = passes && call.isCounted ? level - (call.inputTokens ?? 0) : level;
    assert.equal(limit.buckets.at("", 0).level, left);
  }
});

Deno.test("tokenLimits() says of a prompt that is too large for ever that no waiting helps", async () => {
  const policy = tokenLimits(optionsOf([limitOf({ capacity: 100 })]));
  const call = callOf({ isCounted: true, inputTokens: 101 });
  const error = await refusal(() => policy.apply(subjectOf(), call));
  assert.equal(
    error.message,
    "rate limit exceeded: the prompt has about 101 tokens, and the limit never allows more than " +
      "100 at once",
  );
  assert.deepEqual(error.headers, {});
});

Deno.test("tokenLimits() charges a request once, however often it is tried", async () => {
  const limit = limitOf({ capacity: 100, perFill: 0 });
  const policy = tokenLimits(optionsOf([limit]));
  const subject = subjectOf();
  const call = callOf({ isCounted: true, inputTokens: 10 });
  await policy.apply(subject, call);
  await policy.apply(subject, call);
  subject.settle(answered(10, 5));
  assert.equal(limit.buckets.at("", 0).level, 85);
});
