import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { writeResponse } from "../../../src/apis/completions/write_response.ts";
import { writeSealToken } from "../../../src/apis/seal_token.ts";
import type { Block, Seal, ToolCallBlock } from "../../../src/chat/block.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { ChatResponse, FinishReason } from "../../../src/chat/response.ts";
import { answering, lostIn } from "./chats.ts";

const text = (text: string): Block => ({ type: "text", text });
const reasoning = (text: string, seal?: Seal): Block => ({
  type: "reasoning",
  text,
  ...(seal === undefined ? {} : { seal }),
});
const call = (id: string, more: Partial<ToolCallBlock> = {}): Block => ({
  type: "tool-call",
  id,
  name: "f",
  input: `{"a":1}`,
  ...more,
});

function answer(blocks: readonly Block[], reason: FinishReason = "stop"): ChatResponse {
  return { id: "r-1", model: "m-1", choices: [{ blocks, finish: { reason } }] };
}

/** The only choice of an answer. */
function choice(blocks: readonly Block[], reason?: FinishReason, json?: JsonObject): JsonObject {
  const { choices } = writeResponse(answer(blocks, reason), answering(json));
  assert.ok(Array.isArray(choices) && choices.length === 1);
  return choices[0];
}

Deno.test("writeResponse() writes a chat.completion as OpenAI's API does", () => {
  const response: ChatResponse = {
    ...answer([text("a"), text("b")]),
    usage: { inputTokens: 5, outputTokens: 2 },
    serviceTier: "default",
  };
  assert.deepEqual(writeResponse(response, answering()), {
    id: "r-1",
    object: "chat.completion",
    created: 7,
    model: "m-1",
    choices: [{
      index: 0,
      message: { role: "assistant", content: "ab", refusal: null },
      logprobs: null,
      finish_reason: "stop",
    }],
    usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
    service_tier: "default",
  });
});

Deno.test("writeResponse() makes up an id and names the model asked for, where none is told", () => {
  const { id, model, usage } = writeResponse({ ...answer([]), id: "", model: "" }, answering());
  assert.deepEqual([id, model, usage], ["chatcmpl-1", "asked", undefined]);
});

Deno.test("writeResponse() writes every choice", () => {
  const response: ChatResponse = {
    ...answer([]),
    choices: [
      { blocks: [text("a")], finish: { reason: "stop" } },
      { blocks: [text("b")], finish: { reason: "length" } },
    ],
  };
  const { choices } = writeResponse(response, answering());
  assert.deepEqual(choices, [
    { ...choice([text("a")]), index: 0 },
    { ...choice([text("b")], "length"), index: 1 },
  ]);
});

const MESSAGES: Seal = { api: "messages", value: "sig" };
const REDACTED: Seal = { api: "messages", value: "cipher", redacted: true };
const ITEM: Seal = { api: "responses", value: "enc", id: "rs_1" };
const token = (seal: Seal) => writeSealToken(seal, "completions");
const DETAILS = [{ type: "reasoning.text", text: "r", signature: "raw", index: 0 }];

const MESSAGE: readonly [string, readonly Block[], JsonObject][] = [
  ["nothing", [], { content: "", refusal: null }],
  ["an empty text", [text("")], { content: "", refusal: null }],
  ["a call", [call("1")], {
    content: null,
    refusal: null,
    tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: `{"a":1}` } }],
  }],
  ["a call behind empty text", [text(""), call("1", { input: "" })], {
    content: null,
    refusal: null,
    tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }],
  }],
  ["a sealed call", [call("1", { seal: { api: "gemini", value: "s" } })], {
    content: null,
    refusal: null,
    tool_calls: [{
      id: "1__thought__s",
      type: "function",
      function: { name: "f", arguments: `{"a":1}` },
    }],
  }],
  ["a call with free text", [call("1", { input: "", custom: true })], {
    content: null,
    refusal: null,
    tool_calls: [{ id: "1", type: "custom", custom: { name: "f", input: "" } }],
  }],
  ["a refusal", [{ type: "refusal", text: "no" }], { content: null, refusal: "no" }],
  ["text and a refusal", [text("a"), { type: "refusal", text: "no" }], {
    content: "a",
    refusal: "no",
  }],
  ["plain reasoning", [reasoning("r"), text("a"), reasoning("s")], {
    content: "a",
    refusal: null,
    reasoning_content: "rs",
  }],
  ["signed reasoning", [reasoning("r", MESSAGES), text("a")], {
    content: "a",
    refusal: null,
    reasoning_content: "r",
    reasoning_details: [{
      type: "reasoning.text",
      text: "r",
      signature: token(MESSAGES),
      format: "messages",
      index: 0,
    }],
    reasoning_signature: "sig",
  }],
  ["redacted reasoning", [reasoning("", REDACTED), text("a")], {
    content: "a",
    refusal: null,
    reasoning_details: [{
      type: "reasoning.encrypted",
      data: token(REDACTED),
      format: "messages",
      index: 0,
    }],
  }],
  ["reasoning between blocks", [
    reasoning("not sealed"),
    text("a"),
    text("b"),
    reasoning("", ITEM),
    call("1"),
    reasoning("", ITEM),
  ], {
    content: "ab",
    refusal: null,
    reasoning_content: "not sealed",
    reasoning_details: [1, 3].map((index) => ({
      type: "reasoning.encrypted",
      data: token(ITEM),
      id: "rs_1",
      format: "responses",
      index,
    })),
    tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: `{"a":1}` } }],
  }],
  ["reasoning sealed by this API", [
    reasoning("r", { api: "completions", value: JSON.stringify(DETAILS) }),
  ], {
    content: null,
    refusal: null,
    reasoning_content: "r",
    reasoning_details: DETAILS,
  }],
  ["an image", [{ type: "media", mediaType: "image/png", source: { data: "aGk=" } }], {
    content: null,
    refusal: null,
    images: [{ type: "image_url", image_url: { url: "data:image/png;base64,aGk=" } }],
  }],
  ["an image elsewhere", [{ type: "media", mediaType: "image/*", source: { url: "u" } }], {
    content: null,
    refusal: null,
    images: [{ type: "image_url", image_url: { url: "u" } }],
  }],
];

