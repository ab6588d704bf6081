import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { writeSealToken } from "../../../src/apis/seal_token.ts";
import type { Seal } from "../../../src/chat/block.ts";
import { readChat } from "./chats.ts";

const read = (...messages: JsonObject[]) => readChat({ messages });
const text = (text: string) => ({ type: "text", text });
const user = (...blocks: unknown[]) => ({ role: "user", blocks });
const assistant = (...blocks: unknown[]) => ({ role: "assistant", blocks });
const call = (id: string, more: object = {}) => ({
  type: "tool-call",
  id,
  name: "f",
  input: "{}",
  ...more,
});
const result = (callId: string, ...blocks: unknown[]) => ({ type: "tool-result", callId, blocks });
const wireCall = (id: string, more: object = {}) => ({
  id,
  type: "function",
  function: { name: "f", arguments: "{}" },
  ...more,
});

Deno.test("readMessages() gathers instructions from wherever they stand", () => {
  const chat = read(
    { role: "system", content: "a" },
    { role: "user", content: "b" },
    { role: "developer", content: [text("c"), text("d")] },
  );
  assert.deepEqual(chat.instructions, [text("a"), text("c"), text("d")]);
  assert.deepEqual(chat.turns, [user(text("b"))]);
});

Deno.test("readMessages() keeps turns as they were written", () => {
  const chat = read(
    { role: "user", content: "a" },
    { role: "user", content: [text("b"), text("c")] },
    { role: "assistant", content: "d" },
    { role: "assistant", content: "e" },
    { role: "user", content: "" },
  );
  assert.deepEqual(chat.turns, [
    user(text("a")),
    user(text("b"), text("c")),
    assistant(text("d")),
    assistant(text("e")),
    user(text("")),
  ]);
});

Deno.test("readMessages() gives a mark beside the content to its last block", () => {
  const cache_control = { type: "ephemeral" };
  const chat = read(
    { role: "system", content: "a", cache_control },
    { role: "user", content: [text("b"), text("c")], cache_control },
    { role: "assistant", content: "d", cache_control },
    { role: "assistant", tool_calls: [wireCall("1", { cache_control })] },
    { role: "tool", tool_call_id: "1", content: "e", cache_control },
  );
  assert.deepEqual(chat.instructions, [{ ...text("a"), cache: {} }]);
  assert.deepEqual(chat.turns, [
    user(text("b"), { ...text("c"), cache: {} }),
    assistant({ ...text("d"), cache: {} }),
    assistant(call("1", { cache: {} })),
    user({ ...result("1", text("e")), cache: {} }),
  ]);
});

const ASSISTANT: readonly [string, JsonObject, unknown[]][] = [
  ["parts", { content: [text("a"), { type: "refusal", refusal: "b" }] }, [
    text("a"),
    { type: "refusal", text: "b" },
  ]],
  ["a refusal", { content: null, refusal: "no" }, [{ type: "refusal", text: "no" }]],
  ["no refusal", { content: "a", refusal: null }, [text("a")]],
  ["empty content beside calls", { content: "", tool_calls: [wireCall("1")] }, [call("1")]],
  ["calls", { tool_calls: [wireCall("1"), wireCall("2")] }, [call("1"), call("2")]],
  ["arguments that are an object", {
    tool_calls: [wireCall("1", { function: { name: "f", arguments: { a: 1 } } })],
  }, [call("1", { input: `{"a":1}` })]],
  ["a call without arguments", {
    tool_calls: [wireCall("1", { function: { name: "f" } })],
  }, [call("1", { input: "" })]],
  ["a call with free text", {
    tool_calls: [{ id: "1", type: "custom", custom: { name: "f", input: "select" } }],
  }, [call("1", { input: "select", custom: true })]],
  ["a seal in the id of a call", { tool_calls: [wireCall("1__thought__s")] }, [
    call("1", { seal: { api: "gemini", value: "s" } }),
  ]],
  ["a seal as Google's compatible API gives it", {
    tool_calls: [wireCall("1", { extra_content: { google: { thought_signature: "s" } } })],
  }, [call("1", { seal: { api: "gemini", value: "s" } })]],
  ["plain reasoning", { content: "a", reasoning_content: "r" }, [
    { type: "reasoning", text: "r" },
    text("a"),
  ]],
  ["reasoning by its other name", { content: "a", reasoning: "r" }, [
    { type: "reasoning", text: "r" },
    text("a"),
  ]],
  [
    "reasoning with a signature",
    { content: "a", reasoning_content: "r", reasoning_signature: "s" },
    [
      { type: "reasoning", text: "r", seal: { api: "messages", value: "s" } },
      text("a"),
    ],
  ],
  ["a signature alone", { content: "a", reasoning_signature: "s" }, [
    { type: "reasoning", text: "", seal: { api: "messages", value: "s" } },
    text("a"),
  ]],
];

for (const [claim, message, blocks] of ASSISTANT) {
  Deno.test(`readMessages() reads ${claim} of the assistant`, () => {
    const chat = read({ role: "assistant", ...message });
    assert.deepEqual([chat.turns, chat.native], [[assistant(...blocks)], {}]);
  });
}

const MESSAGES: Seal = { api: "messages", value: "sig" };
const REDACTED: Seal = { api: "messages", value: "cipher", redacted: true };
const ITEM: Seal = { api: "responses", value: "enc", id: "rs_1" };
const token = (seal: Seal) => writeSealToken(seal, "completions");
const encrypted = (seal: Seal, index: number) => ({
  type: "reasoning.encrypted",
  data: token(seal),
  format: seal.api,
  index,
});

