import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";
import { GatewayError } from "../../../src/errors.ts";
import { readRequest } from "./fixtures.ts";

type Part = Partial<ChatRequest>;

const FIELDS: readonly [claim: string, JsonObject, Part][] = [
  ["the model and the stream", { model: "claude-x", stream: true }, {
    model: "claude-x",
    stream: true,
    api: "messages",
  }],
  ["a system text", { system: "be brief" }, {
    instructions: [{ type: "text", text: "be brief" }],
  }],
  [
    "system blocks with marks for the cache",
    {
      system: [
        { type: "text", text: "a", cache_control: { type: "ephemeral" } },
        { type: "text", text: "b", cache_control: { type: "ephemeral", ttl: "1h" } },
        { type: "text", text: "c", cache_control: { type: "ephemeral", ttl: "5m" } },
      ],
    },
    {
      instructions: [
        { type: "text", text: "a", cache: {} },
        { type: "text", text: "b", cache: { ttlSeconds: 3600 } },
        { type: "text", text: "c", cache: { ttlSeconds: 300 } },
      ],
    },
  ],
  [
    "system messages behind the system text",
    {
      system: "a",
      messages: [{ role: "user", content: "hi" }, { role: "system", content: "b" }],
    },
    {
      instructions: [{ type: "text", text: "a" }, { type: "text", text: "b" }],
      turns: [{ role: "user", blocks: [{ type: "text", text: "hi" }] }],
    },
  ],
  [
    "sampling",
    { temperature: 0.2, top_p: 0.9, top_k: 4, stop_sequences: ["END"], max_tokens: 7 },
    {
      sampling: { temperature: 0.2, topP: 0.9, topK: 4, stop: ["END"] },
      maxOutputTokens: 7,
    },
  ],
  ["members that are null as absent", { temperature: null, tools: null, thinking: null }, {
    sampling: {},
    tools: [],
    native: {},
  }],
  ["thinking with a budget", { thinking: { type: "enabled", budget_tokens: 2048 } }, {
    reasoning: { enabled: true, budgetTokens: 2048 },
  }],
  [
    "adaptive thinking with an effort",
    { thinking: { type: "adaptive" }, output_config: { effort: "max" } },
    { reasoning: { enabled: true, effort: "max" }, native: {} },
  ],
  [
    "a budget with an effort",
    { thinking: { type: "enabled", budget_tokens: 2048 }, output_config: { effort: "low" } },
    { reasoning: { enabled: true, budgetTokens: 2048, effort: "low" } },
  ],
  ["shown thinking", { thinking: { type: "adaptive", display: "summarized" } }, {
    reasoning: { enabled: true, shown: true },
  }],
  ["hidden thinking", { thinking: { type: "adaptive", display: "omitted" } }, {
    reasoning: { enabled: true, shown: false },
  }],
  ["no thinking", { thinking: { type: "disabled" } }, { reasoning: { enabled: false } }],
  ["thinking between tools as its own", { thinking: { type: "between_tools" } }, {
    native: { thinking: { type: "between_tools" } },
  }],
  ["an effort without thinking as its own", { output_config: { effort: "low" } }, {
    native: { "output_config.effort": "low" },
  }],
  [
    "an effort without thinking, said beside `disabled`",
    { thinking: { type: "disabled" }, output_config: { effort: "low" } },
    { reasoning: { enabled: false }, native: { "output_config.effort": "low" } },
  ],
  [
    "a format",
    { output_config: { format: { type: "json_schema", schema: { type: "object" } } } },
    { output: { type: "json-schema", schema: { type: "object" } } },
  ],
  [
    "the format of the beta",
    { output_format: { type: "json_schema", schema: { type: "object" } } },
    { output: { type: "json-schema", schema: { type: "object" } }, native: {} },
  ],
  ["an unknown format as its own", { output_config: { format: { type: "xml" }, budget: 1 } }, {
    native: { "output_config.format": { type: "xml" }, "output_config.budget": 1 },
  }],
  ["the user", { metadata: { user_id: "u1", team: "t" } }, {
    user: "u1",
    native: { "metadata.team": "t" },
  }],
  ["the service tier", { service_tier: "auto" }, { serviceTier: "auto" }],
  [
    "everything else as its own",
    {
      container: "c",
      context_management: {},
      mcp_servers: [],
      inference_geo: "eu",
      cache_control: { type: "ephemeral" },
    },
    {
      native: {
        container: "c",
        context_management: {},
        mcp_servers: [],
        inference_geo: "eu",
        cache_control: { type: "ephemeral" },
      },
    },
  ],
  ["the choice of any tool", { tool_choice: { type: "any" } }, { toolChoice: "required" }],
  ["the choice of no tool", { tool_choice: { type: "none" } }, { toolChoice: "none" }],
  ["the choice of a tool", { tool_choice: { type: "tool", name: "f" } }, {
    toolChoice: { name: "f" },
  }],
  [
    "one tool at a time",
    { tool_choice: { type: "auto", disable_parallel_tool_use: true } },
    { toolChoice: "auto", parallelToolCalls: false },
  ],
  [
    "tools, and what of them is its own",
    {
      tools: [
        {
          name: "f",
          description: "does",
          input_schema: { type: "object" },
          strict: true,
          cache_control: { type: "ephemeral" },
          eager_input_streaming: true,
        },
        { type: "custom", name: "g", input_schema: { type: "object" } },
        { type: "web_search_20250305", name: "web_search" },
      ],
    },
    {
      tools: [
        {
          type: "function",
          name: "f",
          description: "does",
          schema: { type: "object" },
          strict: true,
          cache: {},
        },
        { type: "function", name: "g", schema: { type: "object" } },
        {
          type: "native",
          api: "messages",
          name: "web_search_20250305",
          value: { type: "web_search_20250305", name: "web_search" },
        },
      ],
      native: { "tools.eager_input_streaming": true },
    },
  ],
];

