import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type PricedUsage, priceOf, splitTokens } from "../../src/cost/price_of.ts";
import { type ModelRates, parseRates, RATE_NAMES, type RateName } from "../../src/cost/rates.ts";

function model(texts: Partial<Record<RateName, string>>): ModelRates {
  return { base: parseRates(texts), tiers: [] };
}

const claude = model({ input: "3", output: "15", cacheRead: "0.30", cacheWrite: "3.75" });

Deno.test("priceOf() prices cache writes once (litellm #9812)", () => {
  // Anthropic reports 3 input tokens beside the 12,304 that it wrote to the cache.
  const usage = { inputTokens: 12_307, cacheWriteTokens: 12_304, outputTokens: 550 };
  const cost = priceOf(usage, claude);
  const expected = (3 * 3_000_000 + 12_304 * 3_750_000 + 550 * 15_000_000) / 1e12;
  assert.equal(cost?.total, expected);
  assert.equal(cost?.total, 0.054399);
  assert.equal(cost?.input, 0.000009);
  assert.equal(cost?.cacheWrite, 0.04614);
  assert.equal(cost?.output, 0.00825);
});

Deno.test("priceOf() has a price for every kind of token", () => {
  const priced = model({
    input: "1",
    output: "10",
    cacheRead: "0.1",
    cacheWrite: "1.25",
    reasoning: "20",
    inputAudio: "5",
    outputAudio: "50",
  });
  const usage: PricedUsage = {
    inputTokens: 1_000,
    cacheReadTokens: 100,
    cacheWriteTokens: 200,
    inputAudioTokens: 300,
    outputTokens: 600,
    reasoningTokens: 100,
    outputAudioTokens: 50,
  };
  assert.deepEqual(priceOf(usage, priced), {
    input: 0.0004,
    cacheRead: 0.00001,
    cacheWrite: 0.00025,
    inputAudio: 0.0015,
    output: 0.0045,
    reasoning: 0.002,
    outputAudio: 0.0025,
    total: 0.01116,
    totalPicoUsd: 11_160_000_000n,
    rates: {
      input: 1,
      output: 10,
      cacheRead: 0.1,
      cacheWrite: 1.25,
      reasoning: 20,
      inputAudio: 5,
      outputAudio: 50,
    },
  });
});

Deno.test("priceOf() falls back where a kind has no rate", () => {
  const plain = model({ input: "1", output: "10" });
  const cached = { inputTokens: 1_000, cacheReadTokens: 900, cacheWriteTokens: 100 };
  assert.equal(priceOf(cached, plain)?.total, 0.001);
  assert.equal(priceOf(cached, plain)?.input, 0.001);
  assert.equal(priceOf(cached, plain)?.cacheRead, undefined);
  assert.equal(priceOf({ outputTokens: 100, reasoningTokens: 60 }, plain)?.reasoning, 0.0006);
  assert.equal(priceOf({ outputTokens: 100, reasoningTokens: 60 }, plain)?.total, 0.001);
  assert.equal(priceOf({ inputTokens: 10, inputAudioTokens: 10 }, plain)?.inputAudio, 0.00001);
  assert.equal(priceOf({ outputTokens: 10, outputAudioTokens: 10 }, plain)?.outputAudio, 0.0001);
  const embeddings = model({ input: "0.02" });
  assert.equal(priceOf({ inputTokens: 1_000, outputTokens: 5 }, embeddings)?.total, 0.00002);
  assert.equal(priceOf({ inputTokens: 1_000, outputTokens: 5 }, embeddings)?.output, undefined);
});

Deno.test("priceOf() takes the tier of the whole input, cache and audio included", () => {
  const tiered: ModelRates = {
    base: parseRates({ input: "1", output: "10", cacheRead: "0.1" }),
    tiers: [{ contextOver: 200_000, rates: parseRates({ input: "2", cacheRead: "0.2" }) }],
  };
  const below = { inputTokens: 200_000, cacheReadTokens: 150_000, outputTokens: 10 };
  const above = { ...below, inputTokens: 200_001, cacheReadTokens: 150_001 };
  assert.deepEqual(priceOf(below, tiered)?.rates, { input: 1, output: 10, cacheRead: 0.1 });
  assert.deepEqual(priceOf(above, tiered)?.rates, { input: 2, output: 10, cacheRead: 0.2 });
  assert.equal(priceOf(above, tiered)?.input, 0.1);
});

