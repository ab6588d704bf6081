import assert from "node:assert/strict";
import { embeddedPrices } from "../../src/cost/embedded_prices.ts";
import { type ModelTable, priceCatalog } from "../../src/cost/price_catalog.ts";
import { type ModelRates, parseRates } from "../../src/cost/rates.ts";

function rates(input: string): ModelRates {
  return { base: parseRates({ input }), tiers: [] };
}

const unpriced: ModelRates = { base: {}, tiers: [] };

const first: ModelTable = new Map([
  ["p", new Map([["a", rates("1")], ["b", rates("2")], ["free", unpriced]])],
]);
const second: ModelTable = new Map([
  ["p", new Map([["b", rates("3")]])],
  ["q", new Map([["a", rates("4")]])],
]);
const embedded = {
  find(provider: string, model: string) {
    return provider === "p" && model.startsWith("builtin") ? rates("9") : undefined;
  },
};

Deno.test("lookup() asks for the answer's model, then the request's, in the tables first", () => {
  const catalog = priceCatalog([first, second], embedded);
  const rows: readonly (readonly [string, readonly (string | undefined)[], string, string?])[] = [
    ["p", ["a"], "exact", "1"],
    ["p", ["a", "b"], "exact", "1"],
    ["p", ["x", "b"], "exact", "3"],
    ["p", [undefined, "b"], "exact", "3"],
    ["q", ["a"], "exact", "4"],
    ["p", ["builtin-1"], "exact", "9"],
    ["p", ["builtin-1", "a"], "exact", "1"],
    ["p", ["x", "builtin-1"], "exact", "9"],
    ["p", ["free"], "unpriced"],
    ["p", ["free", "a"], "unpriced"],
    ["p", ["x"], "missing"],
    ["p", ["A"], "missing"],
    ["r", ["a"], "missing"],
    ["p", [], "missing"],
  ];
  for (const [provider, models, status, input] of rows) {
    const found = catalog.lookup(provider, models);
    assert.equal(found.status, status, `${provider} ${models}`);
    if (found.status === "exact") assert.deepEqual(found.rates, rates(input ?? ""), `${models}`);
  }
});

Deno.test("lookup() says when there is no catalog at all", () => {
  assert.equal(priceCatalog([], undefined).lookup("p", ["a"]).status, "no-catalog");
  assert.equal(priceCatalog([new Map()], undefined).lookup("p", ["a"]).status, "missing");
  assert.equal(priceCatalog([], embedded).lookup("p", ["a"]).status, "missing");
});

Deno.test("price() prices what is known", () => {
  const catalog = priceCatalog([first], undefined);
  assert.equal(catalog.price("p", ["a"], { inputTokens: 1_000_000 })?.total, 1);
  assert.equal(catalog.price("p", ["free"], { inputTokens: 1 }), undefined);
  assert.equal(catalog.price("p", ["x"], { inputTokens: 1 }), undefined);
  assert.equal(catalog.price("p", ["a"], {}), undefined);
});

Deno.test("price() works out of the box", () => {
  const catalog = priceCatalog([], embeddedPrices(() => Date.UTC(2026, 0, 1)));
  const usage = { inputTokens: 1_000, outputTokens: 1_000 };
  assert.equal(catalog.price("openai", ["gpt-4o-mini-2024-07-18", "any"], usage)?.total, 0.00075);
});
