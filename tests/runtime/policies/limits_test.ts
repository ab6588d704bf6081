import assert from "node:assert/strict";
import * as v from "valibot";
import { closedObject } from "../../../src/lib/closed_object.ts";
import { Budgets } from "../../../src/config/schema/budgets.ts";
import { keyLimitEntries } from "../../../src/config/schema/key_limits.ts";
import { LocalRateLimit } from "../../../src/config/schema/local_rate_limit.ts";
import { formatPath } from "../../../src/config/diagnostic.ts";
import type { Policy } from "../../../src/policies/policy.ts";
import type { KnownKey } from "../../../src/policies/subject.ts";
import type { CompileContext } from "../../../src/runtime/compile_context.ts";
import { createLimits, type Limits } from "../../../src/runtime/limits.ts";
import { compileBudget, compileBudgets } from "../../../src/runtime/policies/budgets.ts";
import { compileKeyLimits } from "../../../src/runtime/policies/key_limits.ts";
import { compileLocalRateLimit } from "../../../src/runtime/policies/local_rate_limit.ts";
import { compileContext } from "../../support/compile_context.ts";
import { callOf } from "../../support/limits.ts";
import { subjectOf } from "../../support/subject.ts";

const KeyLimits = closedObject(keyLimitEntries);

function limitsOf(context: CompileContext): Limits {
  return createLimits({ redis: undefined, stateFile: "/dev/null" }, context.environment);
}

function told({ problems, warnings }: CompileContext): readonly string[] {
  return [...problems, ...warnings].map(({ path, message }) => `${formatPath(path)}: ${message}`);
}

/** Whether a request passes; `keyId` is that of its API key. */
async function passes(policy: Policy | undefined, keyId?: string): Promise<boolean> {
  try {
    await policy?.apply(subjectWith(keyId));
    return true;
  } catch {
    return false;
  }
}

function subjectWith(keyId: string | undefined) {
  const subject = subjectOf();
  if (keyId !== undefined) subject.identity.apiKey = keyOf(keyId);
  return subject;
}

function keyOf(id: string): KnownKey {
  return { id, metadata: {}, allowsModel: () => true, allowedNames: (model) => [model] };
}

const rateLimits = (list: readonly object[]) => v.parse(LocalRateLimit, list);

Deno.test("compileLocalRateLimit() makes a policy of requests and one of tokens, where there are any", () => {
  const cases = [
    { types: [], made: [false, false] },
    { types: ["requests"], made: [true, false] },
    { types: ["tokens"], made: [false, true] },
    { types: ["tokens", "requests"], made: [true, true] },
  ];
  for (const { types, made } of cases) {
    const context = compileContext();
    const list = types.map((type) => ({
      maxTokens: 1,
      tokensPerFill: 1,
      fillInterval: "1s",
      type,
    }));
    const { policy, modelPolicy } = compileLocalRateLimit(
      rateLimits(list),
      ["localRateLimit"],
      context,
      limitsOf(context),
    );
    assert.deepEqual([policy !== undefined, modelPolicy !== undefined], made);
    assert.deepEqual(told(context), []);
  }
});

Deno.test("compileLocalRateLimit() tells of expressions that are none, and of odd limits", () => {
  const context = compileContext();
  const list = rateLimits([
    { maxTokens: 1, tokensPerFill: 1, fillInterval: "1s", key: "apiKey." },
    { fillInterval: "1s" },
    { maxTokens: 1, fillInterval: "1s" },
  ]);
  compileLocalRateLimit(list, ["a", "localRateLimit"], context, limitsOf(context));
  const [expression = "", ...rest] = told(context);
  assert.match(expression, /^a\.localRateLimit\[0\]\.key: /);
  assert.deepEqual(rest, [
    "a.localRateLimit[1]: lets nothing through: maxTokens is 0",
    "a.localRateLimit[2]: is never refilled: tokensPerFill is 0",
  ]);
});

Deno.test("compileLocalRateLimit() keeps what a bucket has left over a reload, unless it changed", async () => {
  const context = compileContext();
  const limits = limitsOf(context);
  const compile = (maxTokens: number, at = "localRateLimit") => {
    const list = rateLimits([{ maxTokens, tokensPerFill: 1, fillInterval: "1h" }]);
    return compileLocalRateLimit(list, [at], context, limits).policy;
  };
  const outcomes = [
    await passes(compile(1)),
    await passes(compile(1)),
    await passes(compile(2)),
    await passes(compile(1, "elsewhere")),
  ];
  assert.deepEqual(outcomes, [true, false, true, true]);
});