Deno.test("priceOf() knows nothing of what nobody counted", () => {
  assert.equal(priceOf({}, claude), undefined);
  assert.equal(priceOf({ reasoningTokens: 5 }, claude), undefined);
  assert.equal(priceOf({ inputTokens: 0, outputTokens: 0 }, claude)?.total, 0);
  for (const odd of [-5, 0.5, NaN, Infinity]) {
    assert.equal(priceOf({ inputTokens: odd, outputTokens: 1 }, claude)?.total, 0.000015, `${odd}`);
  }
});

const count = fc.option(fc.nat(2_000_000), { nil: undefined });

const usage: fc.Arbitrary<PricedUsage> = fc.record({
  inputTokens: fc.nat(5_000_000),
  outputTokens: fc.nat(1_000_000),
  cacheReadTokens: count,
  cacheWriteTokens: count,
  reasoningTokens: count,
  inputAudioTokens: count,
  outputAudioTokens: count,
}).map((counts) => JSON.parse(JSON.stringify(counts)));

const rate = fc.bigInt(0n, 100_000_000n);

const rates = fc.record(
  Object.fromEntries(RATE_NAMES.map((name) => [name, rate])),
  { requiredKeys: ["input", "output"] },
);

const modelRates: fc.Arbitrary<ModelRates> = fc.record({
  base: rates,
  tiers: fc.array(fc.record({ contextOver: fc.nat(5_000_000), rates }), { maxLength: 3 }),
});

Deno.test("priceOf() has parts that add up to the total", () => {
  fc.assert(fc.property(usage, modelRates, (tokens, priced) => {
    const cost = priceOf(tokens, priced);
    assert.ok(cost !== undefined);
    const parts = RATE_NAMES.map((name) => BigInt(Math.round((cost[name] ?? 0) * 1e12)));
    assert.equal(parts.reduce((sum, part) => sum + part, 0n), cost.totalPicoUsd);
    assert.equal(cost.total, Number(cost.totalPicoUsd) / 1e12);
  }));
});

Deno.test("splitTokens() counts every token once", () => {
  fc.assert(fc.property(usage, modelRates, (tokens, { base }) => {
    const split = splitTokens(tokens, base);
    const cached = (tokens.cacheReadTokens ?? 0) + (tokens.cacheWriteTokens ?? 0);
    const input = Math.max(tokens.inputTokens ?? 0, cached);
    assert.equal(split.input + split.cacheRead + split.cacheWrite + split.inputAudio, input);
    assert.equal(split.output + split.reasoning + split.outputAudio, tokens.outputTokens);
    for (const name of RATE_NAMES) assert.ok(split[name] >= 0, name);
  }));
});

Deno.test("priceOf() never costs less for more tokens at the same rates", () => {
  const more = fc.constantFrom("inputTokens", "outputTokens");
  fc.assert(fc.property(usage, rates, more, fc.nat(1_000_000), (tokens, base, name, added) => {
    const priced = { base, tiers: [] };
    const before = priceOf(tokens, priced);
    const after = priceOf({ ...tokens, [name]: (tokens[name] ?? 0) + added }, priced);
    assert.ok(before !== undefined && after !== undefined);
    assert.ok(after.totalPicoUsd >= before.totalPicoUsd);
  }));
});

Deno.test("priceOf() adds up without drift", () => {
  const tenth = model({ input: "0.1" });
  let total = 0n;
  for (let index = 0; index < 1_000; index++) {
    total += priceOf({ inputTokens: 1 }, tenth)?.totalPicoUsd ?? 0n;
  }
  assert.equal(total, priceOf({ inputTokens: 1_000 }, tenth)?.totalPicoUsd);
});
