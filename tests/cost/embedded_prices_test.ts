import assert from "node:assert/strict";
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import * as fc from "fast-check";
import { embeddedPricesText } from "../../scripts/generate_prices.ts";
import { embeddedPrices } from "../../src/cost/embedded_prices.ts";
import text from "../../src/cost/embedded_prices.txt" with { type: "text" };
import { priceOf } from "../../src/cost/price_of.ts";
import { presetNames, providerKinds } from "../../src/providers/index.ts";

const NOW = Date.UTC(2026, 8, 15, 12);

Deno.test("src/cost/embedded_prices.txt is what the generator writes", () => {
  assert.ok(text === embeddedPricesText(), "write it with scripts/generate_prices.ts");
});

Deno.test("embeddedPrices() knows models under the names that providers give them", () => {
  const prices = embeddedPrices(() => NOW);
  const rows: readonly (readonly [string, string, string])[] = [
    ["openai", "gpt-4o-2024-08-06", "2.5 10"],
    ["openai", "GPT-4o", "2.5 10"],
    ["openai", "gpt-5-20250807", "1.25 10"],
    ["anthropic", "claude-sonnet-4-5-20250929", "3 15"],
    ["gcp.vertex_ai", "claude-sonnet-4-5@20250929", "3 15"],
    ["gcp.vertex_ai", "gemini-2.5-flash", "0.3 2.5"],
    ["gcp.gemini", "gemini-2.5-flash", "0.3 2.5"],
    ["aws.bedrock", "eu.amazon.nova-pro-v1:0", "0.8 3.2"],
    ["azure", "gpt-4o-mini-2024-07-18", "0.15 0.6"],
    ["groq", "llama-3.3-70b-versatile", "0.59 0.79"],
  ];
  for (const [provider, model, expected] of rows) {
    const base = prices.find(provider, model)?.base;
    const shown = `${Number(base?.input) / 1e6} ${Number(base?.output) / 1e6}`;
    assert.equal(shown, expected, `${provider} ${model}`);
  }
});

Deno.test("embeddedPrices() knows nothing of others", () => {
  const prices = embeddedPrices(() => NOW);
  for (const provider of ["nobody", "constructor", "__proto__", "mock"]) {
    assert.equal(prices.find(provider, "gpt-4o"), undefined, provider);
  }
  assert.equal(prices.find("openai", "no-such-model"), undefined);
  assert.equal(prices.find("openai", ""), undefined);
  assert.equal(prices.find("openai", `gpt-4o-audio-preview${"x".repeat(300)}`), undefined);
});

Deno.test("embeddedPrices() is of providers that the gateway has", () => {
  const [index = "{}"] = text.split("\n");
  const telemetryNames = ["gcp.gemini", "gcp.vertex_ai", "aws.bedrock"];
  const known = [...providerKinds.map(({ type }) => type), ...presetNames, ...telemetryNames]
    .map((name) => name.toLowerCase());
  for (const provider of Object.keys(JSON.parse(index).providers)) {
    assert.ok(known.includes(provider), provider);
  }
});

Deno.test("embeddedPrices() follows the calendar and the time of day", () => {
  const lines = [
    { from: "test", providers: { p: ["x"] } },
    {
      provider: "x",
      match: { and: [{ starts: "a" }, { ends: "z" }, { regex: "^\\w+$" }] },
      prices: [
        { rates: { input: "1" } },
        { rates: { input: "2" }, from: "2026-01-01" },
        { rates: { input: "3" }, between: ["16:30:00Z", "00:30:00Z"] },
      ],
    },
  ].map((line) => JSON.stringify(line)).join("\n");
  let now = 0;
  const prices = embeddedPrices(() => now, lines);
  const rows: readonly (readonly [string, number])[] = [
    ["2025-12-31T12:00:00Z", 1],
    ["2026-01-01T12:00:00Z", 2],
    ["2025-06-01T16:29:59Z", 1],
    ["2025-06-01T16:30:00Z", 3],
    ["2026-06-01T00:29:59Z", 3],
    ["2026-06-01T00:30:00Z", 2],
  ];
  for (const [at, input] of rows) {
    now = Date.parse(at);
    assert.equal(Number(prices.find("p", "a_z")?.base.input) / 1e6, input, at);
  }
  assert.equal(prices.find("p", "a-z"), undefined);
});

Deno.test("embeddedPrices() costs what the library that the data is from says", () => {
  const prices = embeddedPrices(() => NOW);
  const providers = [["openai", "openai"], ["anthropic", "anthropic"], ["gcp.gemini", "google"]];
  const named = providers.flatMap(([provider = "", id = ""]) => {
    const models = findProvider({ providerId: id })?.models ?? [];
    return models.map((model) => ({ provider, id, model: model.id }));
  });
  const tokens = fc.record({
    inputTokens: fc.integer({ min: 1_000, max: 500_000 }),
    outputTokens: fc.nat(10_000),
    cacheReadTokens: fc.nat(500),
    cacheWriteTokens: fc.nat(500),
  });
  let compared = 0;
  fc.assert(
    fc.property(fc.constantFrom(...named), tokens, ({ provider, id, model }, usage) => {
      const rates = prices.find(provider, model);
      if (rates === undefined) return;
      const cost = priceOf(usage, rates);
      const theirs = calcPrice(
        {
          input_tokens: usage.inputTokens,
          output_tokens: usage.outputTokens,
          cache_read_tokens: usage.cacheReadTokens,
          cache_write_tokens: usage.cacheWriteTokens,
        },
        model,
        { providerId: id, timestamp: new Date(NOW) },
      );
      const difference = Math.abs((cost?.total ?? NaN) - (theirs?.total_price ?? NaN));
      assert.ok(difference < 1e-9, `${provider} ${model}: ${cost?.total} ${theirs?.total_price}`);
      compared += 1;
    }),
    { numRuns: 1_000 },
  );
  assert.ok(compared > 500);
});
