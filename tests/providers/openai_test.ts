import assert from "node:assert/strict";
import type { JsonObject } from "../../src/apis/api.ts";
import { editObject } from "../../src/lib/json_edit.ts";
import { openai } from "../../src/providers/openai/index.ts";

const provider = openai.connect({}, { now: () => 0 });

const ADAPTED: readonly [string, JsonObject, JsonObject][] = [
  ["gpt-4o", { max_tokens: 5 }, { max_completion_tokens: 5 }],
  ["gpt-4o", { max_tokens: 5, max_completion_tokens: 7 }, { max_completion_tokens: 7 }],
  ["gpt-4o", { max_completion_tokens: 7 }, { max_completion_tokens: 7 }],
  ["gpt-4o", {}, {}],
  ["o3", { max_tokens: 5 }, { max_tokens: 5 }],
  ["my-gpt-4", { max_tokens: 5 }, { max_tokens: 5 }],
];

for (const [model, request, expected] of ADAPTED) {
  Deno.test(`adapt() sends ${JSON.stringify(request)} to ${model} as ${JSON.stringify(expected)}`, () => {
    const edits = provider.adapt?.("completions", request, model) ?? {};
    assert.deepEqual(editObject(request, edits), expected);
  });
}

Deno.test("connect() keeps a configured model and its own address", () => {
  assert.equal(openai.connect({ model: "m" }, { now: () => 0 }).model, "m");
  assert.deepEqual([provider.name, provider.model, provider.origin], [
    "openai",
    undefined,
    "https://api.openai.com",
  ]);
});
