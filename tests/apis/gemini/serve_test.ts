import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { serve } from "../../../src/apis/gemini/serve.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";

const CONTENTS = [{ role: "user", parts: [{ text: "hi" }] }];
const BASE: ChatRequest = {
  api: "gemini",
  model: "m",
  instructions: [],
  turns: [{ role: "user", blocks: [{ type: "text", text: "hi" }] }],
  tools: [],
  sampling: {},
  stream: false,
  native: {},
};

function read(json: JsonObject): ChatRequest {
  return serve.readRequest({ json, model: "m", streaming: false, headers: new Headers() });
}

const config = (generationConfig: JsonObject) => ({ generationConfig });
const thinking = (thinkingConfig: JsonObject) => config({ thinkingConfig });
const calling = (functionCallingConfig: JsonObject) => ({ toolConfig: { functionCallingConfig } });
const CALLING = "toolConfig.functionCallingConfig";
const JSON_TYPE = { responseMimeType: "application/json" };

const TABLE: readonly [claim: string, json: JsonObject, chat: Partial<ChatRequest>][] = [
  ["nothing more", {}, {}],
  ["no nulls", { tools: null, generationConfig: null, safetySettings: null }, {}],
  ["the body's model as the path's", { model: "models/other" }, {}],
  [
    "an instruction",
    { systemInstruction: { role: "system", parts: [{ text: "a" }, { text: "b" }] } },
    { instructions: [{ type: "text", text: "a" }, { type: "text", text: "b" }] },
  ],
  [
    "an instruction in the other spelling",
    { system_instruction: { parts: [{ text: "a" }] } },
    { instructions: [{ type: "text", text: "a" }] },
  ],
  ["an instruction as text", { systemInstruction: "a" }, {
    instructions: [{ type: "text", text: "a" }],
  }],
  [
    "sampling",
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
      candidates: 2,
      maxOutputTokens: 100,
    },
  ],
  [
    "sampling in the other spelling",
    {
      generation_config: {
        top_p: 0.9,
        top_k: 40,
        stop_sequences: ["x"],
        max_output_tokens: "100",
        response_logprobs: true,
        thinking_config: { thinking_budget: 5, include_thoughts: true },
      },
    },
    {
      sampling: { topP: 0.9, topK: 40, stop: ["x"], topLogprobs: 0 },
      maxOutputTokens: 100,
      reasoning: { enabled: true, budgetTokens: 5, shown: true },
    },
  ],
  ["one candidate as none", config({ candidateCount: 1 }), {}],
  ["no likelihoods unasked", config({ responseLogprobs: false, logprobs: 3 }), {}],
  ["JSON", config(JSON_TYPE), { output: { type: "json" } }],
  ["text", config({ responseMimeType: "text/plain" }), { output: { type: "text" } }],
  [
    "JSON by Google's schema",
    config({
      ...JSON_TYPE,
      responseSchema: {
        type: "OBJECT",
        properties: {
          type: { type: "STRING", nullable: true, enum: ["a"] },
          b: { type: "ARRAY", items: { type: "INTEGER" }, minItems: "2" },
          c: { any_of: [{ type: "STRING" }, { type: "NUMBER" }] },
          d: { anyOf: [{ type: "STRING" }, { type: "NUMBER" }], nullable: true },
        },
        propertyOrdering: ["type", "b"],
        required: ["b"],
      },
    }),
    {
      output: {
        type: "json-schema",
        schema: {
          type: "object",
          properties: {
            type: { type: ["string", "null"], enum: ["a", null] },
            b: { type: "array", items: { type: "integer" }, minItems: 2 },
            c: { anyOf: [{ type: "string" }, { type: "number" }] },
            d: { anyOf: [{ type: "string" }, { type: "number" }, { type: "null" }] },
          },
          required: ["b"],
        },
      },
    },
  ],
  [
    "JSON by a JSON schema",
    config({ ...JSON_TYPE, responseJsonSchema: { type: "object", $defs: {} } }),
    { output: { type: "json-schema", schema: { type: "object", $defs: {} } } },
  ],
  [
    "a type that only Google knows",
    config({ responseMimeType: "text/x.enum", responseSchema: { type: "STRING" } }),
    {
      native: {
        "generationConfig.responseMimeType": "text/x.enum",
        "generationConfig.responseSchema": { type: "string" },
      },
    },
  ],
  ["no thinking", thinking({ thinkingBudget: 0 }), { reasoning: { enabled: false } }],
  ["thinking by itself", thinking({ thinkingBudget: -1 }), { reasoning: { enabled: true } }],
  [
    "a budget of thoughts",
    thinking({ thinkingBudget: 512, includeThoughts: false }),
    { reasoning: { enabled: true, budgetTokens: 512, shown: false } },
  ],
  [
    "a level of thinking",
    thinking({ thinkingLevel: "HIGH", includeThoughts: true }),
    { reasoning: { enabled: true, effort: "high", shown: true } },
  ],
  [
    "no level of thinking",
    thinking({ thinkingLevel: "THINKING_LEVEL_UNSPECIFIED", includeThoughts: true }),
    { reasoning: { shown: true } },
  ],
  [
    "functions",
    {
      tools: [{
        functionDeclarations: [
          {
            name: "f",
            description: "d",
            parameters: { type: "OBJECT", properties: { a: { type: "STRING" } } },
          },
          { name: "g", parametersJsonSchema: { type: "object", title: "T" } },
          { name: "h", response: { type: "STRING" } },
        ],
      }],
    },
    {
      tools: [
        {
          type: "function",
          name: "f",
          description: "d",
          schema: { type: "object", properties: { a: { type: "string" } } },
        },
        { type: "function", name: "g", schema: { type: "object", title: "T" } },
        { type: "function", name: "h" },
      ],
      native: { "tools.functionDeclarations.response": { type: "STRING" } },
    },
  ],
  [
    "Google's own tools",
    { tools: [{ googleSearch: {}, function_declarations: [{ name: "f" }] }] },
    {
      tools: [
        { type: "function", name: "f" },
        { type: "native", api: "gemini", name: "googleSearch", value: { googleSearch: {} } },
      ],
    },
  ],
  ["a choice of itself", calling({ mode: "AUTO" }), { toolChoice: "auto" }],
  ["a choice of none", calling({ mode: "NONE" }), { toolChoice: "none" }],
  ["a choice of any", calling({ mode: "ANY" }), { toolChoice: "required" }],
  ["no choice", calling({ mode: "MODE_UNSPECIFIED" }), {}],
  [
    "a choice of one",
    calling({ mode: "ANY", allowedFunctionNames: ["f"] }),
    { toolChoice: { name: "f" } },
  ],
  [
    "a choice of several",
    {
      tool_config: { function_calling_config: { mode: "any", allowed_function_names: ["f", "g"] } },
    },
    { toolChoice: "required", native: { [`${CALLING}.allowedFunctionNames`]: ["f", "g"] } },
  ],
  [
    "a choice that is checked",
    calling({ mode: "VALIDATED" }),
    { toolChoice: "auto", native: { [`${CALLING}.mode`]: "VALIDATED" } },
  ],
  ["a tier", { serviceTier: "flex" }, { serviceTier: "flex" }],
  [
    "what only Google knows, by its name",
    {
      safetySettings: [],
      cached_content: "c",
      labels: { a: "b" },
      toolConfig: { retrievalConfig: {} },
      generationConfig: { speechConfig: {}, response_modalities: ["AUDIO"], topK: null },
    },
    {
      native: {
        safetySettings: [],
        cached_content: "c",
        labels: { a: "b" },
        "toolConfig.retrievalConfig": {},
        "generationConfig.speechConfig": {},
        "generationConfig.response_modalities": ["AUDIO"],
      },
    },
  ],
];

