import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { serve } from "../../../src/apis/responses/serve.ts";
import { NO_SEAL, writeSealToken } from "../../../src/apis/seal_token.ts";
import type { Block } from "../../../src/chat/block.ts";
import type { FinishReason } from "../../../src/chat/response.ts";
import { answerContext, responseOf } from "./samples.ts";

const TEXT: Block = { type: "text", text: "a" };
const PART = { type: "output_text", annotations: [], logprobs: [], text: "a" };
const CALL: Block = { type: "tool-call", id: "c", name: "f", input: "{}" };

function write(blocks: readonly Block[], json: JsonObject = {}, reason: FinishReason = "stop") {
  return serve.writeResponse(responseOf(blocks, { reason }), answerContext(json));
}

Deno.test("writeResponse() gives every member that the API has", () => {
  assert.deepEqual(write([TEXT]), {
    id: "resp_up",
    object: "response",
    created_at: 1_700_000_000,
    status: "completed",
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    model: "up",
    output: [
      { id: "msg_1", type: "message", status: "completed", content: [PART], role: "assistant" },
    ],
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    service_tier: null,
    store: false,
    temperature: null,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_logprobs: 0,
    top_p: null,
    truncation: "disabled",
    usage: null,
    user: null,
    metadata: {},
    access_programs: null,
  });
});

Deno.test("writeResponse() repeats what the client asked for", () => {
  const asked = {
    instructions: "i",
    max_output_tokens: 9,
    parallel_tool_calls: false,
    prompt_cache_key: "k",
    reasoning: { effort: "low", summary: "auto" },
    safety_identifier: "s",
    temperature: 0,
    text: { format: { type: "json_object" }, verbosity: "low" },
    tool_choice: "none",
    tools: [{ type: "function", name: "f", parameters: null, strict: null }],
    top_logprobs: 2,
    top_p: 0.5,
    user: "u",
    metadata: { a: "b" },
  };
  const response = write([TEXT], asked);
  assert.deepEqual({ ...response, ...asked }, response);
});

Deno.test("writeResponse() has an id and a model where the provider has none of that form", () => {
  const answer = responseOf([], { reason: "stop" }, { id: "chatcmpl-1", model: "" });
  const { id, model } = serve.writeResponse(answer, answerContext({ model: "asked" }));
  assert.deepEqual([id, model], ["resp_1", "asked"]);
});

Deno.test("writeResponse() counts as the API does", () => {
  const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 4, reasoningTokens: 2 };
  const answer = responseOf([], { reason: "stop" }, { usage, serviceTier: "flex" });
  const response = serve.writeResponse(answer, answerContext());
  assert.equal(response.service_tier, "flex");
  assert.deepEqual(response.usage, {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 4, cache_write_tokens: 0 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 15,
  });
});

const ENDS: readonly [FinishReason, string, string | undefined][] = [
  ["stop", "completed", undefined],
  ["stop-sequence", "completed", undefined],
  ["tool-calls", "completed", undefined],
  ["paused", "completed", undefined],
  ["other", "completed", undefined],
  ["refusal", "completed", undefined],
  ["length", "incomplete", "max_output_tokens"],
  ["context-window", "incomplete", "max_output_tokens"],
  ["content-filter", "incomplete", "content_filter"],
];

