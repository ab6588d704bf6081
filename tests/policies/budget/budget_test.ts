import assert from "node:assert/strict";
import { GatewayError } from "../../../src/errors.ts";
import { type Budget, budgets, type Claims } from "../../../src/policies/budget/budget.ts";
import type { BudgetEngine, Reserved } from "../../../src/policies/budget/engine.ts";
import { Ledger } from "../../../src/policies/budget/ledger.ts";
import type { ModelEstimate, ModelPolicy } from "../../../src/policies/policy.ts";
import type { Consumption } from "../../../src/policies/subject.ts";
import { budgetOf, callOf } from "../../support/limits.ts";
import { subjectOf } from "../../support/subject.ts";

const NOW_MS = Date.parse("2026-01-31T23:00:00.500Z");

interface Setup {
  readonly engine?: BudgetEngine;
  readonly claims?: Claims;
}

function policyOf(list: readonly Budget[], setup: Setup = {}) {
  const warned: string[] = [];
  const spent: number[] = [];
  const engine = setup.engine ?? new Ledger({
    epochMs: () => NOW_MS,
    spent: ({ amount }) => void spent.push(amount),
  });
  const policy = budgets({
    name: "budgets",
    budgetsOf: () => list,
    engine,
    claims: setup.claims ?? new WeakMap(),
    epochMs: () => NOW_MS,
    warn: (message) => void warned.push(message),
  });
  return { policy, warned, spent };
}

/** A call from beginning to end; undefined, or why it was refused. */
async function called(
  policy: ModelPolicy,
  call: Partial<ModelEstimate>,
  end: Partial<Consumption>,
  variables: Record<string, unknown> = {},
): Promise<GatewayError | undefined> {
  const subject = subjectOf(undefined, variables);
  try {
    await policy.apply(subject, callOf(call));
  } catch (cause) {
    if (cause instanceof GatewayError) return cause;
    throw cause;
  }
  subject.settle(end);
  return undefined;
}

const used = (inputTokens: number, outputTokens = 0): Partial<Consumption> => ({
  answered: true,
  usage: { inputTokens, outputTokens },
  costUsd: (inputTokens + outputTokens) / 1_000_000,
});

Deno.test("budgets() refuses what is spent, and says which budget and when it resets", async () => {
  const { policy } = policyOf([budgetOf({ name: "team a", limit: 100 })]);
  assert.equal(await called(policy, {}, used(70, 30)), undefined);
  const error = await called(policy, {}, {});
  assert.equal(
    error?.message,
    'budget "team a" of 100 tokens a month is used up: 100 tokens spent; it resets at ' +
      "2026-02-01T00:00:00Z",
  );
  const { kind, status, code, reason, headers } = error;
  assert.deepEqual({ kind, status, code, reason, headers }, {
    kind: "rate-limited",
    status: 429,
    code: "budget_exceeded",
    reason: "RateLimit",
    headers: { "retry-after": "3600" },
  });
});

Deno.test("budgets() speaks of dollars as such", async () => {
  const { policy } = policyOf([budgetOf({ unit: "usd", limit: 10_000, period: "day" })]);
  assert.equal(await called(policy, {}, used(12)), undefined);
  assert.equal(
    (await called(policy, {}, {}))?.message,
    'budget "test" of $0.00001 a day is used up: $0.000012 spent; it resets at ' +
      "2026-02-01T00:00:00Z",
  );
});

Deno.test("budgets() tells of a budget that others have set aside, which soon may be free", async () => {
  const { policy } = policyOf([budgetOf({ limit: 100 })]);
  const first = subjectOf();
  await policy.apply(first, callOf({ inputTokens: 60 }));
  const error = await called(policy, { inputTokens: 50 }, {});
  assert.equal(
    error?.message,
    'budget "test" of 100 tokens a month has too little left: 0 tokens spent, 60 tokens set ' +
      "aside for 1 under way; it resets at 2026-02-01T00:00:00Z",
  );
  assert.deepEqual(error.headers, { "retry-after": "1" });
  first.settle(used(10));
  assert.equal(await called(policy, { inputTokens: 50 }, used(1)), undefined);
});

Deno.test("budgets() overspends by at most one of 100 parallel calls", async () => {
  for (const perCall of [7, 30, 150]) {
    const { policy, spent } = policyOf([budgetOf({ limit: 100 })]);
    const subjects = await Promise.all(Array.from({ length: 100 }, async () => {
      const subject = subjectOf();
      try {
        await policy.apply(subject, callOf({ inputTokens: perCall }));
        return subject;
      } catch {
        return undefined;
      }
    }));
    for (const subject of subjects) subject?.settle(used(perCall));
    const sum = spent.reduce((total, amount) => total + amount, 0);
    assert.ok(sum > 0 && sum < 100 + perCall, `${sum} by ${perCall}`);
  }
});