for (const [claim, json, chat] of TABLE) {
  Deno.test(`readRequest() reads ${claim}`, () => {
    assert.deepEqual(read({ contents: CONTENTS, ...json }), { ...BASE, ...chat });
  });
}

const user = (...parts: unknown[]) => ({ role: "user", parts });
const model = (...parts: unknown[]) => ({ role: "model", parts });

const REFUSED: readonly [param: string, json: JsonObject][] = [
  ["contents", {}],
  ["contents", { contents: "hi" }],
  ["contents[0]", { contents: ["hi"] }],
  ["contents[0].parts", { contents: [{ parts: "hi" }] }],
  ["contents[0].parts[1]", { contents: [user({ text: "a" }, 7)] }],
  ["contents[0].parts[0].text", { contents: [user({ text: 7 })] }],
  ["contents[0].parts[0].functionCall", { contents: [model({ functionCall: 7 })] }],
  ["contents[0].parts[0].fileData.fileUri", { contents: [user({ fileData: {} })] }],
  ["systemInstruction", { contents: [], systemInstruction: 7 }],
  ["tools[0]", { contents: [], tools: [7] }],
  ["tools[0].functionDeclarations.name", { contents: [], tools: [{ functionDeclarations: [{}] }] }],
  ["generationConfig", { contents: [], generationConfig: 7 }],
  ["generationConfig.temperature", { contents: [], generationConfig: { temperature: "hot" } }],
  ["toolConfig.functionCallingConfig.mode", { contents: [], ...calling({ mode: 7 }) }],
];

for (const [param, json] of REFUSED) {
  Deno.test(`readRequest() refuses ${JSON.stringify(json)}`, () => {
    assert.throws(() => read(json), { kind: "invalid-request", param });
  });
}
