import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { read } from "./samples.ts";

const SCHEMA = { type: "object", properties: { a: { type: "string" } } };

const FIELDS: readonly [string, JsonObject, object][] = [
  ["sampling", { temperature: 0, top_p: 0.5 }, { sampling: { temperature: 0, topP: 0.5 } }],
  ["alternatives of tokens", { top_logprobs: 3 }, { sampling: { topLogprobs: 3 } }],
  ["probabilities of the chosen tokens alone", { include: ["message.output_text.logprobs"] }, {
    sampling: { topLogprobs: 0 },
  }],
  ["no wish for probabilities", { top_logprobs: 0 }, { sampling: {} }],
  ["a limit", { max_output_tokens: 9 }, { maxOutputTokens: 9 }],
  ["an effort", { reasoning: { effort: "low" } }, { reasoning: { effort: "low" } }],
  ["an effort of none", { reasoning: { effort: "none" } }, { reasoning: { enabled: false } }],
  ["a wish for a summary", { reasoning: { summary: "auto" } }, { reasoning: { shown: true } }],
  ["the old name of a summary", { reasoning: { generate_summary: "detailed" } }, {
    reasoning: { shown: true },
  }],
  ["a null summary", { reasoning: { effort: "high", summary: null } }, {
    reasoning: { effort: "high" },
  }],
  ["a format of text", { text: { format: { type: "text" } } }, { output: { type: "text" } }],
  ["a format of JSON", { text: { format: { type: "json_object" } } }, { output: { type: "json" } }],
  ["a schema", {
    text: {
      format: { type: "json_schema", name: "n", schema: SCHEMA, strict: true, description: "d" },
      verbosity: "low",
    },
  }, {
    output: { type: "json-schema", name: "n", schema: SCHEMA, strict: true, description: "d" },
    verbosity: "low",
  }],
  ["a user", { user: "u" }, { user: "u" }],
  ["a safety identifier", { safety_identifier: "s" }, { user: "s" }],
  ["both names of a user", { safety_identifier: "s", user: "u" }, {
    user: "s",
    native: { user: "u" },
  }],
  ["the same user twice", { safety_identifier: "s", user: "s" }, { user: "s", native: {} }],
  ["metadata", { metadata: { a: "b" } }, { metadata: { a: "b" } }],
  ["a tier", { service_tier: "flex" }, { serviceTier: "flex" }],
  ["parallel calls", { parallel_tool_calls: false }, { parallelToolCalls: false }],
  ["a stream", { stream: true, stream_options: { include_obfuscation: false } }, {
    stream: true,
    native: {},
  }],
  ["nulls", { temperature: null, tools: null, text: null, user: null, reasoning: null }, {
    sampling: {},
    tools: [],
    native: {},
  }],
  ["what equals a default", {
    store: false,
    truncation: "disabled",
    background: false,
    include: ["reasoning.encrypted_content"],
  }, { native: {} }],
  ["what only this API knows", {
    store: true,
    truncation: "auto",
    max_tool_calls: 3,
    prompt_cache_key: "k",
    include: ["reasoning.encrypted_content", "file_search_call.results"],
    reasoning: { effort: "low", mode: "pro" },
    text: { format: { type: "odd" }, other: 1 },
  }, {
    native: {
      store: true,
      truncation: "auto",
      max_tool_calls: 3,
      prompt_cache_key: "k",
      include: ["file_search_call.results"],
      "reasoning.mode": "pro",
      "text.format": { type: "odd" },
      "text.other": 1,
    },
  }],
];

for (const [claim, json, expected] of FIELDS) {
  Deno.test(`readRequest() reads ${claim}`, () => {
    const chat = { ...read(json) };
    assert.deepEqual({ ...chat, ...expected }, chat);
  });
}

const FUNCTION = {
  type: "function",
  name: "f",
  description: "d",
  parameters: SCHEMA,
  strict: true,
};
const SEARCH = { type: "web_search_preview", search_context_size: "low" };
const CUSTOM = { type: "custom", name: "c" };
const READ_FUNCTION = {
  type: "function",
  name: "f",
  description: "d",
  schema: SCHEMA,
  strict: true,
};

Deno.test("readRequest() reads functions and keeps other tools as they are", () => {
  const bare = { type: "function", name: "g", parameters: null, strict: null };
  const { tools, native } = read({ tools: [FUNCTION, bare, SEARCH, CUSTOM] });
  assert.deepEqual(tools, [
    READ_FUNCTION,
    { type: "function", name: "g" },
    { type: "native", api: "responses", name: "web_search_preview", value: SEARCH },
    { type: "native", api: "responses", name: "custom", value: CUSTOM },
  ]);
  assert.deepEqual(native, {});
});

Deno.test("readRequest() tells of members of functions that only this API knows", () => {
  const { native } = read({ tools: [{ ...FUNCTION, defer_loading: true, async: null }] });
  assert.deepEqual(native, { "tools.defer_loading": true });
});