for (const [claim, json, expected] of FIELDS) {
  Deno.test(`readRequest() reads ${claim}`, () => {
    const chat = readRequest(json);
    assert.deepEqual({ ...chat, ...expected }, chat);
  });
}

const REFUSED: readonly [JsonObject, param: string][] = [
  [{ messages: null }, "messages"],
  [{ messages: {} }, "messages"],
  [{ messages: ["hi"] }, "messages.0"],
  [{ messages: [{ content: "hi" }] }, "messages.0.role"],
  [{ messages: [{ role: "tool", content: "hi" }] }, "messages.0.role"],
  [{ messages: [{ role: "user", content: 1 }] }, "messages.0.content"],
  [{ messages: [{ role: "user", content: ["hi"] }] }, "messages.0.content.0"],
  [{ messages: [{ role: "user", content: [{}] }] }, "messages.0.content.0.type"],
  [{ messages: [{ role: "user", content: [{ type: "text" }] }] }, "messages.0.content.0.text"],
  [
    { messages: [{ role: "user", content: [{ type: "image", source: { type: "url" } }] }] },
    "messages.0.content.0.source.url",
  ],
  [{ system: 1 }, "system"],
  [{ tools: {} }, "tools"],
  [{ tools: ["f"] }, "tools.0"],
  [{ tools: [{ input_schema: {} }] }, "tools.0.name"],
  [{ tools: [{ name: "f", input_schema: "{}" }] }, "tools.0.input_schema"],
  [{ tool_choice: "auto" }, "tool_choice"],
  [{ tool_choice: { type: "some" } }, "tool_choice.type"],
  [{ tool_choice: { type: "tool" } }, "tool_choice.name"],
  [{ temperature: "hot" }, "temperature"],
  [{ stop_sequences: "END" }, "stop_sequences"],
  [{ stop_sequences: [1] }, "stop_sequences.0"],
  [{ max_tokens: "many" }, "max_tokens"],
  [{ thinking: true }, "thinking"],
  [{ thinking: { type: "enabled", budget_tokens: "x" } }, "thinking.budget_tokens"],
  [{ output_config: { format: { type: "json_schema" } } }, "output_config.format.schema"],
  [{ output_format: { type: "json_schema" } }, "output_format.schema"],
  [{ output_format: "json" }, "output_format"],
  [{ metadata: { user_id: 1 } }, "metadata.user_id"],
];

for (const [json, param] of REFUSED) {
  Deno.test(`readRequest() refuses ${JSON.stringify(json)}`, () => {
    assert.throws(() => readRequest(json), (error) => {
      assert.ok(error instanceof GatewayError);
      assert.deepEqual([error.kind, error.param], ["invalid-request", param]);
      return true;
    });
  });
}
