import assert from "node:assert/strict";
import { isGemini3, readUsage } from "../../../src/apis/gemini/wire.ts";

const MODELS: readonly [model: string, expected: boolean][] = [
  ["gemini-3-pro-preview", true],
  ["gemini-3.1-flash", true],
  ["models/gemini-3-flash", true],
  ["publishers/google/models/gemini-4-x", true],
  ["gemini-10-pro", true],
  ["gemini-flash-latest", true],
  ["gemini-flash-lite-latest", true],
  ["gemini-2.5-pro", false],
  ["gemini-2.0-flash-001", false],
  ["gemini-1.5-pro-latest", false],
  ["gemini-pro", false],
  ["tunedModels/mine", false],
  ["gemma-3", false],
];

for (const [model, expected] of MODELS) {
  Deno.test(`isGemini3() is ${expected} for ${model}`, () => {
    assert.equal(isGemini3(model), expected);
  });
}

Deno.test("readUsage() takes counts that Google leaves out for 0", () => {
  const blocked = { promptTokenCount: 7, totalTokenCount: 7 };
  assert.deepEqual(readUsage(blocked), { inputTokens: 7, outputTokens: 0 });
  assert.deepEqual(readUsage({ promptTokenCount: 7 }), { inputTokens: 7 });
});