const ALLOWED = { type: "allowed_tools", mode: "required" };

const CHOICES: readonly [string, unknown, object][] = [
  ["auto", "auto", { toolChoice: "auto", native: {} }],
  ["none", "none", { toolChoice: "none", native: {} }],
  ["required", "required", { toolChoice: "required", native: {} }],
  ["a function", { type: "function", name: "f" }, { toolChoice: { name: "f" }, native: {} }],
  ["a hosted tool", { type: "file_search" }, { native: { tool_choice: { type: "file_search" } } }],
  ["a custom tool", { type: "custom", name: "c" }, {
    native: { tool_choice: { type: "custom", name: "c" } },
  }],
  ["allowed functions", { ...ALLOWED, tools: [{ type: "function", name: "f" }] }, {
    toolChoice: "required",
    tools: [READ_FUNCTION],
    native: {},
  }],
  ["allowed hosted tools", { ...ALLOWED, mode: "auto", tools: [SEARCH] }, {
    toolChoice: "auto",
    tools: [{ type: "native", api: "responses", name: "web_search_preview", value: SEARCH }],
  }],
];

for (const [claim, choice, expected] of CHOICES) {
  Deno.test(`readRequest() reads the choice of ${claim}`, () => {
    const chat = { ...read({ tools: [FUNCTION, SEARCH], tool_choice: choice }) };
    assert.deepEqual({ ...chat, ...expected }, chat);
  });
}

Deno.test("readRequest() has no choice where none can be followed elsewhere", () => {
  assert.equal("toolChoice" in read({ tool_choice: { type: "mcp", server_label: "s" } }), false);
});

const REFUSED: readonly [string, JsonObject, string][] = [
  ["an earlier response", { previous_response_id: "resp_1" }, "previous_response_id"],
  ["a conversation", { conversation: { id: "c" } }, "conversation"],
  ["a stored prompt", { prompt: { id: "p" } }, "prompt"],
  ["work in the background", { background: true }, "background"],
  ["no input", { input: null }, "input"],
  ["an input of another type", { input: 7 }, "input"],
  ["an item that is no object", { input: ["x"] }, "input[0]"],
  ["a role that is none", { input: [{ role: "tool", content: "x" }] }, "input[0].role"],
  ["content of another type", { input: [{ role: "user", content: 7 }] }, "input[0].content"],
  ["a part that is no object", { input: [{ role: "user", content: [7] }] }, "input[0].content[0]"],
  [
    "a part without a type",
    { input: [{ role: "user", content: [{}] }] },
    "input[0].content[0].type",
  ],
  ["a text without text", {
    input: [{ role: "user", content: [{ type: "input_text" }] }],
  }, "input[0].content[0].text"],
  ["an image from nowhere", {
    input: [{ role: "user", content: [{ type: "input_image" }] }],
  }, "input[0].content[0].image_url"],
  ["an image that is not in base64", {
    input: [{ role: "user", content: [{ type: "input_image", image_url: "data:image/png,x" }] }],
  }, "input[0].content[0].image_url"],
  ["a file from nowhere", {
    input: [{ role: "user", content: [{ type: "input_file" }] }],
  }, "input[0].content[0].file_data"],
  ["a sound without data", {
    input: [{ role: "user", content: [{ type: "input_audio", input_audio: {} }] }],
  }, "input[0].content[0].input_audio.data"],
  ["a call without a name", { input: [{ type: "function_call", call_id: "c" }] }, "input[0].name"],
  ["a result without a call", {
    input: [{ type: "function_call_output", output: "x" }],
  }, "input[0].call_id"],
  ["an output of another type", {
    input: [{ type: "function_call_output", call_id: "c", output: {} }],
  }, "input[0].output"],
  ["instructions of another type", { instructions: ["x"] }, "instructions"],
  ["a temperature in words", { temperature: "hot" }, "temperature"],
  ["tools that are no list", { tools: {} }, "tools"],
  ["a tool that is no object", { tools: ["f"] }, "tools[0]"],
  ["a tool without a type", { tools: [{ name: "f" }] }, "tools[0].type"],
  ["a function without a name", { tools: [{ type: "function" }] }, "tools[0].name"],
  ["a choice that is none", { tool_choice: "any" }, "tool_choice"],
  ["a schema without a name", {
    text: { format: { type: "json_schema", schema: {} } },
  }, "text.format.name"],
  ["a format without a schema", {
    text: { format: { type: "json_schema", name: "n" } },
  }, "text.format.schema"],
  ["a verbosity of another type", { text: { verbosity: 1 } }, "text.verbosity"],
  ["an effort of another type", { reasoning: { effort: 1 } }, "reasoning.effort"],
  ["metadata of another type", { metadata: [] }, "metadata"],
  ["includes that are no list", { include: "x" }, "include"],
];

for (const [claim, json, param] of REFUSED) {
  Deno.test(`readRequest() refuses ${claim}`, () => {
    assert.throws(() => read(json), { kind: "invalid-request", param });
  });
}
