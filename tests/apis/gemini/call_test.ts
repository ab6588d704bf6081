import assert from "node:assert/strict";
import { geminiCall } from "../../../src/apis/gemini/index.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";

const BASE: ChatRequest = {
  api: "completions",
  model: "gemini-2.5-pro",
  instructions: [],
  turns: [{ role: "user", blocks: [{ type: "text", text: "hi" }] }],
  tools: [],
  sampling: {},
  stream: false,
  native: {},
};
const CONTENTS = [{ role: "user", parts: [{ text: "hi" }] }];

/** The request and what was lost, as `dropped:x` and `changed:y`. */
function written(chat: Partial<ChatRequest>) {
  const found = losses({});
  const request = geminiCall.writeRequest({ ...BASE, ...chat }, found);
  return { request, lost: found.found.map(({ kind, field }) => `${kind}:${field}`) };
}

type Row = readonly [
  claim: string,
  chat: Partial<ChatRequest>,
  more: Record<string, unknown>,
  lost?: readonly string[],
];

const config = (generationConfig: unknown) => ({ generationConfig });
const fn = { type: "function", name: "f", description: "d" } as const;
const tool = (schema: unknown) => ({ tools: [{ ...fn, schema }] });
const declared = (parameters?: unknown) => ({
  tools: [{
    functionDeclarations: [{ name: "f", description: "d", ...(parameters ? { parameters } : {}) }],
  }],
});
const choice = (functionCallingConfig: unknown) => ({ toolConfig: { functionCallingConfig } });
const G3 = { model: "gemini-3-pro-preview" };
const STRING = { type: "object", properties: { a: { type: "string" } } };