Deno.test("compileLocalRateLimit() lets buckets be filled by the clock", async () => {
  const context = compileContext();
  const list = rateLimits([{ maxTokens: 1, tokensPerFill: 1, fillInterval: "1m30s" }]);
  const { policy } = compileLocalRateLimit(list, ["x"], context, limitsOf(context));
  const outcomes: boolean[] = [];
  for (const nowMs of [0, 89_999, 90_000, 90_001]) {
    context.nowMs = nowMs;
    outcomes.push(await passes(policy));
  }
  assert.deepEqual(outcomes, [true, false, true, false]);
});

const budgetsOf = (list: readonly object[]) => v.parse(Budgets, list);
const daily = (name: string, more: object = {}) => ({ name, tokens: 10, period: "day", ...more });

Deno.test("compileBudget() takes every setting over", () => {
  const context = compileContext();
  const [settings] = budgetsOf([{
    name: "a",
    usd: "12.50",
    period: "day",
    timezone: "Europe/Berlin",
    per: "apiKey.team",
    when: "true",
    outputTokensDefault: 7,
    unpriced: "deny",
    warnAt: 0.8,
  }]);
  assert.ok(settings);
  const budget = compileBudget(settings, ["a"], "owner", context, limitsOf(context));
  const { spec: { calendar, ...spec }, per, when, ...rest } = budget;
  assert.deepEqual(spec, {
    name: "a",
    owner: "owner",
    unit: "usd",
    limit: 12_500_000_000,
    period: "day",
    timezone: "Europe/Berlin",
  });
  assert.equal(
    calendar(Date.parse("2026-01-01T12:00:00Z")).startMs,
    Date.parse("2025-12-31T23:00Z"),
  );
  assert.deepEqual([per?.source, when?.source], ["apiKey.team", "true"]);
  assert.deepEqual(rest, { outputTokensDefault: 7, unpriced: "deny", warnFrom: 10_000_000_000 });
});

Deno.test("compileBudgets() tells of expressions that are none, at their places", () => {
  const context = compileContext();
  const list = budgetsOf([daily("a", { per: "apiKey.", when: "1 +" })]);
  compileBudgets(list, ["x", "budgets"], context, limitsOf(context));
  const paths = context.problems.map(({ path }) => formatPath(path));
  assert.deepEqual(paths, ["x.budgets[0].per", "x.budgets[0].when"]);
});

Deno.test("compileBudgets() refuses a name that stands for two budgets", () => {
  const same = "x.budgets[1].name: is the name of the budget at x.budgets[0]: name them apart";
  const other = "y.budgets[0].name: is the name of the budget at x.budgets[0] with other " +
    "settings: name them apart";
  const cases = [
    { x: [daily("a"), daily("b")], y: [], told: [] },
    { x: [daily("a"), daily("a")], y: [], told: [same] },
    { x: [daily("a")], y: [daily("a")], told: [] },
    { x: [daily("a")], y: [daily("a", { tokens: 11 })], told: [other] },
    { x: [daily("a")], y: [daily("a", { period: "month" })], told: [other] },
  ];
  for (const { x, y, ...expected } of cases) {
    const context = compileContext();
    const limits = limitsOf(context);
    for (let route = 0; route < 2; route++) {
      compileBudgets(budgetsOf(x), ["x", "budgets"], context, limits);
    }
    compileBudgets(budgetsOf(y), ["y", "budgets"], context, limits);
    assert.deepEqual([...new Set(told(context))], expected.told);
  }
});

Deno.test("compileBudgets() lets each configuration say anew what a name stands for", () => {
  const first = compileContext();
  const limits = limitsOf(first);
  compileBudgets(budgetsOf([daily("a")]), ["budgets"], first, limits);
  const second = compileContext();
  compileBudgets(budgetsOf([daily("a", { tokens: 20 })]), ["budgets"], second, limits);
  assert.deepEqual([...told(first), ...told(second)], []);
});

