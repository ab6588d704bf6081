import assert from "node:assert/strict";
import { editObject } from "../../../src/lib/json_edit.ts";
import type { AiSettings } from "../../../src/policies/ai/ai_settings.ts";
import { bodyPolicy } from "../../../src/policies/ai/body_edits.ts";
import { mergeAi, mergeModelAi } from "../../../src/policies/ai/merge_ai.ts";
import { transformations } from "./expressions.ts";

const PROMPTS = { prepend: [], append: [] };

Deno.test("mergeAi() puts a field of a later level in place of an earlier one as a whole", () => {
  const route: AiSettings = { defaults: { a: 1, b: 1 }, overrides: { c: 1 }, prompts: PROMPTS };
  const backend: AiSettings = { defaults: { a: 2 } };
  assert.deepEqual(mergeAi([route, undefined, backend]), {
    defaults: { a: 2 },
    overrides: { c: 1 },
    prompts: PROMPTS,
  });
  assert.deepEqual(route.defaults, { a: 1, b: 1 });
});

Deno.test("mergeAi() of no levels is nothing", () => {
  assert.equal(mergeAi([]), undefined);
  assert.equal(mergeAi([undefined, undefined]), undefined);
});

Deno.test("mergeModelAi() merges members one by one, the model's in place of the provider's", () => {
  const provider: AiSettings = {
    defaults: { a: "p", b: "p" },
    overrides: { c: "p" },
    transformations: transformations({ d: '"p"', e: '"p"' }),
    promptCaching: {
      cacheSystem: true,
      cacheMessages: true,
      cacheTools: true,
      minTokens: 1,
      cacheMessageOffset: 1,
    },
  };
  const model: AiSettings = {
    defaults: { b: "m" },
    overrides: { f: "m" },
    transformations: transformations({ e: '"m"' }),
    finalTransformations: transformations({ g: "1" }),
  };
  const merged = mergeModelAi(provider, model);
  assert.ok(merged);
  const edits = bodyPolicy(merged).edit({}, { model: undefined, variables: () => ({}) });
  assert.deepEqual(editObject({}, edits), { a: "p", b: "m", c: "p", d: "p", e: "m", f: "m" });
  assert.equal(merged.promptCaching, provider.promptCaching);
  assert.equal(merged.finalTransformations, model.finalTransformations);
});

Deno.test("mergeModelAi() takes what one of them has alone", () => {
  const settings: AiSettings = { defaults: { a: 1 }, transformations: transformations({ b: "1" }) };
  assert.equal(mergeModelAi(undefined, undefined), undefined);
  assert.deepEqual(mergeModelAi(settings, undefined), settings);
  assert.deepEqual(mergeModelAi(undefined, settings), settings);
  assert.deepEqual(mergeModelAi(settings, {}), settings);
});