const TABLE: readonly Row[] = [
  ["nothing more", {}, {}],
  [
    "instructions as one text",
    {
      instructions: [
        { type: "text", text: "one" },
        { type: "text", text: "" },
        { type: "text", text: "two" },
      ],
    },
    { systemInstruction: { parts: [{ text: "one\ntwo" }] } },
  ],
  ["no empty instruction", { instructions: [{ type: "text", text: "" }] }, {}],
  [
    "sampling",
    {
      sampling: {
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        stop: ["x"],
        seed: 7,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        topLogprobs: 3,
      },
      maxOutputTokens: 100,
      candidates: 2,
    },
    config({
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      stopSequences: ["x"],
      seed: 7,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      responseLogprobs: true,
      logprobs: 3,
      candidateCount: 2,
      maxOutputTokens: 100,
    }),
  ],
  [
    "likelihoods of the chosen tokens alone",
    { sampling: { topLogprobs: 0 } },
    config({ responseLogprobs: true }),
  ],
  ["no empty list of stops", { sampling: { stop: [] } }, {}],
  [
    "one answer of a stream",
    { candidates: 2, stream: true },
    {},
    ["dropped:candidates"],
  ],
  [
    "JSON",
    { output: { type: "json" } },
    config({ responseMimeType: "application/json" }),
  ],
  [
    "JSON by a schema",
    { output: { type: "json-schema", name: "n", schema: { ...STRING, minProperties: 1 } } },
    config({ responseMimeType: "application/json", responseSchema: STRING }),
    ["changed:output"],
  ],
  ["text", { output: { type: "text" } }, {}],
  [
    "a budget for an effort",
    { reasoning: { effort: "high" } },
    config({ thinkingConfig: { thinkingBudget: 4096, includeThoughts: true } }),
  ],
  [
    "a budget as it is",
    { reasoning: { enabled: true, budgetTokens: 777 } },
    config({ thinkingConfig: { thinkingBudget: 777, includeThoughts: true } }),
  ],
  [
    "thinking without a measure",
    { reasoning: { enabled: true } },
    config({ thinkingConfig: { includeThoughts: true } }),
  ],
  [
    "thoughts that nobody wants to see",
    { reasoning: { effort: "low", shown: false } },
    config({ thinkingConfig: { thinkingBudget: 1024 } }),
  ],
  [
    "thoughts to be shown, if there are any",
    { reasoning: { shown: true } },
    config({ thinkingConfig: { includeThoughts: true } }),
  ],
  ["no thinking", { reasoning: { enabled: false } }, {}, ["dropped:reasoning"]],
  ["no thinking, as an effort", { reasoning: { effort: "none" } }, {}, ["dropped:reasoning"]],
  [
    "a level for the third generation",
    { ...G3, reasoning: { effort: "minimal" } },
    config({ thinkingConfig: { thinkingLevel: "minimal", includeThoughts: true } }),
  ],
  [
    "the highest level there is",
    { ...G3, reasoning: { effort: "max" } },
    config({ thinkingConfig: { thinkingLevel: "high", includeThoughts: true } }),
    ["changed:reasoning"],
  ],
  [
    "the highest level for a higher effort",
    { ...G3, reasoning: { effort: "xhigh" } },
    config({ thinkingConfig: { thinkingLevel: "high", includeThoughts: true } }),
    ["changed:reasoning"],
  ],
  [
    "a level for a budget",
    { ...G3, reasoning: { budgetTokens: 2000 } },
    config({ thinkingConfig: { thinkingLevel: "medium", includeThoughts: true } }),
    ["changed:reasoning"],
  ],
  [
    "a level for an effort of no known name",
    { ...G3, reasoning: { effort: "extreme" } },
    config({ thinkingConfig: { thinkingLevel: "medium", includeThoughts: true } }),
    ["changed:reasoning"],
  ],
  [
    "the client's own configuration of thinking",
    { reasoning: { effort: "high" }, native: { thinking_config: { thinking_budget: 5 } } },
    config({ thinkingConfig: { thinking_budget: 5 } }),
  ],
  [
    "the same in the other spelling",
    { native: { thinkingConfig: { thinkingBudget: 5 } } },
    config({ thinkingConfig: { thinkingBudget: 5 } }),
  ],
  [
    "safety settings and labels",
    { native: { safety_settings: [{ category: "c", threshold: "t" }], labels: { a: "b" } } },
    { safetySettings: [{ category: "c", threshold: "t" }], labels: { a: "b" } },
  ],
  [
    "no malformed settings",
    { native: { safetySettings: "x", labels: 1, thinking_config: 1, cached_content: 7 } },
    {},
    [
      "dropped:safetySettings",
      "dropped:labels",
      "dropped:thinking_config",
      "dropped:cached_content",
    ],
  ],
  [
    "a cache, which has its own instruction and tools",
    {
      native: { cached_content: "cachedContents/x" },
      instructions: [{ type: "text", text: "s" }],
      ...tool(STRING),
      toolChoice: "auto",
    },
    { cachedContent: "cachedContents/x" },
    ["dropped:instructions", "dropped:tools", "dropped:toolChoice"],
  ],
  [
    "no members of other APIs",
    { native: { logit_bias: {}, store: true, stream_options: {}, stream: true } },
    {},
    ["dropped:logit_bias", "dropped:store"],
  ],
  [
    "no concepts that Google lacks",
    {
      sampling: { logitBias: { 5: 1 } },
      verbosity: "low",
      user: "u",
      metadata: { a: 1 },
      parallelToolCalls: false,
      serviceTier: "scale",
    },
    {},
    [
      "dropped:verbosity",
      "dropped:user",
      "dropped:metadata",
      "dropped:parallelToolCalls",
      "dropped:logitBias",
      "dropped:serviceTier",
    ],
  ],
  ["no word for what is so anyway", { parallelToolCalls: true, serviceTier: "auto" }, {}],
  ["the usual tier without a word", { serviceTier: "default" }, {}],
  ["a tier", { serviceTier: "flex" }, { serviceTier: "flex" }],
  [
    "wishes for caching",
    { instructions: [{ type: "text", text: "s", cache: {} }] },
    { systemInstruction: { parts: [{ text: "s" }] } },
    ["dropped:cache"],
  ],
  ["a function", tool({ ...STRING, $schema: "s" }), declared(STRING)],
  ["a function without parameters", tool(undefined), declared()],
  ["a function with no properties", tool({ type: "object", properties: {} }), declared()],
  [
    "a function whose schema has to be widened",
    tool({ ...STRING, maxProperties: 2 }),
    declared(STRING),
    ["changed:toolSchema"],
  ],
  [
    "a strict function",
    { tools: [{ ...fn, schema: STRING, strict: true }] },
    declared(STRING),
    ["dropped:toolStrict"],
  ],
  [
    "Google's own tools and no others'",
    {
      tools: [
        { type: "native", api: "gemini", name: "googleSearch", value: { googleSearch: {} } },
        { type: "native", api: "messages", name: "web_search_20250305", value: {} },
      ],
    },
    { tools: [{ googleSearch: {} }] },
    ["dropped:web_search_20250305"],
  ],
  [
    "a choice of itself",
    { ...tool(STRING), toolChoice: "auto" },
    { ...declared(STRING), ...choice({ mode: "AUTO" }) },
  ],
  [
    "a choice of none",
    { ...tool(STRING), toolChoice: "none" },
    { ...declared(STRING), ...choice({ mode: "NONE" }) },
  ],
  [
    "a choice of any",
    { ...tool(STRING), toolChoice: "required" },
    { ...declared(STRING), ...choice({ mode: "ANY" }) },
  ],
  [
    "a choice of one",
    { ...tool(STRING), toolChoice: { name: "f" } },
    { ...declared(STRING), ...choice({ mode: "ANY", allowedFunctionNames: ["f"] }) },
  ],
  ["no choice among no functions", { toolChoice: "auto" }, {}],
  ["no forced choice among none", { toolChoice: "required" }, {}, ["dropped:toolChoice"]],
];

for (const [claim, chat, more, lost = []] of TABLE) {
  Deno.test(`writeRequest() writes ${claim}`, () => {
    assert.deepEqual(written(chat), { request: { contents: CONTENTS, ...more }, lost });
  });
}