Deno.test("compileBudgets() goes on with the sums of the configuration before", async () => {
  const context = compileContext();
  const limits = limitsOf(context);
  const spend = async (tokens: number) => {
    const list = budgetsOf([daily("a", { tokens, outputTokensDefault: 0 })]);
    const policy = compileBudgets(list, ["budgets"], compileContext(), limits);
    const subject = subjectOf();
    await policy?.apply(subject, callOf({ inputTokens: 8 }));
    subject.settle({ usage: { inputTokens: 8, outputTokens: 2 } });
  };
  await spend(10);
  await assert.rejects(spend(10), /budget "a" of 10 tokens a day is used up: 10 tokens spent/);
  await spend(20);
  await assert.rejects(spend(20), /20 tokens spent/);
});

Deno.test("compileBudgets() makes nothing of an empty list", () => {
  const context = compileContext();
  assert.equal(compileBudgets([], ["budgets"], context, limitsOf(context)), undefined);
});

Deno.test("compileKeyLimits() holds each key to its own limits, and others to none", async () => {
  const context = compileContext();
  const one = { maxTokens: 1, tokensPerFill: 1, fillInterval: "1h" };
  const keys = ["a", "b"].map((id, index) => ({
    id,
    at: ["keys", index],
    settings: v.parse(KeyLimits, { rateLimits: [one, { ...one, type: "tokens" }] }),
  }));
  const unlimited = { id: "c", at: ["keys", 2], settings: v.parse(KeyLimits, {}) };
  const { policy, modelPolicy, budgetPolicy } = compileKeyLimits(
    [...keys, unlimited],
    context,
    limitsOf(context),
  );
  const outcomes: boolean[] = [];
  for (const id of ["a", "a", "b", "b", "c", "c", undefined, undefined]) {
    outcomes.push(await passes(policy, id));
  }
  assert.deepEqual(outcomes, [true, false, true, false, true, true, true, true]);
  const subject = subjectWith("a");
  await modelPolicy?.apply(subject, callOf());
  subject.settle({ usage: { inputTokens: 5 } });
  await assert.rejects(async () => await modelPolicy?.apply(subjectWith("a"), callOf()));
  await modelPolicy?.apply(subjectWith("b"), callOf());
  assert.equal(budgetPolicy, undefined);
});

Deno.test("compileKeyLimits() gives each key its own budget, and a key known twice one", async () => {
  const context = compileContext();
  const limits = limitsOf(context);
  const settings = v.parse(KeyLimits, { budgets: [daily("own", { outputTokensDefault: 0 })] });
  const { policy, budgetPolicy } = compileKeyLimits(
    [
      { id: "a", at: ["x", "keys", 0], settings },
      { id: "b", at: ["x", "keys", 1], settings },
      { id: "a", at: ["y", "keys", 0], settings },
    ],
    context,
    limits,
  );
  assert.deepEqual(told(context), []);
  assert.equal(policy, undefined);
  const spend = async (id: string) => {
    const subject = subjectWith(id);
    await budgetPolicy?.apply(subject, callOf({ inputTokens: 5 }));
    subject.settle({ usage: { inputTokens: 5 } });
  };
  await spend("a");
  await spend("a");
  await assert.rejects(spend("a"), /budget "own" of 10 tokens a day is used up: 10 tokens spent/);
  await spend("b");
});

Deno.test("compileKeyLimits() holds a key to the limits of all policies that know it", async () => {
  const context = compileContext();
  const keys = [3, 1].map((maxTokens, index) => ({
    id: "a",
    at: [index === 0 ? "x" : "y", "keys", 0],
    settings: v.parse(KeyLimits, {
      rateLimits: [{ maxTokens, tokensPerFill: 1, fillInterval: "1h" }],
      budgets: [daily(`budget ${index}`)],
    }),
  }));
  for (const order of [keys, keys.toReversed()]) {
    const limits = limitsOf(context);
    const fresh = compileContext();
    const { policy, budgetPolicy } = compileKeyLimits(order, fresh, limits);
    assert.deepEqual([await passes(policy, "a"), await passes(policy, "a")], [true, false]);
    const subject = subjectWith("a");
    await budgetPolicy?.apply(subject, callOf());
    subject.settle({ usage: { inputTokens: 10 } });
    const again = compileKeyLimits(order.slice(0, 1), compileContext(), limits).budgetPolicy;
    await assert.rejects(async () => await again?.apply(subjectWith("a"), callOf()), /used up/);
  }
});

Deno.test("compileKeyLimits() makes nothing for keys without limits", () => {
  const context = compileContext();
  const settings = v.parse(KeyLimits, { rateLimits: [], budgets: [] });
  const made = compileKeyLimits([{ id: "a", at: ["x"], settings }], context, limitsOf(context));
  assert.deepEqual(made, {});
});
