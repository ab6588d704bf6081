import assert from "node:assert/strict";
import type {
  Block,
  MediaBlock,
  Seal,
  ToolCallBlock,
  ToolResultBlock,
} from "../../../src/chat/block.ts";
import type { ChatRequest, Turn } from "../../../src/chat/request.ts";
import { chatOf, written } from "./chats.ts";

const text = (text: string, more: object = {}): Block => ({ type: "text", text, ...more });
const user = (...blocks: Block[]): Turn => ({ role: "user", blocks });
const assistant = (...blocks: Block[]): Turn => ({ role: "assistant", blocks });
const media = (mediaType: string, more: Partial<MediaBlock> = {}): Block => ({
  type: "media",
  mediaType,
  source: { data: "aGk=" },
  ...more,
});
const result = (callId: string, ...blocks: Block[]): ToolResultBlock => ({
  type: "tool-result",
  callId,
  blocks,
});
const call = (id: string, more: Partial<ToolCallBlock> = {}): Block => ({
  type: "tool-call",
  id,
  name: "f",
  input: `{"a":1}`,
  ...more,
});
const wireCall = (id: string, input = `{"a":1}`, more: object = {}) => ({
  id,
  type: "function",
  function: { name: "f", arguments: input },
  ...more,
});
const reasoning = (text: string, seal?: Seal): Block => ({
  type: "reasoning",
  text,
  ...(seal === undefined ? {} : { seal }),
});

type Expected = readonly [messages: readonly unknown[], ...lost: string[]];

const TURNS: readonly [string, readonly Turn[], Expected][] = [
  ["one text as a string", [user(text("a"))], [[{ role: "user", content: "a" }]]],
  ["several texts as parts", [user(text("a"), text("b"))], [[{
    role: "user",
    content: [{ type: "text", text: "a" }, { type: "text", text: "b" }],
  }]]],
  ["turns of one side as they are", [user(text("a")), user(text("b"))], [[
    { role: "user", content: "a" },
    { role: "user", content: "b" },
  ]]],
  ["nothing for a turn of nothing", [user(), assistant()], [[]]],
  ["an assistant's words", [assistant(text("a"))], [[{ role: "assistant", content: "a" }]]],
  ["an assistant's words in parts", [assistant(text("a"), text("b"))], [[{
    role: "assistant",
    content: [{ type: "text", text: "a" }, { type: "text", text: "b" }],
  }]]],
  ["a refusal", [assistant({ type: "refusal", text: "no" })], [[
    { role: "assistant", content: null, refusal: "no" },
  ]]],
  ["calls", [assistant(call("1"), call("2", { input: "" }))], [[
    { role: "assistant", content: null, tool_calls: [wireCall("1"), wireCall("2", "{}")] },
  ]]],
  ["a call with a mark", [assistant(call("1", { cache: {} }))], [
    [{ role: "assistant", content: null, tool_calls: [wireCall("1")] }],
    "dropped cache",
  ]],
  ["a call with free text of a tool that is not there", [
    assistant(call("1", { input: "a b", custom: true })),
  ], [[{ role: "assistant", content: null, tool_calls: [wireCall("1", `"a b"`)] }]]],
  ["a call with a seal", [assistant(call("1", { seal: { api: "gemini", value: "s" } }))], [
    [{ role: "assistant", content: null, tool_calls: [wireCall("1")] }],
    "dropped reasoningReplay",
  ]],
  ["results before the rest of their turn", [
    assistant(call("1"), call("2")),
    user(text("c"), result("1", text("a")), result("2", text("b"), text("d"))),
  ], [[
    { role: "assistant", content: null, tool_calls: [wireCall("1"), wireCall("2")] },
    { role: "tool", tool_call_id: "1", content: "a" },
    {
      role: "tool",
      tool_call_id: "2",
      content: [{ type: "text", text: "b" }, { type: "text", text: "d" }],
    },
    { role: "user", content: "c" },
  ]]],
  ["results of two turns behind each other", [
    user(result("1", text("a")), text("b")),
    user(result("2")),
    user(text("c")),
  ], [[
    { role: "tool", tool_call_id: "1", content: "a" },
    { role: "tool", tool_call_id: "2", content: "" },
    { role: "user", content: "b" },
    { role: "user", content: "c" },
  ]]],
  ["a failure as a result", [user({ ...result("1", text("a")), failed: true })], [
    [{ role: "tool", tool_call_id: "1", content: "a" }],
    "dropped toolFailed",
  ]],
  ["a success as a result", [user({ ...result("1", text("a")), failed: false })], [
    [{ role: "tool", tool_call_id: "1", content: "a" }],
  ]],
  ["images of results behind all results", [
    user(
      result("1", text("a"), media("image/png")),
      result("2", media("image/gif")),
      text("b"),
    ),
  ], [
    [
      { role: "tool", tool_call_id: "1", content: "a" },
      { role: "tool", tool_call_id: "2", content: "" },
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } },
          { type: "image_url", image_url: { url: "data:image/gif;base64,aGk=" } },
          { type: "text", text: "b" },
        ],
      },
    ],
    "changed toolResultMedia",
  ]],
  ["plain reasoning", [assistant(reasoning("r"), reasoning("s"), text("a"))], [[
    { role: "assistant", content: "a", reasoning_content: "r\ns" },
  ]]],
  ["reasoning alone", [assistant(reasoning("r"))], [[
    { role: "assistant", content: "", reasoning_content: "r" },
  ]]],
  ["reasoning of this API's providers", [
    assistant(reasoning("r", { api: "completions", value: `[{"type":"x"}]` }), text("a")),
  ], [[
    {
      role: "assistant",
      content: "a",
      reasoning_content: "r",
      reasoning_details: [{ type: "x" }],
    },
  ]]],
  ["reasoning once where its provider's details say all of it", [
    assistant(reasoning("rs", { api: "completions", value: `[{"text":"r"},{"summary":"s"}]` })),
  ], [[
    { role: "assistant", content: "", reasoning_details: [{ text: "r" }, { summary: "s" }] },
  ]]],
  ["reasoning of this API that cannot be read", [
    assistant(reasoning("", { api: "completions", value: "[" }), text("a")),
  ], [[{ role: "assistant", content: "a" }]]],
  ["no reasoning of others", [
    assistant(reasoning("r", { api: "messages", value: "s" }), text("a")),
    assistant(reasoning("r", { api: "gemini", value: "s" })),
  ], [[{ role: "assistant", content: "a" }], "dropped reasoningReplay"]],
  ["what is native to this API", [
    user({ type: "native", api: "completions", name: "video_url", value: { type: "video_url" } }),
  ], [[{ role: "user", content: [{ type: "video_url" }] }]]],
  ["nothing that is native to others", [
    user({ type: "native", api: "messages", name: "search_result", value: {} }, text("a")),
  ], [[{ role: "user", content: "a" }], "dropped search_result"]],
];

