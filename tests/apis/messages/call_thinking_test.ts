import assert from "node:assert/strict";
import { planThinking, type ThinkingPlan } from "../../../src/apis/messages/call_thinking.ts";
import { modelTraits } from "../../../src/apis/messages/claude_model.ts";
import type { Block } from "../../../src/chat/block.ts";
import type { ChatRequest, Reasoning, Tool, Turn } from "../../../src/chat/request.ts";
import { chatWith, lossesOf, noLosses, OLD_MODEL } from "./fixtures.ts";

function planned(changes: Partial<ChatRequest>) {
  const losses = noLosses();
  const chat = chatWith(changes);
  const plan = planThinking(chat, modelTraits(chat.model), losses);
  return { plan, lost: lossesOf(losses) };
}

const enabled = (budget_tokens: number): ThinkingPlan => ({
  thinks: true,
  thinking: { type: "enabled", budget_tokens },
});
const adaptive = (effort?: string, display?: string): ThinkingPlan => ({
  thinks: true,
  thinking: { type: "adaptive", ...(display && { display }) },
  ...(effort && { effort }),
});
const OFF: ThinkingPlan = { thinks: false };
const DISABLED: ThinkingPlan = { thinks: false, thinking: { type: "disabled" } };

const REASONING: readonly [
  model: string,
  Reasoning | undefined,
  ThinkingPlan,
  lost?: string[],
][] = [
  [OLD_MODEL, undefined, OFF],
  [OLD_MODEL, {}, OFF],
  [OLD_MODEL, { enabled: false }, OFF],
  [OLD_MODEL, { effort: "none" }, OFF],
  [OLD_MODEL, { enabled: true }, enabled(4096)],
  [OLD_MODEL, { effort: "minimal" }, enabled(1024)],
  [OLD_MODEL, { effort: "low" }, enabled(1024)],
  [OLD_MODEL, { effort: "medium" }, enabled(2048)],
  [OLD_MODEL, { effort: "high" }, enabled(4096)],
  [OLD_MODEL, { effort: "xhigh" }, enabled(8192)],
  [OLD_MODEL, { effort: "max" }, enabled(16384)],
  [OLD_MODEL, { budgetTokens: 5000 }, enabled(5000)],
  [OLD_MODEL, { budgetTokens: 1000 }, OFF, ["dropped reasoning"]],
  [OLD_MODEL, { enabled: true, budgetTokens: 2000, shown: false }, {
    thinks: true,
    thinking: { type: "enabled", budget_tokens: 2000, display: "omitted" },
  }],
  ["deepseek-reasoner", { effort: "low" }, enabled(1024)],
  ["claude-sonnet-4-6", undefined, OFF],
  ["claude-sonnet-4-6", { enabled: false }, OFF],
  ["claude-sonnet-4-6", { enabled: true }, adaptive()],
  ["claude-sonnet-4-6", { effort: "medium" }, adaptive("medium")],
  ["claude-sonnet-4-6", { effort: "minimal" }, adaptive("low"), ["changed reasoning"]],
  ["claude-sonnet-4-6", { effort: "xhigh" }, adaptive("max"), ["changed reasoning"]],
  ["claude-sonnet-4-6", { effort: "immense" }, adaptive("medium"), ["changed reasoning"]],
  ["claude-sonnet-4-6", { budgetTokens: 3000 }, adaptive("high"), ["changed reasoning"]],
  ["claude-sonnet-4-6", { enabled: true, shown: true }, adaptive(undefined, "summarized")],
  ["claude-opus-4-7", { effort: "xhigh" }, adaptive("xhigh", "summarized")],
  ["claude-opus-4-7", { effort: "low", shown: false }, adaptive("low", "omitted")],
  ["claude-opus-5", undefined, { thinks: true }],
  ["claude-opus-5", { enabled: false }, DISABLED],
  ["claude-opus-5-5", { effort: "none" }, { thinks: true, effort: "low" }, ["changed reasoning"]],
];

for (const [model, reasoning, plan, lost = []] of REASONING) {
  Deno.test(`planThinking() of ${JSON.stringify(reasoning)} for ${model}`, () => {
    assert.deepEqual(planned({ model, ...(reasoning && { reasoning }) }), { plan, lost });
  });
}

const CAPS: readonly [maxTokens: number, ThinkingPlan, lost: string[]][] = [
  [4097, enabled(4096), []],
  [4096, enabled(4095), ["changed reasoning"]],
  [1025, enabled(1024), ["changed reasoning"]],
  [1024, OFF, ["dropped reasoning"]],
];