for (const [claim, blocks, message] of MESSAGE) {
  Deno.test(`writeResponse() writes ${claim}`, () => {
    assert.deepEqual(choice(blocks).message, { role: "assistant", ...message });
  });
}

Deno.test("writeResponse() reports what a message has no place for", () => {
  const lost = losses({});
  const blocks: Block[] = [
    { type: "media", mediaType: "audio/wav", source: { data: "d" } },
    { type: "media", mediaType: "image/png", source: { fileId: "f", api: "messages" } },
    { type: "native", api: "messages", name: "server_tool_use", value: {} },
    text("a"),
  ];
  writeResponse(answer(blocks), answering({}, lost));
  assert.deepEqual(lostIn(lost), ["dropped audio", "dropped image", "dropped server_tool_use"]);
});

Deno.test("writeResponse() tells the tokens of the text", () => {
  const logprobs = [
    { token: "a", logprob: -0.5, bytes: [97], top: [{ token: "b", logprob: -1 }] },
    { token: "c", logprob: -0.1, top: [] },
  ];
  assert.deepEqual(choice([{ type: "text", text: "ac", logprobs }]).logprobs, {
    content: [
      {
        token: "a",
        logprob: -0.5,
        bytes: [97],
        top_logprobs: [{ token: "b", logprob: -1, bytes: null }],
      },
      { token: "c", logprob: -0.1, bytes: null, top_logprobs: [] },
    ],
    refusal: null,
  });
});

const FINISHES: readonly [FinishReason, string][] = [
  ["stop", "stop"],
  ["stop-sequence", "stop"],
  ["paused", "stop"],
  ["other", "stop"],
  ["length", "length"],
  ["context-window", "length"],
  ["tool-calls", "tool_calls"],
  ["refusal", "content_filter"],
  ["content-filter", "content_filter"],
];

for (const [reason, word] of FINISHES) {
  Deno.test(`writeResponse() calls ${reason} ${word}`, () => {
    assert.equal(choice([], reason).finish_reason, word);
  });
}

Deno.test("writeResponse() answers a client that knows functions only with a function_call", () => {
  const json = { functions: [{ name: "f" }] };
  const written = choice([call("1"), call("2")], "tool-calls", json);
  assert.deepEqual(written.message, {
    role: "assistant",
    content: null,
    refusal: null,
    function_call: { name: "f", arguments: `{"a":1}` },
  });
  assert.equal(written.finish_reason, "function_call");
  assert.equal(choice([text("a")], "stop", json).finish_reason, "stop");
});

Deno.test("writeResponse() counts caches inside the prompt and reasoning inside the answer", () => {
  const usage = {
    inputTokens: 10,
    outputTokens: 5,
    cacheReadTokens: 3,
    cacheWriteTokens: 0,
    reasoningTokens: 2,
  };
  assert.deepEqual(writeResponse({ ...answer([]), usage }, answering()).usage, {
    prompt_tokens: 10,
    completion_tokens: 5,
    total_tokens: 15,
    prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 2 },
    cache_read_input_tokens: 3,
    cache_creation_input_tokens: 0,
  });
});
