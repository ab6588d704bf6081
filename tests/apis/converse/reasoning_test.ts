import assert from "node:assert/strict";
import type { ChatRequest, Reasoning } from "../../../src/chat/request.ts";
import { isMapping } from "../../../src/lib/mapping.ts";
import { ask, call, result, text } from "./ask.ts";

const V35 = "anthropic.claude-3-5-sonnet-20241022-v2:0";
const V37 = "us.anthropic.claude-3-7-sonnet-20250219-v1:0";
const V45 = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const V46 = "us.anthropic.claude-opus-4-6-v1";
const V47 = "us.anthropic.claude-opus-4-7";
const V5 = "us.anthropic.claude-sonnet-5";
const SONNET55 = "us.anthropic.claude-sonnet-5-5", OPUS55 = "us.anthropic.claude-opus-5-5";
const MYTHOS = "anthropic.claude-mythos-preview";
const PROFILE = "arn:aws:bedrock:eu-central-1:1:application-inference-profile/abc";
const NOVA1 = "amazon.nova-pro-v1:0", NOVA2 = "global.amazon.nova-2-lite-v1:0";
const GPT_OSS = "openai.gpt-oss-120b-1:0", GPT = "us.openai.gpt-5.6-sol";
const DEEPSEEK = "us.deepseek.r1-v1:0";

const budget = (tokens: number) => ({ thinking: { type: "enabled", budget_tokens: tokens } });
const adaptive = (effort?: string, display?: string) => ({
  thinking: { type: "adaptive", ...(display === undefined ? {} : { display }) },
  ...(effort === undefined ? {} : { output_config: { effort } }),
});
const config = (effort: string) => ({
  reasoningConfig: { type: "enabled", maxReasoningEffort: effort },
});
const off = (type: string) => ({ thinking: { type } });
const high: Reasoning = { effort: "high" }, none: Reasoning = { enabled: false };
const CHANGED = ["changed reasoning"], DROPPED = ["dropped reasoning"];

type Case = readonly [
  model: string,
  reasoning: Reasoning,
  fields: unknown,
  found: readonly string[],
];

const CASES: readonly Case[] = [
  [V35, high, undefined, DROPPED],
  [V35, none, undefined, []],
  [V37, { effort: "minimal" }, budget(1024), []],
  [V45, { effort: "low" }, budget(1024), []],
  [V45, { effort: "medium" }, budget(2048), []],
  [V45, high, budget(4096), []],
  [V45, { effort: "xhigh" }, budget(8192), []],
  [V45, { effort: "max" }, budget(16384), []],
  [V45, { enabled: true, budgetTokens: 3000 }, budget(3000), []],
  [V45, { enabled: true, budgetTokens: 10 }, budget(1024), CHANGED],
  [V45, { enabled: true }, budget(2048), CHANGED],
  [V45, { effort: "high", shown: true }, budget(4096), []],
  [V45, { effort: "high", shown: false }, budget(4096), CHANGED],
  [V45, none, undefined, []],
  [V45, { effort: "none" }, undefined, []],
  [V45, { shown: true }, undefined, []],
  [PROFILE, high, budget(4096), []],
  [V46, high, adaptive("high"), []],
  [V46, { effort: "xhigh" }, adaptive("high"), CHANGED],
  [V46, { effort: "max" }, adaptive("max"), []],
  [V46, { enabled: true, budgetTokens: 3000 }, budget(3000), []],
  [V46, { enabled: true }, adaptive(), []],
  [V47, { effort: "xhigh" }, adaptive("xhigh"), []],
  [V47, { effort: "minimal" }, adaptive("low"), CHANGED],
  [V47, { effort: "someday" }, adaptive("someday"), []],
  [V47, { enabled: true, budgetTokens: 3000 }, adaptive("high"), CHANGED],
  [V47, { enabled: true, shown: true }, adaptive(undefined, "summarized"), []],
  [V47, { effort: "low", shown: false }, adaptive("low", "omitted"), []],
  [V47, none, undefined, []],
  [V5, none, off("disabled"), []],
  [SONNET55, none, off("between_tools"), []],
  [OPUS55, none, { output_config: { effort: "low" } }, CHANGED],
  [MYTHOS, none, { output_config: { effort: "low" } }, CHANGED],
  [MYTHOS, high, adaptive("high"), []],
  [NOVA1, high, undefined, DROPPED],
  [NOVA2, { effort: "low" }, config("low"), []],
  [NOVA2, { effort: "max" }, config("high"), CHANGED],
  [NOVA2, { enabled: true }, config("medium"), []],
  [NOVA2, { enabled: true, budgetTokens: 2000 }, config("medium"), CHANGED],
  [NOVA2, none, undefined, []],
  [GPT_OSS, { effort: "low" }, { reasoning_effort: "low" }, []],
  [GPT_OSS, { effort: "minimal" }, { reasoning_effort: "low" }, CHANGED],
  [GPT_OSS, none, { reasoning_effort: "low" }, CHANGED],
  [GPT, { effort: "xhigh" }, { reasoning: { effort: "xhigh" } }, []],
  [GPT, none, { reasoning: { effort: "none" } }, []],
  [DEEPSEEK, high, undefined, DROPPED],
  [DEEPSEEK, none, undefined, DROPPED],
];