for (const [claim, turns, [messages, ...lost]] of TURNS) {
  Deno.test(`writeMessages() writes ${claim}`, () => {
    const { body, lost: found } = written(chatOf({ turns }));
    assert.deepEqual([body.messages, found], [messages, lost]);
  });
}

const INSTRUCTIONS: readonly [string, readonly Block[], Expected][] = [
  ["one as a string", [text("a")], [[{ role: "system", content: "a" }]]],
  ["several as parts", [text("a"), text("b")], [[{
    role: "system",
    content: [{ type: "text", text: "a" }, { type: "text", text: "b" }],
  }]]],
  ["no images", [text("a"), media("image/png")], [
    [{ role: "system", content: "a" }],
    "dropped image",
  ]],
  ["nothing that is native to others", [
    { type: "native", api: "messages", name: "odd", value: {} },
  ], [[], "dropped odd"]],
];

for (const [claim, instructions, [messages, ...lost]] of INSTRUCTIONS) {
  Deno.test(`writeMessages() writes instructions, ${claim}`, () => {
    const { body, lost: found } = written(chatOf({ instructions }));
    assert.deepEqual([body.messages, found], [messages, lost]);
  });
}

const marked = (ttl?: string) => ({
  type: "text",
  text: "a",
  prompt_cache_breakpoint: { mode: "explicit", ...(ttl === undefined ? {} : { ttl }) },
});

Deno.test("writeMessages() marks the last text of a result", () => {
  const turns = [
    user(
      { ...result("1", text("b"), text("a")), cache: {} },
      { ...result("2"), cache: {} },
    ),
  ];
  const { body, lost } = written(chatOf({ model: "gpt-5.6", turns }));
  assert.deepEqual([body.messages, lost], [[
    { role: "tool", tool_call_id: "1", content: [{ type: "text", text: "b" }, marked()] },
    { role: "tool", tool_call_id: "2", content: [{ ...marked(), text: "" }] },
  ], []]);
});

Deno.test("writeMessages() gives Google's models the seals of their calls", () => {
  const seal: Seal = { api: "gemini", value: "s" };
  const turns = [assistant(call("1", { seal }))];
  const { body, lost } = written(chatOf({ model: "google/gemini-3-pro", turns }));
  const extra_content = { google: { thought_signature: "s" } };
  assert.deepEqual([body.messages, lost], [[{
    role: "assistant",
    content: null,
    tool_calls: [wireCall("1", `{"a":1}`, { extra_content })],
  }], []]);
});

Deno.test("writeMessages() keeps free text for the tools of this API that take it", () => {
  const value = { type: "custom", custom: { name: "f" } };
  const tools: ChatRequest["tools"] = [{
    type: "native",
    api: "completions",
    name: "custom",
    value,
  }];
  const turns = [assistant(call("1", { input: "a b", custom: true }))];
  assert.deepEqual(written(chatOf({ tools, turns })).body.messages, [{
    role: "assistant",
    content: null,
    tool_calls: [{ id: "1", type: "custom", custom: { name: "f", input: "a b" } }],
  }]);
});
