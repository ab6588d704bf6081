/** Every setting of a key's budget decides which of its requests pass. */
import assert from "node:assert/strict";
import * as v from "valibot";
import { KeyBudget } from "../../../src/config/schema/budgets.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { ModelEstimate } from "../../../src/policies/policy.ts";
import { createLimits } from "../../../src/runtime/limits.ts";
import { compileKeyLimits } from "../../../src/runtime/policies/key_limits.ts";
import { compileContext } from "../../support/compile_context.ts";
import { callOf } from "../../support/limits.ts";
import { subjectOf } from "../../support/subject.ts";

const KEY = { id: "a", metadata: {}, allowsModel: () => true, allowedNames: () => [] };

/** A key with a budget: asks for a call of so many tokens, which is then charged. */
function keyWith(budget: object) {
  const context = compileContext();
  const limits = createLimits({ redis: undefined, stateFile: "/dev/null" }, context.environment);
  const settings = { budgets: [v.parse(KeyBudget, budget)] };
  const { budgetPolicy } = compileKeyLimits(
    [{ id: "a", at: ["keys", 0], settings }],
    context,
    limits,
  );
  assert.deepEqual(context.problems, []);
  return {
    context,
    /** Undefined where the call passes, else the wait that it is refused with, in seconds. */
    async spend(inputTokens: number, estimate: Partial<ModelEstimate> = {}, method = "POST") {
      const subject = subjectOf(new Request("http://gateway.test/", { method }));
      subject.identity.apiKey = KEY;
      try {
        await budgetPolicy?.apply(subject, callOf({ inputTokens, ...estimate }));
      } catch (error) {
        assert.ok(error instanceof GatewayError);
        return error.headers?.["retry-after"] ?? error.code;
      }
      const costUsd = callOf().costUsd(inputTokens, 0);
      subject.settle({ usage: { inputTokens }, costUsd });
      return undefined;
    },
  };
}

/** One after the other. */
async function twice(budget: object, tokens = 10) {
  const key = keyWith({ name: "b", outputTokensDefault: 0, ...budget });
  return [await key.spend(tokens), await key.spend(tokens)];
}

/** It is 2023-11-14T22:13:20Z, a Tuesday: how long each period still lasts. */
const PERIODS = {
  minute: "40",
  hour: "2800",
  day: "6400",
  week: "438400",
  month: "1388800",
};

for (const [period, wait] of Object.entries(PERIODS)) {
  Deno.test(`a budget of a ${period} is used up until its end`, async () => {
    assert.deepEqual(await twice({ tokens: 10, period }), [undefined, wait]);
  });
}

Deno.test("days end at midnight in the zone that is named", async () => {
  const budget = { tokens: 10, period: "day", timezone: "Europe/Berlin" };
  assert.deepEqual(await twice(budget), [undefined, "2800"]);
});

Deno.test("a budget in dollars is a number or a text", async () => {
  for (const usd of [0.00001, "0.00001"]) {
    assert.deepEqual(await twice({ usd, period: "day" }), [undefined, "6400"]);
    assert.deepEqual(await twice({ usd, period: "day" }, 5), [undefined, undefined]);
  }
});

Deno.test("a budget counts only what its condition holds for", async () => {
  const key = keyWith({
    ...{ name: "b", tokens: 10, period: "day", outputTokensDefault: 0 },
    when: 'request.method == "POST"',
  });
  assert.equal(await key.spend(10, {}, "PUT"), undefined);
  assert.equal(await key.spend(10, {}, "POST"), undefined);
  assert.equal(await key.spend(10, {}, "PUT"), undefined);
  assert.equal(await key.spend(10, {}, "POST"), "6400");
});

Deno.test("so many output tokens are set aside for a call that names no limit", async () => {
  const passes = async (outputTokensDefault: number) => {
    const key = keyWith({ name: "b", tokens: 100, period: "day", outputTokensDefault });
    const calls = [1, 2].map(() => key.spend(10, { outputTokensMax: undefined }));
    return (await Promise.all(calls)).filter((refused) => refused === undefined).length;
  };
  assert.deepEqual([await passes(40), await passes(95)], [2, 1]);
});

Deno.test("models without a price may be called, or not", async () => {
  const outcome = async (unpriced: string) => {
    const key = keyWith({ name: "b", usd: 1, period: "day", unpriced });
    return await key.spend(10, { costUsd: () => undefined }) === undefined;
  };
  assert.deepEqual([await outcome("allow"), await outcome("deny")], [true, false]);
});

Deno.test("a budget warns from its share on", async () => {
  const key = keyWith({
    ...{ name: "b", tokens: 100, period: "day", outputTokensDefault: 0 },
    warnAt: 0.5,
  });
  await key.spend(40);
  assert.deepEqual(key.context.warned, []);
  await key.spend(20);
  assert.equal(key.context.warned.length, 1);
  assert.match(key.context.warned[0] ?? "", /"b"/);
});