for (const [reason, status, why] of ENDS) {
  Deno.test(`writeResponse() is ${status} for ${reason}`, () => {
    const response = write([CALL, TEXT], {}, reason);
    assert.equal(response.status, status);
    assert.deepEqual(response.incomplete_details, why === undefined ? null : { reason: why });
    const statuses = JSON.stringify(response.output).match(/(?<="status":")\w+/g);
    assert.deepEqual(statuses, ["completed", status]);
  });
}

const message = (id: string, ...content: readonly object[]) => ({
  id,
  type: "message",
  status: "completed",
  content,
  role: "assistant",
});

const OUTPUTS: readonly [string, readonly Block[], readonly object[]][] = [
  ["nothing", [], []],
  ["texts in a row as one message", [TEXT, { type: "refusal", text: "no" }], [
    message("msg_1", PART, { type: "refusal", refusal: "no" }),
  ]],
  ["texts apart as two messages", [TEXT, CALL, TEXT], [
    message("msg_1", PART),
    {
      id: "fc_2",
      type: "function_call",
      status: "completed",
      arguments: "{}",
      call_id: "c",
      name: "f",
    },
    message("msg_3", PART),
  ]],
  ["probabilities", [{
    type: "text",
    text: "ä",
    logprobs: [{ token: "ä", logprob: -1, top: [{ token: "b", logprob: -2, bytes: [98] }] }],
  }], [
    message("msg_1", {
      ...PART,
      text: "ä",
      logprobs: [{
        token: "ä",
        bytes: [195, 164],
        logprob: -1,
        top_logprobs: [{ token: "b", bytes: [98], logprob: -2 }],
      }],
    }),
  ]],
  ["thoughts, with a token that makes SDKs send them back", [{ type: "reasoning", text: "a" }], [{
    id: "rs_1",
    type: "reasoning",
    summary: [{ type: "summary_text", text: "a" }],
    encrypted_content: writeSealToken(NO_SEAL, "responses"),
  }]],
  ["thoughts of which nothing is there", [{ type: "reasoning", text: "" }], [
    { id: "rs_1", type: "reasoning", summary: [] },
  ]],
  ["thoughts of which only the seal is there", [
    { type: "reasoning", text: "", seal: { api: "messages", value: "sig", redacted: true } },
  ], [{
    id: "rs_1",
    type: "reasoning",
    summary: [],
    encrypted_content: btoa(
      JSON.stringify({ agw: 1, api: "messages", value: "sig", redacted: true }),
    ),
  }]],
  ["a call without arguments", [{ type: "tool-call", id: "c", name: "f", input: "" }], [{
    id: "fc_1",
    type: "function_call",
    status: "completed",
    arguments: "{}",
    call_id: "c",
    name: "f",
  }]],
  ["a call with a seal", [{ ...CALL, seal: { api: "gemini", value: "sig" } }], [{
    id: "fc_1",
    type: "function_call",
    status: "completed",
    arguments: "{}",
    call_id: "c__thought__sig",
    name: "f",
  }]],
  ["a custom call", [{ ...CALL, input: "", custom: true }], [{
    id: "ctc_1",
    type: "custom_tool_call",
    status: "completed",
    call_id: "c",
    name: "f",
    input: "",
  }]],
];

for (const [claim, blocks, output] of OUTPUTS) {
  Deno.test(`writeResponse() writes ${claim}`, () => {
    assert.deepEqual(write(blocks).output, output);
  });
}

Deno.test("writeResponse() shows a refusal that the provider only names", () => {
  assert.deepEqual(write([TEXT], {}, "refusal").output, [
    message("msg_1", PART, { type: "refusal", refusal: "" }),
  ]);
});

Deno.test("writeResponse() tells of blocks that the API has no item for", () => {
  const context = answerContext();
  const blocks: Block[] = [
    TEXT,
    { type: "native", api: "messages", name: "server_tool_use", value: {} },
    { type: "media", mediaType: "image/png", source: { data: "AA==" } },
    { type: "media", mediaType: "audio/wav", source: { data: "AA==" } },
    { type: "media", mediaType: "video/mp4", source: { data: "AA==" } },
    { type: "media", mediaType: "application/pdf", source: { data: "AA==" } },
    TEXT,
  ];
  const { output } = serve.writeResponse(responseOf(blocks), context);
  assert.deepEqual(output, [message("msg_1", PART, PART)]);
  assert.deepEqual(context.losses.found, [
    { kind: "dropped", field: "server_tool_use" },
    { kind: "dropped", field: "image" },
    { kind: "dropped", field: "audio" },
    { kind: "dropped", field: "media" },
    { kind: "dropped", field: "document" },
  ]);
});
