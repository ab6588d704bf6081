import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { messagesCall } from "../../../src/apis/messages/index.ts";
import type { Block } from "../../../src/chat/block.ts";
import type { ChatResponse } from "../../../src/chat/response.ts";
import { callContext, chatWith, lossesOf } from "./fixtures.ts";

function read(answer: JsonObject, context = callContext()): ChatResponse {
  return messagesCall.readResponse(answer, context);
}

Deno.test("readResponse() reads a whole message", () => {
  const answer = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-x",
    content: [{ type: "text", text: "hi", citations: null }],
    stop_reason: "stop_sequence",
    stop_sequence: "END",
    usage: {
      ...{ input_tokens: 3, cache_read_input_tokens: 4, cache_creation_input_tokens: 5 },
      ...{ output_tokens: 6, output_tokens_details: { thinking_tokens: 2 } },
      service_tier: "priority",
    },
  };
  assert.deepEqual(read(answer), {
    id: "msg_1",
    model: "claude-x",
    choices: [{
      blocks: [{ type: "text", text: "hi" }],
      finish: { reason: "stop-sequence", stopSequence: "END" },
    }],
    usage: {
      ...{ inputTokens: 12, cacheReadTokens: 4, cacheWriteTokens: 5 },
      ...{ outputTokens: 6, reasoningTokens: 2 },
    },
    serviceTier: "priority",
  });
});

Deno.test("readResponse() reads a message that says nothing", () => {
  assert.deepEqual(read({ content: [] }), {
    id: "",
    model: "",
    choices: [{ blocks: [], finish: { reason: "other" } }],
  });
});

Deno.test("readResponse() takes what has no content for no answer", () => {
  for (const answer of [{}, { hello: "world" }, { content: "text" }]) {
    assert.throws(() => read(answer), { kind: "upstream-invalid" });
  }
});

const BLOCKS: readonly [claim: string, JsonObject, Block, lost?: string[]][] = [
  [
    "a text without its sources",
    { type: "text", text: "hi", citations: [{ type: "char_location" }] },
    { type: "text", text: "hi" },
    ["dropped citations"],
  ],
  ["thoughts", { type: "thinking", thinking: "hm", signature: "s" }, {
    type: "reasoning",
    text: "hm",
    seal: { api: "messages", value: "s" },
  }],
  ["unsigned thoughts", { type: "thinking", thinking: "hm", signature: "" }, {
    type: "reasoning",
    text: "hm",
  }],
  ["thoughts that are not shown", { type: "thinking", thinking: "", signature: "s" }, {
    type: "reasoning",
    text: "",
    seal: { api: "messages", value: "s" },
  }],
  ["hidden thoughts", { type: "redacted_thinking", data: "d" }, {
    type: "reasoning",
    text: "",
    seal: { api: "messages", value: "d", redacted: true },
  }],
  ["a call", { type: "tool_use", id: "t", name: "f", input: { a: [1] } }, {
    type: "tool-call",
    id: "t",
    name: "f",
    input: '{"a":[1]}',
  }],
  ["a call without input", { type: "tool_use", id: "t", name: "f" }, {
    type: "tool-call",
    id: "t",
    name: "f",
    input: "{}",
  }],
  ["a call of a renamed tool", { type: "tool_use", id: "t", name: "mail_send", input: {} }, {
    type: "tool-call",
    id: "t",
    name: "mail.send",
    input: "{}",
  }],
  ["a block of its own", { type: "server_tool_use", id: "s", name: "web_search", input: {} }, {
    type: "native",
    api: "messages",
    name: "server_tool_use",
    value: { type: "server_tool_use", id: "s", name: "web_search", input: {} },
  }],
];

const NAMED = chatWith({ tools: [{ type: "function", name: "mail.send" }] });

for (const [claim, block, expected, lost = []] of BLOCKS) {
  Deno.test(`readResponse() reads ${claim}`, () => {
    const context = callContext({ chat: NAMED });
    const { choices } = read({ content: [block], stop_reason: "max_tokens" }, context);
    assert.deepEqual(choices, [{ blocks: [expected], finish: { reason: "length" } }]);
    assert.deepEqual(lossesOf(context.losses), lost);
  });
}

Deno.test("readResponse() tells of calls that the provider ends as usual", () => {
  const content = [{ type: "tool_use", id: "t", name: "f", input: {} }];
  const [choice] = read({ content, stop_reason: "end_turn" }).choices;
  assert.deepEqual(choice?.finish, { reason: "tool-calls" });
});

Deno.test("readResponse() reads why the provider refused", () => {
  const stop_details = { type: "refusal", category: "cyber", explanation: "Declined." };
  assert.deepEqual(read({ content: [], stop_reason: "refusal", stop_details }).choices, [{
    blocks: [{ type: "refusal", text: "Declined." }],
    finish: { reason: "refusal" },
  }]);
});