Deno.test("readMessages() takes reasoning from its details, in the place that they tell", () => {
  const chat = read({
    role: "assistant",
    content: "a",
    reasoning_content: "is not looked at",
    reasoning_details: [
      encrypted(ITEM, 3),
      {
        type: "reasoning.text",
        text: "r",
        signature: token(MESSAGES),
        format: "messages",
        index: 0,
      },
      encrypted(REDACTED, 1),
    ],
    tool_calls: [wireCall("1"), wireCall("2")],
  });
  assert.deepEqual(chat.turns, [
    assistant(
      { type: "reasoning", text: "r", seal: MESSAGES },
      { type: "reasoning", text: "", seal: REDACTED },
      text("a"),
      { type: "reasoning", text: "", seal: ITEM },
      call("1"),
      call("2"),
    ),
  ]);
});

Deno.test("readMessages() puts reasoning last whose place is behind all blocks", () => {
  const chat = read({ role: "assistant", content: "a", reasoning_details: [encrypted(ITEM, 9)] });
  assert.deepEqual(chat.turns, [
    assistant(text("a"), { type: "reasoning", text: "", seal: ITEM }),
  ]);
});

Deno.test("readMessages() keeps the details of another gateway whole, for providers like it", () => {
  const details = [
    {
      type: "reasoning.text",
      text: "r",
      signature: "raw",
      format: "anthropic-claude-v1",
      index: 0,
    },
    { type: "reasoning.summary", summary: "s", index: 1 },
  ];
  const seal = { api: "completions", value: JSON.stringify(details) };
  const chat = read({ role: "assistant", content: "a", reasoning_details: details });
  assert.deepEqual(chat.turns, [
    assistant({ type: "reasoning", text: "rs", seal }, text("a")),
  ]);
});

Deno.test("readMessages() makes the tool results and the user's words that follow one turn", () => {
  const chat = read(
    { role: "assistant", tool_calls: [wireCall("1"), wireCall("2")] },
    { role: "tool", tool_call_id: "1", content: "a" },
    { role: "tool", tool_call_id: "2__thought__s", content: [text("b"), text("c")] },
    { role: "user", content: "d" },
    { role: "user", content: "e" },
  );
  assert.deepEqual(chat.turns, [
    assistant(call("1"), call("2")),
    user(result("1", text("a")), result("2", text("b"), text("c")), text("d")),
    user(text("e")),
  ]);
});

Deno.test("readMessages() reads media in results, and notes what else is there", () => {
  const chat = read(
    { role: "tool", tool_call_id: "1", content: "" },
    {
      role: "tool",
      tool_call_id: "2",
      content: [{ type: "image_url", image_url: { url: "u" } }, { type: "search_result", x: 1 }],
    },
  );
  assert.deepEqual(chat.turns, [
    user(
      result("1"),
      result("2", { type: "media", mediaType: "image/*", source: { url: "u" } }),
    ),
  ]);
  assert.deepEqual(chat.native, { search_result: { type: "search_result", x: 1 } });
});

Deno.test("readMessages() joins function calls and results from before there were ids", () => {
  const chat = read(
    { role: "user", content: "a" },
    { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
    { role: "function", name: "f", content: "b" },
    { role: "function", name: "g", content: "c" },
  );
  assert.deepEqual(chat.turns, [
    user(text("a")),
    assistant(call("function_call_1")),
    user(result("function_call_1", text("b")), text("c")),
  ]);
});

Deno.test("readMessages() notes what no block says, and nothing of what says nothing", () => {
  const chat = read(
    { role: "system", content: "a", name: "s" },
    { role: "user", content: "b", name: "u" },
    { role: "assistant", content: "c", audio: { id: "x" }, annotations: [], function_call: null },
    { role: "assistant", tool_calls: [wireCall("1")], parsed: { a: 1 } },
    { role: "tool", tool_call_id: "1", name: "f", content: "d", is_error: true },
    { role: "function", name: "f", content: "e", id: "x" },
  );
  assert.deepEqual(chat.native, {
    "messages[].name": "s",
    "messages[].is_error": true,
    "messages[].id": "x",
    "messages[].audio": { id: "x" },
    "messages[].parsed": { a: 1 },
  });
});

Deno.test("readMessages() notes the name of a result whose call is not there", () => {
  const chat = read({ role: "tool", tool_call_id: "1", name: "f", content: "d" });
  assert.deepEqual(chat.native, { "messages[].name": "f" });
});

const REFUSED: readonly [JsonObject, string][] = [
  [{ content: "a" }, "messages[0].role"],
  [{ role: "ai", content: "a" }, "messages[0].role"],
  [{ role: "user", content: 7 }, "messages[0].content"],
  [{ role: "assistant", refusal: 7 }, "messages[0].refusal"],
  [{ role: "assistant", tool_calls: {} }, "messages[0].tool_calls"],
  [{ role: "assistant", tool_calls: [7] }, "messages[0].tool_calls[0]"],
  [{ role: "assistant", tool_calls: [{ function: {} }] }, "messages[0].tool_calls[0].id"],
  [{ role: "assistant", tool_calls: [{ id: "1" }] }, "messages[0].tool_calls[0].function.name"],
  [
    { role: "assistant", tool_calls: [{ id: "1", type: "custom", custom: {} }] },
    "messages[0].tool_calls[0].custom.name",
  ],
  [{ role: "assistant", function_call: {} }, "messages[0].function_call.name"],
  [{ role: "tool", content: "a" }, "messages[0].tool_call_id"],
  [{ role: "function", content: "a" }, "messages[0].name"],
];

for (const [message, param] of REFUSED) {
  Deno.test(`readMessages() of ${JSON.stringify(message)} complains of ${param}`, () => {
    assert.throws(() => read(message), { kind: "invalid-request", param });
  });
}
