import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import type { ChatRequest, FunctionTool, NativeTool } from "../../../src/chat/request.ts";
import { chatOf, written } from "./chats.ts";

const EMPTY = { model: "m", messages: [], stream: false };
const TOOL: FunctionTool = { type: "function", name: "f" };
const WIRE_TOOL = {
  type: "function",
  function: { name: "f", parameters: { type: "object", properties: {} } },
};
const CUSTOM: NativeTool = {
  type: "native",
  api: "completions",
  name: "custom",
  value: { type: "custom", custom: { name: "sql" } },
};
const SEARCH: NativeTool = { type: "native", api: "messages", name: "web_search", value: {} };

const WRITTEN: readonly [Partial<ChatRequest>, JsonObject, ...string[]][] = [
  [{}, {}],
  [{ stream: true }, { stream: true, stream_options: { include_usage: true } }],
  [{ sampling: { temperature: 0 } }, { temperature: 0 }],
  [{ sampling: { topP: 0.5 } }, { top_p: 0.5 }],
  [{ sampling: { topK: 40 } }, {}, "dropped topK"],
  [{ sampling: { stop: ["a"] } }, { stop: ["a"] }],
  [{ sampling: { stop: [] } }, {}],
  [{ sampling: { seed: 7 } }, { seed: 7 }],
  [{ sampling: { frequencyPenalty: 1 } }, { frequency_penalty: 1 }],
  [{ sampling: { presencePenalty: 1 } }, { presence_penalty: 1 }],
  [{ sampling: { logitBias: { "7": 1 } } }, { logit_bias: { "7": 1 } }],
  [{ sampling: { topLogprobs: 0 } }, { logprobs: true }],
  [{ sampling: { topLogprobs: 3 } }, { logprobs: true, top_logprobs: 3 }],
  [{ candidates: 2 }, { n: 2 }],
  [{ candidates: 1 }, {}],
  [
    { candidates: 2, stream: true },
    { stream: true, stream_options: { include_usage: true } },
    "dropped candidates",
  ],
  [{ maxOutputTokens: 5 }, { max_completion_tokens: 5 }],
  [{ verbosity: "low" }, { verbosity: "low" }],
  [{ user: "u" }, { user: "u" }],
  [{ serviceTier: "flex" }, { service_tier: "flex" }],
  [{ serviceTier: "standard_only" }, { service_tier: "default" }, "changed serviceTier"],
  [{ metadata: { a: "b" } }, {}, "dropped metadata"],
  [{ output: { type: "text" } }, {}],
  [{ output: { type: "json" } }, { response_format: { type: "json_object" } }],
  [{ output: { type: "json-schema", schema: { a: 1 } } }, {
    response_format: {
      type: "json_schema",
      json_schema: { name: "structured_output", schema: { a: 1 } },
    },
  }],
  [
    {
      output: { type: "json-schema", schema: {}, name: "n", description: "d", strict: true },
    },
    {
      response_format: {
        type: "json_schema",
        json_schema: { name: "n", description: "d", schema: {}, strict: true },
      },
    },
  ],
  [{ native: { container: "c", mcp_servers: [] } }, {}, "dropped container", "dropped mcp_servers"],
  [{ native: { store: false } }, {}],
  [{ native: { store: true } }, {}, "dropped store"],
  [
    { api: "completions", native: { store: true, audio: {} }, metadata: { a: "b" } },
    { store: true, audio: {}, metadata: { a: "b" } },
  ],
  [
    { api: "completions", native: { "messages[].name": "n", "response_format.a": true } },
    {},
    "dropped messages[].name",
    "dropped response_format.a",
  ],
  [{ tools: [TOOL] }, { tools: [WIRE_TOOL] }],
  [{ tools: [{ ...TOOL, schema: {} }] }, { tools: [WIRE_TOOL] }],
  [
    { tools: [{ ...TOOL, description: "d", strict: true, schema: { type: "object", a: 1 } }] },
    {
      tools: [{
        type: "function",
        function: {
          name: "f",
          description: "d",
          parameters: { type: "object", a: 1 },
          strict: true,
        },
      }],
    },
  ],
  [{ tools: [{ ...TOOL, cache: {} }] }, { tools: [WIRE_TOOL] }, "dropped cache"],
  [{ tools: [CUSTOM] }, { tools: [CUSTOM.value] }],
  [{ tools: [SEARCH] }, {}, "dropped web_search"],
  [{ tools: [TOOL], toolChoice: "auto" }, { tools: [WIRE_TOOL], tool_choice: "auto" }],
  [{ tools: [TOOL], toolChoice: "none" }, { tools: [WIRE_TOOL], tool_choice: "none" }],
  [{ tools: [TOOL], toolChoice: "required" }, { tools: [WIRE_TOOL], tool_choice: "required" }],
  [
    { tools: [TOOL], toolChoice: { name: "f" } },
    { tools: [WIRE_TOOL], tool_choice: { type: "function", function: { name: "f" } } },
  ],
  [
    { tools: [CUSTOM], toolChoice: { name: "sql" } },
    { tools: [CUSTOM.value], tool_choice: { type: "custom", custom: { name: "sql" } } },
  ],
  [
    { tools: [TOOL, { ...CUSTOM, api: "responses" }], toolChoice: { name: "sql" } },
    { tools: [WIRE_TOOL], tool_choice: { type: "function", function: { name: "sql" } } },
    "dropped custom",
  ],
  [
    { tools: [TOOL], parallelToolCalls: false },
    { tools: [WIRE_TOOL], parallel_tool_calls: false },
  ],
  [{ toolChoice: "auto", parallelToolCalls: true }, {}],
  [{ tools: [SEARCH], toolChoice: "required" }, {}, "dropped web_search", "dropped toolChoice"],
  [{ tools: [SEARCH], toolChoice: { name: "f" } }, {}, "dropped web_search", "dropped toolChoice"],
];

