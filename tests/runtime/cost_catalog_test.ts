import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileCostCatalog } from "../../src/runtime/cost_catalog.ts";
import { compileContext } from "../support/compile_context.ts";

const AT = ["config", "modelCatalog"];

const usage = { inputTokens: 1_000_000, outputTokens: 0 };

function catalogText(input: string): string {
  return JSON.stringify({ providers: { openai: { models: { m: { rates: { input } } } } } });
}

Deno.test("compileCostCatalog() has the built-in prices where nothing is configured", () => {
  const catalog = compileCostCatalog([], AT, compileContext());
  assert.equal(catalog.lookup("openai", ["gpt-4o"]).status, "exact");
  assert.equal(catalog.lookup("openai", ["m"]).status, "missing");
});

Deno.test("compileCostCatalog() lays sources over each other, and over the built-in prices", () => {
  const context = compileContext();
  const tiers = [{ contextOver: 10, rates: { input: "7" } }];
  const models = { "m": { rates: { input: "1" }, tiers: [] }, "gpt-4o": { rates: {}, tiers } };
  const catalog = compileCostCatalog(
    [
      { inline: { providers: { openai: { models } } } },
      {
        inline:
          "providers:\n  openai:\n    models:\n      m:\n        rates:\n          input: '2'\n",
      },
    ],
    AT,
    context,
  );
  assert.deepEqual(context.problems, []);
  assert.equal(catalog.price("openai", ["m"], usage)?.total, 2);
  assert.equal(catalog.price("openai", ["gpt-4o"], usage)?.total, 7);
  assert.equal(catalog.lookup("openai", ["gpt-4o-mini"]).status, "exact");
});

Deno.test("compileCostCatalog() says where a catalog in the configuration is wrong", () => {
  const rows: readonly (readonly [string, string])[] = [
    [
      '{"providers": {"p": {"models": {"m": {"rates": {"input": 2.5}}}}}}',
      "catalog:1:58: providers.p.models.m.rates.input: expected US dollars as a text in quotes " +
      'with up to 6 decimals, such as "2.50", found 2.5',
    ],
    [
      "providers:\n  p:\n    models:\n      m: {rate: {}}",
      'catalog:4:11: providers.p.models.m.rate: unknown key "rate" (did you mean rates?)',
    ],
    ["providers: [", "catalog:1:13: "],
    ["", "catalog:1:1: expected a mapping"],
  ];
  for (const [text, message] of rows) {
    const context = compileContext();
    compileCostCatalog([{ inline: text }], AT, context);
    const [problem] = context.problems;
    assert.deepEqual(problem?.path, [...AT, 0, "inline"], text);
    assert.ok(problem?.message.startsWith(message), `${problem?.message}`);
  }
});

Deno.test("compileCostCatalog() keeps what a file last said while it is wrong or away", () => {
  const folder = mkdtempSync(join(tmpdir(), "cost-catalog-"));
  try {
    const file = join(folder, "prices.json");
    const context = compileContext();
    const load = () => {
      context.problems.length = 0;
      context.warnings.length = 0;
      const catalog = compileCostCatalog([{ file }], AT, context);
      assert.deepEqual(context.problems, []);
      const messages = context.warnings.map(({ message }) => message);
      return { total: catalog.price("openai", ["m"], usage)?.total, messages };
    };

    const away = load();
    assert.equal(away.total, undefined);
    assert.equal(away.messages.length, 1);

    writeFileSync(file, '{"providers": {"openai": 1}}');
    const wrong = load();
    assert.equal(wrong.total, undefined);
    assert.deepEqual(wrong.messages, [
      `${file}:1:26: providers.openai: expected a mapping, found 1; its prices are not known`,
    ]);

    writeFileSync(file, catalogText("3"));
    assert.deepEqual(load(), { total: 3, messages: [] });

    writeFileSync(file, "{");
    const broken = load();
    assert.equal(broken.total, 3);
    assert.match(broken.messages[0] ?? "", /; its last prices hold$/);

    rmSync(file);
    assert.equal(load().total, 3);

    writeFileSync(file, catalogText("4"));
    assert.deepEqual(load(), { total: 4, messages: [] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