for (const [model, reasoning, fields, found] of CASES) {
  Deno.test(`writeReasoning() tells ${model} ${JSON.stringify(reasoning)}`, () => {
    const asked = ask({ model, reasoning });
    assert.deepEqual(asked.request.additionalModelRequestFields, fields);
    assert.deepEqual(asked.found, found);
  });
}

function inference(parts: Partial<ChatRequest>): Record<string, unknown> {
  const { inferenceConfig } = ask(parts).request;
  assert.ok(isMapping(inferenceConfig));
  return { ...inferenceConfig };
}

Deno.test("writeReasoning() leaves room for the answer beside the budget", () => {
  assert.equal(inference({ reasoning: { effort: "max" } }).maxTokens, 16384 + 4096);
  const within = ask({ reasoning: high, maxOutputTokens: 3000 });
  assert.deepEqual(within.request.additionalModelRequestFields, budget(2999));
  assert.deepEqual(within.found, CHANGED);
  const tooSmall = ask({ reasoning: high, maxOutputTokens: 1024 });
  assert.equal("additionalModelRequestFields" in tooSmall.request, false);
  assert.deepEqual(tooSmall.found, DROPPED);
  assert.deepEqual(inference({ reasoning: high, maxOutputTokens: 1024 }), { maxTokens: 1024 });
});

Deno.test("writeReasoning() takes a budget from the vendor extensions", () => {
  const native = { vendor_extensions: { thinking_budget_tokens: 5000 } };
  const { request, found } = ask({ reasoning: { effort: "low" }, native });
  assert.deepEqual(request.additionalModelRequestFields, budget(5000));
  assert.deepEqual(found, []);
});

Deno.test("writeRequest() leaves out sampling that a thinking model refuses", () => {
  const sampling = { temperature: 0.5, topP: 0.9, topK: 7 };
  const refused = ["changed reasoning", "dropped temperature", "dropped topP", "dropped topK"];
  const thinking = ask({ reasoning: { enabled: true }, sampling });
  assert.deepEqual(thinking.request.inferenceConfig, { maxTokens: 2048 + 4096 });
  assert.deepEqual(thinking.request.additionalModelRequestFields, budget(2048));
  assert.deepEqual(thinking.found, refused);
  const plain = ask({ model: V47, sampling });
  assert.deepEqual(plain.request.inferenceConfig, { maxTokens: 4096 });
  assert.deepEqual(plain.found, refused.slice(1));
  const effort = ask({ model: NOVA2, reasoning: high, sampling, maxOutputTokens: 9 });
  assert.deepEqual(effort.request.inferenceConfig, {});
  assert.deepEqual(effort.found, [
    "dropped maxOutputTokens",
    "dropped temperature",
    "dropped topP",
    "dropped topK",
  ]);
});

const tools = [{ type: "function", name: "f" }] as const;

Deno.test("writeReasoning() gives way to a tool that must be called", () => {
  for (const model of [V45, V46, V47]) {
    const { request, found } = ask({ model, reasoning: high, tools, toolChoice: "required" });
    assert.equal("additionalModelRequestFields" in request, false);
    assert.deepEqual(found, CHANGED);
  }
  const free = ask({ reasoning: high, tools, toolChoice: "auto" });
  assert.deepEqual(free.request.additionalModelRequestFields, budget(4096));
  const newer = ask({ model: V5, reasoning: high, tools, toolChoice: "required" });
  assert.deepEqual(newer.request.additionalModelRequestFields, adaptive("high"));
});

Deno.test("writeReasoning() keeps still in the middle of calls whose thoughts are missing", () => {
  const thought = { type: "reasoning", text: "Hm", seal: { api: "messages", value: "s" } } as const;
  const called = { role: "assistant", blocks: [call("1", "f")] } as const;
  const answered = { role: "user", blocks: [result("1", text("x"))] } as const;
  const bare = { tools, reasoning: high, turns: [called, answered] };
  assert.equal("additionalModelRequestFields" in ask(bare).request, false);
  assert.deepEqual(ask(bare).found, CHANGED);
  assert.deepEqual(ask({ ...bare, model: V46 }).found, []);
  const budgeted = ask({ ...bare, model: V46, reasoning: { enabled: true, budgetTokens: 2000 } });
  assert.equal("additionalModelRequestFields" in budgeted.request, false);
  assert.deepEqual(budgeted.found, CHANGED);
  const signed = { ...called, blocks: [thought, ...called.blocks] };
  const whole = ask({ ...bare, turns: [signed, answered] });
  assert.deepEqual(whole.request.additionalModelRequestFields, budget(4096));
  const done = { role: "assistant", blocks: [text("It is x")] } as const;
  const next = { role: "user", blocks: [text("Thanks")] } as const;
  assert.deepEqual(ask({ ...bare, turns: [called, answered, done, next] }).found, []);
});
