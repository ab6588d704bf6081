import assert from "node:assert/strict";
import { budgets } from "../../../src/policies/budget/budget.ts";
import type { BudgetEngine } from "../../../src/policies/budget/engine.ts";
import type { ModelEstimate } from "../../../src/policies/policy.ts";
import type { Consumption } from "../../../src/policies/subject.ts";
import { budgetOf, callOf } from "../../support/limits.ts";
import { subjectOf } from "../../support/subject.ts";

const used = (inputTokens: number, outputTokens = 0): Partial<Consumption> => ({
  answered: true,
  usage: { inputTokens, outputTokens },
  costUsd: (inputTokens + outputTokens) / 1_000_000,
});

/** What is set aside for a call, and what is spent in the end; of 1,000 tokens or nanodollars. */
const AMOUNTS: readonly {
  readonly name: string;
  readonly budget?: Parameters<typeof budgetOf>[0];
  readonly call: Partial<ModelEstimate>;
  readonly end: Partial<Consumption>;
  readonly held: number;
  readonly spent: number;
}[] = [
  {
    name: "tokens: the prompt and the client's limit, then what was used",
    call: { inputTokens: 10, outputTokensMax: 90 },
    end: used(12, 20),
    held: 100,
    spent: 32,
  },
  {
    name: "a default where the client has no limit",
    budget: { outputTokensDefault: 50 },
    call: { inputTokens: 10, outputTokensMax: undefined },
    end: used(10, 5),
    held: 60,
    spent: 15,
  },
  {
    name: "the limit for each of several answers",
    call: { inputTokens: 10, outputTokensMax: 90, answers: 3 },
    end: used(10, 200),
    held: 280,
    spent: 210,
  },
  {
    name: "embeddings: no output",
    budget: { outputTokensDefault: 50 },
    call: { inputTokens: 10, outputTokensMax: undefined, isCharged: false },
    end: used(9),
    held: 10,
    spent: 9,
  },
  {
    name: "dollars: the price",
    budget: { unit: "usd" },
    call: { inputTokens: 1, outputTokensMax: 0, costUsd: () => 3e-7 },
    end: { ...used(1), costUsd: 2e-7 },
    held: 300,
    spent: 200,
  },
  {
    name: "dollars: the price of the estimate's model where the answer's has none",
    budget: { unit: "usd" },
    call: { costUsd: (input, output) => (input + output) * 1e-9 },
    end: { ...used(7, 8), costUsd: undefined },
    held: 10,
    spent: 15,
  },
  {
    name: "nothing for a failed call",
    call: { inputTokens: 10 },
    end: { ...used(10, 3), answered: false, status: 502 },
    held: 10,
    spent: 0,
  },
  {
    name: "what was used until the client left",
    call: { inputTokens: 10, outputTokensMax: 90 },
    end: { ...used(10, 3), status: 499 },
    held: 100,
    spent: 13,
  },
  {
    name: "no less than nothing, whatever a client asks for",
    call: { inputTokens: 10, outputTokensMax: -500 },
    end: used(10, 3),
    held: 10,
    spent: 13,
  },
  {
    name: "the whole budget where a client wants more than all",
    call: { inputTokens: 10, outputTokensMax: Infinity },
    end: used(10, 3),
    held: 1_001,
    spent: 13,
  },
  {
    name: "nothing for numbers that are none",
    call: { inputTokens: 10, outputTokensMax: NaN },
    end: used(NaN, 3),
    held: 10,
    spent: 0,
  },
];

for (const { name, budget, call, end, held, spent } of AMOUNTS) {
  Deno.test(`budgets() sets aside and spends ${name}`, async () => {
    const holds: number[] = [];
    const settled: (readonly number[])[] = [];
    const list = [budgetOf({ limit: 1_000, ...budget })];
    const engine: BudgetEngine = {
      reserve(wants) {
        holds.push(...wants.map(({ amount }) => amount));
        return { settle: (amounts) => void settled.push(amounts) };
      },
    };
    const policy = budgets({
      name: "budgets",
      budgetsOf: () => list,
      engine,
      claims: new WeakMap(),
      epochMs: () => 0,
      warn: () => {},
    });
    const subject = subjectOf();
    await policy.apply(subject, callOf(call));
    subject.settle(end);
    assert.deepEqual(holds, [held]);
    assert.deepEqual(settled, [[spent]]);
  });
}