Deno.test("budgets() gives every value of `per` the budget, and one to requests without", async () => {
  const { policy } = policyOf([budgetOf({ limit: 10, per: "apiKey.team" })]);
  const outcomes: (string | undefined)[] = [];
  for (const apiKey of [{ team: "a" }, { team: "a" }, { team: "b" }, {}, { team: null }]) {
    outcomes.push((await called(policy, {}, used(10), { apiKey }))?.code);
  }
  const over = "budget_exceeded";
  assert.deepEqual(outcomes, [undefined, over, undefined, undefined, over]);
});

Deno.test("budgets() counts only requests for which `when` is true", async () => {
  const { policy, spent } = policyOf([budgetOf({ when: 'llm.model == "dear"' })]);
  await called(policy, {}, used(5), { llm: { model: "cheap" } });
  await called(policy, {}, used(6), {});
  await called(policy, {}, used(7), { llm: { model: "dear" } });
  assert.deepEqual(spent, [7]);
});

Deno.test("budgets() lets models without a price through, and says so once, or refuses them", async () => {
  const free = { costUsd: () => undefined };
  const unknown = { ...used(5), costUsd: undefined };
  const allowing = policyOf([budgetOf({ unit: "usd" })]);
  assert.equal(await called(allowing.policy, free, unknown), undefined);
  assert.equal(await called(allowing.policy, free, unknown), undefined);
  assert.deepEqual(allowing.warned, [
    'budget "test" does not count calls to the model "m", whose price is not known',
  ]);
  assert.deepEqual(allowing.spent, []);
  assert.equal(await called(allowing.policy, free, { ...unknown, costUsd: 1e-9 }), undefined);
  assert.deepEqual(allowing.spent, [1], "a price that is known in the end is spent");

  const denying = policyOf([budgetOf({ unit: "usd", unpriced: "deny" })]);
  const error = await called(denying.policy, free, unknown);
  const { status, code, reason, param, message } = error ?? assert.fail("not refused");
  assert.deepEqual({ status, code, reason, param, message }, {
    status: 403,
    code: "model_unpriced",
    reason: "RateLimit",
    param: "model",
    message: 'the model "m" has no known price, and the budget "test" allows only models that ' +
      "have one",
  });
  const tokens = policyOf([budgetOf({ unit: "tokens", unpriced: "deny" })]);
  assert.equal(await called(tokens.policy, free, unknown), undefined, "tokens need no price");
});

Deno.test("budgets() warns once a period, when a share is spent", async () => {
  const { policy, warned } = policyOf([
    budgetOf({ limit: 100, warnFrom: 80 }),
    budgetOf({ name: "key's", owner: "f00", limit: 1_000, warnFrom: 100 }),
  ]);
  await called(policy, {}, used(79));
  assert.deepEqual(warned, []);
  await called(policy, {}, used(6));
  await called(policy, {}, used(15));
  assert.deepEqual(warned, [
    'budget "test" has spent 85 %',
    'budget "key\'s" of API key f00 has spent 10 %',
  ]);
});

Deno.test("budgets() counts a request once that is tried again, with what the last try may cost", async () => {
  const { policy, spent } = policyOf([budgetOf({ limit: 100 })]);
  const subject = subjectOf();
  await policy.apply(subject, callOf({ inputTokens: 90 }));
  await policy.apply(subject, callOf({ inputTokens: 20 }));
  assert.equal(await called(policy, { inputTokens: 80 }, used(1)), undefined);
  subject.settle(used(15));
  assert.deepEqual(spent, [1, 15]);
});

Deno.test("budgets() spends from an account once where several policies name it", async () => {
  const claims: Claims = new WeakMap();
  const spent: number[] = [];
  const engine = new Ledger({
    epochMs: () => NOW_MS,
    spent: ({ amount }) => void spent.push(amount),
  });
  const policies = ["gateway", "route"].map(() =>
    policyOf([budgetOf({ limit: 100 })], { engine, claims }).policy
  );
  const subject = subjectOf();
  for (const policy of policies) await policy.apply(subject, callOf({ inputTokens: 60 }));
  subject.settle(used(30));
  assert.deepEqual(spent, [30]);
});

Deno.test("budgets() holds nothing for a client that left while it was asked", async () => {
  const { promise, resolve } = Promise.withResolvers<Reserved>();
  const settled: (readonly number[])[] = [];
  const { policy } = policyOf([budgetOf()], { engine: { reserve: () => promise } });
  const subject = subjectOf();
  const applied = policy.apply(subject, callOf());
  subject.settle({ answered: false, status: 499 });
  resolve({ settle: (amounts) => void settled.push(amounts) });
  await applied;
  assert.deepEqual(settled, [[]]);
});
