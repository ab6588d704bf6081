import assert from "node:assert/strict";
import { type ModelTraits, modelTraits } from "../../../src/apis/messages/claude_model.ts";

type Trait = keyof ModelTraits;

const OF_4_1: readonly Trait[] = ["takesOneSampling"];
const OF_4_6: readonly Trait[] = [...OF_4_1, "thinksAdaptively"];
const OF_4_7: readonly Trait[] = [...OF_4_6, "hidesThinking", "knowsXhigh", "refusesSampling"];
const OF_5: readonly Trait[] = [...OF_4_7, "thinksByDefault"];
const OF_FABLE_5: readonly Trait[] = [...OF_5, "thinksAlways"];
const OF_5_5: readonly Trait[] = [...OF_FABLE_5, "refusesForcedTools"];

const MODELS: readonly [model: string, traits: readonly Trait[]][] = [
  ["deepseek-chat", []],
  ["claude-2.1", []],
  ["claude-v2", []],
  ["claude-instant-1.2", []],
  ["claude-3-haiku-20240307", []],
  ["claude-3-7-sonnet-20250219", []],
  ["claude-opus-4-20250514", []],
  ["claude-sonnet-4@20250514", []],
  ["claude-opus-4-1-20250805", OF_4_1],
  ["claude-sonnet-4-5-20250929", OF_4_1],
  ["anthropic/claude-sonnet-4.5", OF_4_1],
  ["claude-haiku-4-5@20251001", OF_4_1],
  ["claude-sonnet-4-6", OF_4_6],
  ["us.anthropic.claude-opus-4-6-v1", OF_4_6],
  ["claude-opus-4-8", OF_4_7],
  ["claude-mythos-preview", [...OF_4_7, "thinksAlways"]],
  ["claude-opus-5", OF_5],
  ["claude-sonnet-5", OF_5],
  ["claude-haiku-5-5", OF_5],
  ["claude-sonnet-latest", OF_5],
  ["claude-fable-5", OF_FABLE_5],
  ["claude-fable-5-1", OF_5_5],
  ["claude-opus-5-5", OF_5_5],
  ["claude-sonnet-6", OF_5_5],
];

for (const [model, traits] of MODELS) {
  Deno.test(`modelTraits() of ${model}`, () => {
    const found = Object.entries(modelTraits(model)).filter(([, has]) => has).map(([name]) => name);
    assert.deepEqual(found.sort(), [...traits].sort());
  });
}
