import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { serve } from "../../../src/apis/messages/serve.ts";
import { writeSealedId, writeSealToken } from "../../../src/apis/seal_token.ts";
import type { Block, Seal } from "../../../src/chat/block.ts";
import type { ChatResponse } from "../../../src/chat/response.ts";
import { answerContext, lossesOf } from "./fixtures.ts";

function response(changes: Partial<ChatResponse> = {}, blocks: readonly Block[] = []) {
  return {
    id: "msg_1",
    model: "claude-x",
    choices: [{ blocks, finish: { reason: "stop" } }],
    ...changes,
  } as const;
}

Deno.test("writeResponse() has every member that the API promises", () => {
  const usage = { inputTokens: 5, outputTokens: 6 };
  const message = serve.writeResponse(
    response({ usage, serviceTier: "standard" }, [{ type: "text", text: "hi" }]),
    answerContext(),
  );
  assert.deepEqual(message, {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-x",
    container: null,
    diagnostics: null,
    content: [{ type: "text", text: "hi", citations: null }],
    stop_reason: "end_turn",
    stop_sequence: null,
    stop_details: null,
    usage: {
      input_tokens: 5,
      output_tokens: 6,
      cache_creation_input_tokens: null,
      cache_read_input_tokens: null,
      output_tokens_details: null,
      server_tool_use: null,
      cache_creation: null,
      inference_geo: null,
      service_tier: "standard",
      speed: null,
    },
  });
});

Deno.test("writeResponse() makes an id and names the asked model where the provider does not", () => {
  const { id, model } = serve.writeResponse(response({ id: "", model: "" }), answerContext());
  assert.deepEqual([id, model], ["msg_new", answerContext().chat.model]);
});

const OWN: Seal = { api: "messages", value: "sig" };
const FOREIGN: Seal = { api: "responses", value: "enc", id: "rs_1" };
const GEMINI: Seal = { api: "gemini", value: "s" };
const call = { type: "tool-call", id: "t1", name: "f" } as const;
const use = { type: "tool_use", id: "t1", name: "f", caller: { type: "direct" } };

const BLOCKS: readonly [claim: string, Block, JsonObject | undefined][] = [
  ["a refusal", { type: "refusal", text: "no" }, { type: "text", text: "no", citations: null }],
  ["signed thoughts", { type: "reasoning", text: "hm", seal: OWN }, {
    type: "thinking",
    thinking: "hm",
    signature: "sig",
  }],
  ["unsigned thoughts", { type: "reasoning", text: "hm" }, {
    type: "thinking",
    thinking: "hm",
    signature: "",
  }],
  ["thoughts with a foreign seal", { type: "reasoning", text: "hm", seal: FOREIGN }, {
    type: "thinking",
    thinking: "hm",
    signature: writeSealToken(FOREIGN, "messages"),
  }],
  ["hidden thoughts", { type: "reasoning", text: "", seal: { ...OWN, redacted: true } }, {
    type: "redacted_thinking",
    data: "sig",
  }],
  ["a foreign seal alone", { type: "reasoning", text: "", seal: FOREIGN }, {
    type: "redacted_thinking",
    data: writeSealToken(FOREIGN, "messages"),
  }],
  ["thoughts that are not shown", { type: "reasoning", text: "", seal: OWN }, {
    type: "thinking",
    thinking: "",
    signature: "sig",
  }],
  ["no thoughts at all", { type: "reasoning", text: "" }, undefined],
  ["a call", { ...call, input: '{"a":1}' }, { ...use, input: { a: 1 } }],
  ["a call without input", { ...call, input: "" }, { ...use, input: {} }],
  ["a call that was cut off", { ...call, input: '{"a' }, { ...use, input: '{"a' }],
  ["a sealed call", { ...call, input: "{}", seal: GEMINI }, {
    ...use,
    id: writeSealedId("t1", GEMINI),
    input: {},
  }],
  ["an image", { type: "media", mediaType: "image/png", source: { data: "AA==" } }, {
    type: "image",
    source: { type: "base64", media_type: "image/png", data: "AA==" },
  }],
  ["an image elsewhere", { type: "media", mediaType: "image/*", source: { url: "https://x" } }, {
    type: "image",
    source: { type: "url", url: "https://x" },
  }],
  [
    "a block of its own",
    {
      type: "native",
      api: "messages",
      name: "server_tool_use",
      value: { type: "server_tool_use" },
    },
    { type: "server_tool_use" },
  ],
];

for (const [claim, block, expected] of BLOCKS) {
  Deno.test(`writeResponse() writes ${claim}`, () => {
    const context = answerContext();
    const { content } = serve.writeResponse(response({}, [block]), context);
    assert.deepEqual(content, expected === undefined ? [] : [expected]);
    assert.deepEqual(lossesOf(context.losses), []);
  });
}

const LOST: readonly [Block, loss: string][] = [
  [{ type: "media", mediaType: "audio/wav", source: { data: "AA==" } }, "dropped audio"],
  [{ type: "media", mediaType: "video/mp4", source: { data: "AA==" } }, "dropped media"],
  [
    { type: "media", mediaType: "image/png", source: { fileId: "f", api: "responses" } },
    "dropped image",
  ],
  [
    { type: "native", api: "responses", name: "web_search_call", value: {} },
    "dropped web_search_call",
  ],
];

for (const [block, loss] of LOST) {
  Deno.test(`writeResponse() says: ${loss}`, () => {
    const context = answerContext();
    assert.deepEqual(serve.writeResponse(response({}, [block]), context).content, []);
    assert.deepEqual(lossesOf(context.losses), [loss]);
  });
}

Deno.test("concepts are told in the words of the API", () => {
  assert.deepEqual(serve.concepts, {
    temperature: "temperature",
    topP: "top_p",
    topK: "top_k",
    stop: "stop_sequences",
    maxOutputTokens: "max_tokens",
    reasoning: "thinking",
    output: "output_config.format",
    outputStrict: "output_config.format",
    toolSchema: "tools.input_schema",
    toolStrict: "tools.strict",
    toolChoice: "tool_choice",
    parallelToolCalls: "tool_choice.disable_parallel_tool_use",
    user: "metadata.user_id",
    metadata: "metadata",
    serviceTier: "service_tier",
    cache: "cache_control",
    image: "image",
    document: "document",
    media: "document",
    reasoningReplay: "messages.thinking",
    toolFailed: "tool_result.is_error",
    toolResultMedia: "tool_result.content",
  });
});
