import assert from "node:assert/strict";
import type { ChatRequest, FunctionTool } from "../../../src/chat/request.ts";
import { ask, call, result, text } from "./ask.ts";

const tool: FunctionTool = { type: "function", name: "f" };
const EMPTY = { json: { type: "object", properties: {} } };
const PLACEHOLDER = {
  tools: [{
    toolSpec: {
      name: "agentgateway_dummy_do_not_call",
      inputSchema: { json: { type: "object" } },
    },
  }],
};
const history: ChatRequest["turns"] = [
  { role: "user", blocks: [text("?")] },
  { role: "assistant", blocks: [call("1", "f")] },
  { role: "user", blocks: [result("1", text("x"))] },
];

Deno.test("writeTools() writes names, descriptions and schemas", () => {
  const schema = { type: "object", properties: { a: { type: "string" } }, $comment: "kept" };
  const { request, found } = ask({
    tools: [
      tool,
      { ...tool, name: "a.b", description: "Does it", schema, strict: true, cache: {} },
      { ...tool, name: "c", description: " ", schema: {}, strict: false },
      { type: "native", api: "messages", name: "web_search_20250305", value: {} },
    ],
    parallelToolCalls: false,
  });
  assert.deepEqual(request.toolConfig, {
    tools: [
      { toolSpec: { name: "f", inputSchema: EMPTY } },
      { toolSpec: { name: "a_b", description: "Does it", inputSchema: { json: schema } } },
      { cachePoint: { type: "default" } },
      { toolSpec: { name: "c", inputSchema: EMPTY } },
    ],
  });
  assert.deepEqual(found, [
    "dropped web_search_20250305",
    "dropped parallelToolCalls",
    "dropped toolStrict",
  ]);
});

interface ChoiceCase {
  readonly model: string;
  readonly choice: ChatRequest["toolChoice"];
  readonly toolChoice: unknown;
  readonly found?: readonly string[];
}

const NOVA = "amazon.nova-pro-v1:0", LLAMA = "us.meta.llama4-scout-17b-instruct-v1:0";
const MISTRAL = "mistral.mistral-large-2407-v1:0", OPUS = "global.anthropic.claude-opus-5-5";
const changed = ["changed toolChoice"];

const CHOICES: readonly ChoiceCase[] = [
  { model: NOVA, choice: undefined, toolChoice: undefined },
  { model: NOVA, choice: "auto", toolChoice: { auto: {} } },
  { model: NOVA, choice: "required", toolChoice: { any: {} } },
  { model: NOVA, choice: { name: "f" }, toolChoice: { tool: { name: "f" } } },
  { model: MISTRAL, choice: "required", toolChoice: { any: {} } },
  { model: MISTRAL, choice: { name: "f" }, toolChoice: { any: {} }, found: changed },
  { model: LLAMA, choice: "auto", toolChoice: { auto: {} } },
  { model: LLAMA, choice: "required", toolChoice: undefined, found: changed },
  { model: LLAMA, choice: { name: "f" }, toolChoice: undefined, found: changed },
  { model: OPUS, choice: "required", toolChoice: undefined, found: changed },
];

for (const { model, choice, toolChoice, found = [] } of CHOICES) {
  Deno.test(`writeTools() tells ${model} to choose ${JSON.stringify(choice)}`, () => {
    const chosen = choice === undefined ? {} : { toolChoice: choice };
    const asked = ask({ model, tools: [tool], ...chosen });
    const spec = { toolSpec: { name: "f", inputSchema: EMPTY } };
    assert.deepEqual(asked.request.toolConfig, {
      tools: [spec],
      ...(toolChoice === undefined ? {} : { toolChoice }),
    });
    assert.deepEqual(asked.found, found);
  });
}

Deno.test("writeTools() sends a placeholder for a history of calls without tools", () => {
  assert.deepEqual(ask({ turns: history }).request.toolConfig, PLACEHOLDER);
  assert.equal("toolConfig" in ask().request, false);
  assert.equal("toolConfig" in ask({ toolChoice: "required" }).request, false);
});

Deno.test("writeTools() leaves the tools out where none may be called", () => {
  const none = ask({ tools: [tool], toolChoice: "none" });
  assert.equal("toolConfig" in none.request, false);
  assert.deepEqual(none.found, changed);
  const later = ask({ tools: [tool], toolChoice: "none", turns: history });
  assert.deepEqual(later.request.toolConfig, PLACEHOLDER);
});
