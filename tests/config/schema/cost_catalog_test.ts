import assert from "node:assert/strict";
import * as v from "valibot";
import { CostCatalogSources } from "../../../src/config/schema/cost_catalog.ts";

function complaints(input: unknown): string[] {
  const { issues = [] } = v.safeParse(CostCatalogSources, input);
  return issues.map(({ path = [], message }) =>
    `${path.map(({ key }) => key).join(".")}: ${message}`
  );
}

function inline(model: unknown): unknown {
  return [{ inline: { providers: { p: { models: { m: model } } } } }];
}

const RATE = 'expected US dollars as a text in quotes with up to 6 decimals, such as "2.50"';
const M = "0.inline.providers.p.models.m";

Deno.test("CostCatalogSources takes files, mappings and texts", () => {
  const tiers = [{ contextOver: 200_000, rates: { input: "5" } }];
  const rates = { input: "2.5", output: "10", cacheRead: "0.000001", reasoning: null };
  assert.deepEqual(complaints([]), []);
  assert.deepEqual(complaints([{ file: "prices.json" }, { inline: "providers: {}" }]), []);
  assert.deepEqual(complaints(inline({ rates, tiers, tags: ["chat"] })), []);
  assert.deepEqual(complaints([{ inline: { providers: { p: {} } } }, { inline: {} }]), []);
  assert.deepEqual(complaints(inline({})), []);
});

Deno.test("CostCatalogSources refuses what is no catalog, at its place", () => {
  const rows: readonly (readonly [unknown, readonly string[]])[] = [
    [[{}], ["0: must have exactly one of file, inline"]],
    [[{ file: "a", inline: "b" }], ["0: must have exactly one of file, inline"]],
    [[{ file: "" }], ["0.file: must not be empty"]],
    [[{ url: "x" }], ['0.url: unknown key "url"']],
    [[{ inline: 5 }], ["0.inline: expected a catalog, or one as text in JSON or YAML"]],
    [inline({ rates: { input: 2.5 } }), [`${M}.rates.input: ${RATE}`]],
    [inline({ rates: { input: "-1" } }), [`${M}.rates.input: ${RATE}`]],
    [inline({ rates: { input: "1.0000001" } }), [`${M}.rates.input: ${RATE}`]],
    [inline({ rates: { input: "1e3" } }), [`${M}.rates.input: ${RATE}`]],
    [inline({ rates: { inputs: "1" } }), [
      `${M}.rates.inputs: unknown key "inputs" (did you mean input?)`,
    ]],
    [inline({ rate: {} }), [`${M}.rate: unknown key "rate" (did you mean rates?)`]],
    [inline({ tiers: [{ contextOver: -1, rates: {} }] }), [
      `${M}.tiers.0.contextOver: must be at least 0`,
    ]],
    [inline({ tiers: [{ contextOver: 1.5, rates: {} }] }), [
      `${M}.tiers.0.contextOver: expected a whole number of tokens`,
    ]],
    [[{ inline: { providers: [] } }], ["0.inline.providers: expected a mapping"]],
  ];
  for (const [input, expected] of rows) assert.deepEqual(complaints(input), expected);
});