for (const [chat, body, ...lost] of WRITTEN) {
  Deno.test(`writeRequest() of ${JSON.stringify(chat)}`, () => {
    assert.deepEqual(written(chatOf(chat)), { body: { ...EMPTY, ...body }, lost });
  });
}

const EFFORTS: readonly [string, ChatRequest["reasoning"], string | undefined, ...string[]][] = [
  ["m", undefined, undefined],
  ["m", {}, undefined],
  ["m", { enabled: true }, "high"],
  ["m", { effort: "minimal" }, "minimal"],
  ["m", { effort: "max" }, "max"],
  ["m", { enabled: true, budgetTokens: 1024 }, "low", "changed reasoning"],
  ["m", { budgetTokens: 3000 }, "high", "changed reasoning"],
  ["m", { budgetTokens: 50_000 }, "max", "changed reasoning"],
  ["m", { effort: "low", budgetTokens: 9000 }, "low", "changed reasoning"],
  ["m", { effort: "low", shown: true }, "low", "changed reasoning"],
  ["m", { effort: "low", shown: false }, "low"],
  ["m", { shown: true }, undefined],
  ["m", { enabled: false }, undefined, "dropped reasoning"],
  ["m", { effort: "none" }, undefined, "dropped reasoning"],
  ["gpt-5.1", { enabled: false }, "none"],
  ["gpt-5-mini", { enabled: false }, undefined, "dropped reasoning"],
  ["gpt-4o", { enabled: false }, undefined],
  ["gpt-4o", { effort: "high" }, undefined, "dropped reasoning"],
  ["chatgpt-4o-latest", { effort: "high" }, undefined, "dropped reasoning"],
  ["gpt-40", { effort: "high" }, "high"],
  ["gpt-oss-120b", { effort: "high" }, "high"],
  ["openai/gpt-4o", { effort: "high" }, "high"],
];

for (const [model, reasoning, effort, ...lost] of EFFORTS) {
  Deno.test(`writeRequest() of ${JSON.stringify(reasoning)} to ${model}`, () => {
    const more = reasoning === undefined ? {} : { reasoning };
    const { body, lost: found } = written(chatOf({ model, ...more }));
    assert.deepEqual([body.reasoning_effort, found], [effort, lost]);
  });
}

const WITH_TOOLS: readonly [string, string | undefined, string | undefined][] = [
  ["gpt-5", undefined, "low"],
  ["gpt-5-mini", undefined, "low"],
  ["gpt-5.1", undefined, "low"],
  ["gpt-5.2-pro", undefined, "low"],
  ["gpt-5.3", "none", "none"],
  ["gpt-5.4-mini", "none", "none"],
  ["gpt-5.10", "none", "none"],
  ["gpt-6", "none", "none"],
  ["gpt-4.1", undefined, undefined],
  ["gpt-oss-20b", undefined, "low"],
  ["m", undefined, "low"],
];

for (const [model, silent, asked] of WITH_TOOLS) {
  Deno.test(`writeRequest() with tools to ${model} says effort ${silent}, ${asked} if asked`, () => {
    const chat = chatOf({ model, tools: [TOOL] });
    const wanted = { ...chat, reasoning: { effort: "low" } };
    assert.deepEqual(written(chat).body.reasoning_effort, silent);
    assert.deepEqual(written(chat).lost, []);
    assert.deepEqual(written(wanted).body.reasoning_effort, asked);
    assert.equal(written(wanted).lost.length, asked === "low" ? 0 : 1);
  });
}

Deno.test("writeRequest() leaves the effort alone where no tool is left", () => {
  const chat = chatOf({ model: "gpt-5.4", tools: [SEARCH], reasoning: { effort: "low" } });
  assert.equal(written(chat).body.reasoning_effort, "low");
});
