import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseRate, parseRates, type Rates, ratesFor } from "../../src/cost/rates.ts";

Deno.test("parseRate() reads decimals exactly", () => {
  const rows: readonly (readonly [string, bigint | undefined])[] = [
    ["3", 3_000_000n],
    ["2.5", 2_500_000n],
    ["0.000001", 1n],
    ["0.1", 100_000n],
    ["0", 0n],
    ["", undefined],
    ["-1", undefined],
    [".5", undefined],
    ["1.", undefined],
    ["1.0000001", undefined],
    ["1e3", undefined],
    [" 1", undefined],
    ["1\n", undefined],
  ];
  for (const [text, rate] of rows) assert.equal(parseRate(text), rate, JSON.stringify(text));
});

Deno.test("parseRate() reads what was written", () => {
  fc.assert(fc.property(fc.bigInt(0n, 10n ** 15n - 1n), (rate) => {
    const text = `${rate / 1_000_000n}.${String(rate % 1_000_000n).padStart(6, "0")}`;
    assert.equal(parseRate(text), rate);
    assert.equal(parseRate(text.replace(/\.?0+$/, "") || "0"), rate);
  }));
});

const base: Rates = parseRates({ input: "1", output: "2", cacheRead: "0.1" });
const tiers = [
  { contextOver: 1_000, rates: parseRates({ input: "3" }) },
  { contextOver: 200, rates: parseRates({ input: "2", output: "4" }) },
];

Deno.test("ratesFor() takes the highest tier strictly below the context, over the base", () => {
  const rows: readonly (readonly [number, Rates])[] = [
    [0, base],
    [200, base],
    [201, { ...base, input: 2_000_000n, output: 4_000_000n }],
    [1_000, { ...base, input: 2_000_000n, output: 4_000_000n }],
    [1_001, { ...base, input: 3_000_000n }],
  ];
  for (const [context, rates] of rows) {
    assert.deepEqual(ratesFor({ base, tiers }, context), rates, `${context}`);
    assert.deepEqual(ratesFor({ base, tiers: tiers.toReversed() }, context), rates, `${context}`);
  }
});
