import assert from "node:assert/strict";
import { modelTraits } from "../../../src/apis/converse/model_traits.ts";

Deno.test("modelTraits() tells Claude's generations by their ids", () => {
  const cases = [
    ["anthropic.claude-v2:1", "none", "both"],
    ["anthropic.claude-instant-v1", "none", "both"],
    ["anthropic.claude-3-haiku-20240307-v1:0", "none", "both"],
    ["anthropic.claude-3-5-sonnet-20240620-v1:0", "none", "both"],
    ["us.anthropic.claude-3-7-sonnet-20250219-v1:0", "budget", "both"],
    ["apac.anthropic.claude-sonnet-4-20250514-v1:0", "budget", "both"],
    ["us.anthropic.claude-opus-4-1-20250805-v1:0", "budget", "one"],
    ["global.anthropic.claude-haiku-4-5-20251001-v1:0", "budget", "one"],
    ["anthropic.claude-sonnet-4-6", "either", "one"],
    ["anthropic.claude-opus-4-7", "adaptive", "none"],
    ["anthropic.claude-opus-4-10", "adaptive", "none"],
    ["anthropic.claude-opus-5", "adaptive", "none"],
    ["anthropic.claude-mythos-preview", "adaptive", "none"],
    [
      "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.Claude-3-7-Sonnet-20250219-v1:0",
      "budget",
      "both",
    ],
  ] as const;
  for (const [model, thinking, sampling] of cases) {
    const traits = modelTraits(model);
    assert.equal(traits.thinking, thinking, model);
    assert.equal(traits.sampling, sampling, model);
  }
});

Deno.test("modelTraits() says which Claudes can be made to call a tool", () => {
  const cases = [
    ["anthropic.claude-opus-4-7", "without-thinking"],
    ["anthropic.claude-opus-4-8", "always"],
    ["anthropic.claude-sonnet-5", "always"],
    ["anthropic.claude-opus-5", "always"],
    ["anthropic.claude-opus-5-5", "never"],
    ["anthropic.claude-fable-5", "always"],
    ["anthropic.claude-fable-5-1", "never"],
  ] as const;
  for (const [model, forces] of cases) assert.equal(modelTraits(model).forcesTools, forces, model);
});

Deno.test("modelTraits() assumes little of models that it does not know", () => {
  for (const model of ["ai21.jamba-1-5-large-v1:0", "qwen.qwen3-32b-v1:0", "", "cohere.nova"]) {
    const { thinking, cachePoints, toolStatus, toolChoices } = modelTraits(model);
    assert.equal(thinking, "unknown");
    assert.equal(cachePoints, "nowhere");
    assert.equal(toolStatus, false);
    assert.deepEqual(toolChoices, ["any", "tool"]);
  }
});

Deno.test("modelTraits() know which of Claude's models have a cache on Bedrock", () => {
  const cases = [
    ["anthropic.claude-3-opus-20240229-v1:0", "nowhere"],
    ["anthropic.claude-3-haiku-20240307-v1:0", "nowhere"],
    ["anthropic.claude-3-5-sonnet-20240620-v1:0", "nowhere"],
    ["anthropic.claude-3-5-sonnet-20241022-v2:0", "anywhere"],
    ["anthropic.claude-3-5-haiku-20241022-v1:0", "anywhere"],
    ["us.anthropic.claude-3-7-sonnet-20250219-v1:0", "anywhere"],
    ["anthropic.claude-opus-4-20250514-v1:0", "anywhere"],
    ["amazon.nova-lite-v1:0", "after-text"],
  ] as const;
  for (const [model, places] of cases) assert.equal(modelTraits(model).cachePoints, places, model);
});