for (const [maxTokens, plan, lost] of CAPS) {
  Deno.test(`planThinking() keeps the budget below ${maxTokens} tokens`, () => {
    const asked = { reasoning: { effort: "high" }, maxOutputTokens: maxTokens };
    assert.deepEqual(planned(asked), { plan, lost });
  });
}

const tools: readonly Tool[] = [{ type: "function", name: "f" }];
const named = { name: "f" } as const;

const CHOICES: readonly [claim: string, Partial<ChatRequest>, ThinkingPlan, lost: string[]][] = [
  ["keeps a choice", { tools, toolChoice: "required" }, { toolChoice: "required", ...OFF }, []],
  ["leaves out a choice without tools", { toolChoice: "required" }, OFF, ["dropped toolChoice"]],
  ["leaves out `auto` without tools", { toolChoice: "auto" }, OFF, []],
  [
    "gives up thoughts for a forced call",
    { tools, toolChoice: named, reasoning: { effort: "low" } },
    { toolChoice: named, ...OFF },
    ["dropped reasoning"],
  ],
  [
    "turns off thoughts for a forced call where they come by themselves",
    { model: "claude-opus-5", tools, toolChoice: "required", reasoning: { effort: "low" } },
    { toolChoice: "required", ...DISABLED },
    ["dropped reasoning"],
  ],
  [
    "gives up the forced call where the model refuses it",
    { model: "claude-opus-5-5", tools, toolChoice: "required", reasoning: { effort: "low" } },
    { toolChoice: "auto", ...adaptive("low", "summarized") },
    ["changed toolChoice"],
  ],
  [
    "thinks beside a free choice",
    { tools, toolChoice: "none", reasoning: { effort: "low" } },
    { toolChoice: "none", ...enabled(1024) },
    [],
  ],
];

for (const [claim, changes, plan, lost] of CHOICES) {
  Deno.test(`planThinking() ${claim}`, () => {
    assert.deepEqual(planned(changes), { plan, lost });
  });
}

const ASK: Turn = { role: "user", blocks: [{ type: "text", text: "go" }] };
const RESULT: Turn = {
  role: "user",
  blocks: [{ type: "tool-result", callId: "t", blocks: [] }],
};
const CALL: Block = { type: "tool-call", id: "t", name: "f", input: "{}" };
const SIGNED: Block = { type: "reasoning", text: "hm", seal: { api: "messages", value: "s" } };
const FOREIGN: Block = { type: "reasoning", text: "hm", seal: { api: "gemini", value: "s" } };
const said = (...blocks: Block[]): Turn => ({ role: "assistant", blocks });

const HISTORIES: readonly [claim: string, turns: readonly Turn[], thinks: boolean][] = [
  ["an answer that began with signed thoughts", [ASK, said(SIGNED, CALL), RESULT], true],
  ["calls in a row after signed thoughts", [
    ...[ASK, said(SIGNED, CALL), RESULT],
    ...[said(CALL), RESULT],
  ], true],
  ["an answer without thoughts", [ASK, said(CALL), RESULT], false],
  ["an answer with foreign thoughts", [ASK, said(FOREIGN, CALL), RESULT], false],
  ["an answer whose thoughts come late", [ASK, said(CALL, SIGNED), RESULT], false],
  ["own words to continue", [ASK, said({ type: "text", text: "The" })], false],
  ["earlier answers without thoughts", [ASK, said(CALL), RESULT, said(CALL), ASK], true],
  ["results with more words", [
    ASK,
    said(CALL),
    { ...RESULT, blocks: [...RESULT.blocks, ...ASK.blocks] },
  ], false],
];

for (const [claim, turns, thinks] of HISTORIES) {
  Deno.test(`planThinking() ${thinks ? "thinks" : "does not think"} after ${claim}`, () => {
    assert.deepEqual(planned({ turns, reasoning: { effort: "low" } }), {
      plan: thinks ? enabled(1024) : OFF,
      lost: thinks ? [] : ["changed reasoning"],
    });
  });
}

Deno.test("planThinking() lets a model that decides itself think after whatever there was", () => {
  const turns = [ASK, said(CALL), RESULT];
  const { plan } = planned({ model: "claude-sonnet-4-6", turns, reasoning: { effort: "low" } });
  assert.deepEqual(plan, adaptive("low"));
});
