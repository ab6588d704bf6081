import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { writeTools } from "../../../src/apis/messages/call_tools.ts";
import { cacheMarks } from "../../../src/apis/messages/call_wire.ts";
import { renaming } from "../../../src/apis/messages/renaming.ts";
import type { ChatRequest, FunctionTool, Tool, ToolChoice } from "../../../src/chat/request.ts";
import { chatWith, lossesOf, noLosses } from "./fixtures.ts";

function written(changes: Partial<ChatRequest>, choice?: ToolChoice) {
  const losses = noLosses();
  const wire = {
    losses,
    toolNames: renaming(128),
    callIds: renaming(64),
    cacheMark: cacheMarks(losses),
  };
  return { written: writeTools(chatWith(changes), choice, wire), lost: lossesOf(losses) };
}

const tool = (changes: Partial<FunctionTool> = {}): Tool => ({
  type: "function",
  name: "f",
  ...changes,
});
const NO_ARGUMENTS = { type: "object", properties: {} };
const text = { type: "string" };
const closed = (properties: JsonObject, ...required: string[]) => ({
  type: "object",
  properties,
  ...(required.length > 0 && { required }),
  additionalProperties: false,
});

const TOOLS: readonly [claim: string, Tool, JsonObject | undefined, lost?: string[]][] = [
  ["a tool without arguments (R25)", tool(), { name: "f", input_schema: NO_ARGUMENTS }],
  ["a tool with an empty schema (R25)", tool({ schema: {} }), {
    name: "f",
    input_schema: NO_ARGUMENTS,
  }],
  ["a tool with all it may have", tool({ description: "does", schema: NO_ARGUMENTS, cache: {} }), {
    name: "f",
    description: "does",
    input_schema: NO_ARGUMENTS,
    cache_control: { type: "ephemeral" },
  }],
  ["a schema as it is", tool({ schema: { type: "object", "x-a": 1, minProperties: 1 } }), {
    name: "f",
    input_schema: { type: "object", "x-a": 1, minProperties: 1 },
  }],
  ["a name as it is allowed", tool({ name: "mail.send" }), {
    name: "mail_send",
    input_schema: NO_ARGUMENTS,
  }],
  [
    "its own tools",
    { type: "native", api: "messages", name: "bash_20250124", value: { type: "bash_20250124" } },
    { type: "bash_20250124" },
  ],
  [
    "no others' tools",
    { type: "native", api: "responses", name: "web_search", value: {} },
    undefined,
    ["dropped web_search"],
  ],
  [
    "a strict tool with its objects closed",
    tool({ strict: true, schema: { type: "object", properties: { a: text }, required: ["a"] } }),
    { name: "f", input_schema: closed({ a: text }, "a"), strict: true },
  ],
  ["a strict tool without arguments", tool({ strict: true, schema: closed({}) }), {
    name: "f",
    input_schema: closed({}),
    strict: true,
  }],
  [
    "a strict tool without the limits that cannot be enforced",
    tool({
      strict: true,
      schema: { type: "object", properties: { a: { type: "number", minimum: 1 } } },
    }),
    {
      name: "f",
      input_schema: closed({ a: { type: "number", description: "{minimum: 1}" } }),
      strict: true,
    },
    ["changed toolSchema"],
  ],
  [
    "a tool with open objects, which cannot be strict",
    tool({
      strict: true,
      schema: { type: "object", properties: { a: { type: "object", additionalProperties: text } } },
    }),
    {
      name: "f",
      input_schema: {
        type: "object",
        properties: { a: { type: "object", additionalProperties: text } },
      },
    },
    ["dropped toolStrict"],
  ],
  [
    "one object for alternatives",
    tool({
      schema: {
        type: "object",
        properties: { a: text },
        required: ["a"],
        oneOf: [
          { properties: { b: text, c: text }, required: ["b", "c"] },
          { type: "object", properties: { c: text }, required: ["c"] },
        ],
      },
    }),
    {
      name: "f",
      input_schema: {
        type: "object",
        properties: { a: text, b: text, c: text },
        required: ["a", "c"],
      },
    },
    ["changed toolSchema"],
  ],
  [
    "one object for what must hold together",
    tool({ schema: { type: "object", allOf: [{ properties: { a: text } }, { required: ["a"] }] } }),
    { name: "f", input_schema: { type: "object", properties: { a: text }, required: ["a"] } },
  ],
  [
    "what a reference at the top means",
    tool({
      schema: { $ref: "#/$defs/A", $defs: { A: { type: "object", properties: { a: text } } } },
    }),
    { name: "f", input_schema: { type: "object", properties: { a: text } } },
  ],
];

for (const [claim, given, expected, lost = []] of TOOLS) {
  Deno.test(`writeTools() gives ${claim}`, () => {
    const tools = expected === undefined ? {} : { tools: [expected] };
    assert.deepEqual(written({ tools: [given] }), { written: tools, lost });
  });
}

const CHOICES: readonly [
  choice: ToolChoice | undefined,
  parallel: boolean | undefined,
  written: JsonObject | undefined,
][] = [
  [undefined, undefined, undefined],
  [undefined, false, { type: "auto", disable_parallel_tool_use: true }],
  [undefined, true, { type: "auto", disable_parallel_tool_use: false }],
  ["auto", undefined, { type: "auto" }],
  ["auto", false, { type: "auto", disable_parallel_tool_use: true }],
  ["none", false, { type: "none" }],
  ["required", true, { type: "any", disable_parallel_tool_use: false }],
  [{ name: "f" }, false, { type: "tool", name: "f", disable_parallel_tool_use: true }],
  [{ name: "f" }, undefined, { type: "tool", name: "f" }],
];

for (const [choice, parallel, expected] of CHOICES) {
  Deno.test(`writeTools() of ${JSON.stringify(choice)}, parallel ${parallel}`, () => {
    const changes = { ...(parallel !== undefined && { parallelToolCalls: parallel }) };
    const { tool_choice } = written({ tools: [tool()], ...changes }, choice).written;
    assert.deepEqual(tool_choice, expected);
    assert.deepEqual(written(changes, choice).written, {});
  });
}

Deno.test("writeTools() chooses a renamed tool by its new name", () => {
  const { tool_choice } = written({ tools: [tool({ name: "a.b" })] }, { name: "a.b" }).written;
  assert.deepEqual(tool_choice, { type: "tool", name: "a_b" });
});
