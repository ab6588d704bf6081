import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { readChat } from "./chats.ts";

const SCHEMA = { type: "object", properties: { city: { type: "string" } } };
const CUSTOM = { type: "custom", custom: { name: "sql", format: { type: "text" } } };

const TOOLS: readonly [string, JsonObject, unknown][] = [
  [
    "a function",
    {
      tools: [{
        type: "function",
        function: { name: "f", description: "d", parameters: SCHEMA, strict: true },
      }],
    },
    [{ type: "function", name: "f", description: "d", schema: SCHEMA, strict: true }],
  ],
  [
    "a function without anything",
    { tools: [{ type: "function", function: { name: "f", parameters: null, strict: null } }] },
    [{ type: "function", name: "f" }],
  ],
  [
    "a marked function",
    { tools: [{ type: "function", function: { name: "f" }, cache_control: { ttl: "5m" } }] },
    [{ type: "function", name: "f", cache: { ttlSeconds: 300 } }],
  ],
  [
    "a function marked inside",
    { tools: [{ type: "function", function: { name: "f", cache_control: {} } }] },
    [{ type: "function", name: "f", cache: {} }],
  ],
  [
    "a tool for free text",
    { tools: [CUSTOM] },
    [{ type: "native", api: "completions", name: "custom", value: CUSTOM }],
  ],
  [
    "functions from before there were tools",
    { functions: [{ name: "f", parameters: SCHEMA }, { name: "g", description: "d" }] },
    [
      { type: "function", name: "f", schema: SCHEMA },
      { type: "function", name: "g", description: "d" },
    ],
  ],
];

for (const [claim, json, tools] of TOOLS) {
  Deno.test(`readTools() reads ${claim}`, () => {
    const chat = readChat(json);
    assert.deepEqual([chat.tools, chat.native], [tools, {}]);
  });
}

Deno.test("readTools() notes what stands beside the known members", () => {
  const chat = readChat({
    tools: [{ type: "function", function: { name: "f", examples: [1] }, defer: true }],
    functions: [{ name: "g", examples: [1] }],
  });
  assert.deepEqual(chat.native, {
    "tools[].defer": true,
    "tools[].function.examples": [1],
    "functions[].examples": [1],
  });
});

const ALLOWED = { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [] } };

const CHOICES: readonly [JsonObject, unknown, JsonObject][] = [
  [{ tool_choice: "auto" }, "auto", {}],
  [{ tool_choice: "none" }, "none", {}],
  [{ tool_choice: "required" }, "required", {}],
  [{ tool_choice: null }, undefined, {}],
  [{ tool_choice: { type: "function", function: { name: "f" } } }, { name: "f" }, {}],
  [{ tool_choice: { type: "custom", custom: { name: "f" } } }, { name: "f" }, {}],
  [{ tool_choice: ALLOWED }, undefined, { tool_choice: ALLOWED }],
  [{ function_call: "auto" }, "auto", {}],
  [{ function_call: { name: "f" } }, { name: "f" }, {}],
  [{ tool_choice: "none", function_call: "auto" }, "none", {}],
];

for (const [json, choice, native] of CHOICES) {
  Deno.test(`readToolChoice() of ${JSON.stringify(json)}`, () => {
    const chat = readChat(json);
    assert.deepEqual([chat.toolChoice, chat.native], [choice, native]);
  });
}

const REFUSED: readonly [JsonObject, string][] = [
  [{ tools: {} }, "tools"],
  [{ tools: ["f"] }, "tools[0]"],
  [{ tools: [{ type: "function" }] }, "tools[0].function"],
  [{ tools: [{ type: "function", function: {} }] }, "tools[0].function.name"],
  [
    { tools: [{ type: "function", function: { name: "f", strict: 1 } }] },
    "tools[0].function.strict",
  ],
  [{ functions: ["f"] }, "functions[0]"],
  [{ functions: [{}] }, "functions[0].name"],
  [{ tool_choice: "any" }, "tool_choice"],
  [{ function_call: 7 }, "function_call"],
];

for (const [json, param] of REFUSED) {
  Deno.test(`readTools() of ${JSON.stringify(json)} complains of ${param}`, () => {
    assert.throws(() => readChat(json), { kind: "invalid-request", param });
  });
}
