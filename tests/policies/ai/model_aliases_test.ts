import assert from "node:assert/strict";
import { modelAliases } from "../../../src/policies/ai/model_aliases.ts";

Deno.test("modelAliases() takes the name itself first, then the longest pattern", () => {
  const aliasOf = modelAliases({
    "*": "any",
    "gpt-*": "gpt",
    "gpt-4o": "exact",
    "gpt-4*": "four",
    "*-4*-mini": "mini",
    "cl*": "first",
    "*cl": "second",
    "a*b*c": "three",
  });
  const cases: readonly (readonly [string, string])[] = [
    ["gpt-4o", "exact"],
    ["gpt-4o-mini", "mini"],
    ["gpt-4.1", "four"],
    ["gpt-", "gpt"],
    ["gpt", "any"],
    ["cl", "first"],
    ["clcl", "first"],
    ["abc", "three"],
    ["aXbYc", "three"],
    ["aXbY", "any"],
    ["GPT-4O", "any"],
    ["", "any"],
    ["__proto__", "any"],
  ];
  assert.deepEqual(cases.map(([model]) => [model, aliasOf(model)]), cases);
});

Deno.test("modelAliases() says nothing of names that it does not know", () => {
  const aliasOf = modelAliases({ "gpt-*": "a", b: "c" });
  for (const name of ["claude", "b2", "constructor", "__proto__", "toString"]) {
    assert.equal(aliasOf(name), undefined);
  }
});
