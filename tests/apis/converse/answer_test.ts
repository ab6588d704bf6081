import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { converseCall } from "../../../src/apis/converse/index.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";
import { GatewayError } from "../../../src/errors.ts";
import { chatOf } from "./ask.ts";

function read(answer: JsonObject, chat: Partial<ChatRequest> = {}) {
  const gathered = losses({});
  const response = converseCall.readResponse(answer, {
    chat: chatOf(chat),
    headers: new Headers({ "x-amzn-requestid": "req-1" }),
    newId: (prefix) => `${prefix}new`,
    losses: gathered,
  });
  return { response, found: gathered.found };
}

function answerOf(content: readonly unknown[], rest: JsonObject = {}): JsonObject {
  const output = { message: { role: "assistant", content } };
  return { output, stopReason: "end_turn", metrics: { latencyMs: 1 }, ...rest };
}

Deno.test("readResponse() reads what the model said, thought and called", () => {
  const content = [
    { reasoningContent: { reasoningText: { text: "Hm", signature: "sig" } } },
    { reasoningContent: { redactedContent: "c2VjcmV0" } },
    { reasoningContent: { reasoningText: { text: "unsigned", signature: "" } } },
    { text: "Look:" },
    { text: "" },
    { toolUse: { toolUseId: "t1", name: "get_weather", input: { city: "Bonn" } } },
    { toolUse: { toolUseId: "t2", name: "other", input: {} } },
  ];
  const usage = { inputTokens: 3, outputTokens: 4, totalTokens: 7 };
  const tools = [{ type: "function", name: "get.weather" }] as const;
  const { response, found } = read(
    answerOf(content, { usage, stopReason: "tool_use", serviceTier: { type: "flex" } }),
    { tools },
  );
  assert.deepEqual(response, {
    id: "req-1",
    model: "",
    choices: [{
      blocks: [
        { type: "reasoning", text: "Hm", seal: { api: "messages", value: "sig" } },
        {
          type: "reasoning",
          text: "",
          seal: { api: "converse", value: "c2VjcmV0", redacted: true },
        },
        { type: "reasoning", text: "unsigned" },
        { type: "text", text: "Look:" },
        { type: "tool-call", id: "t1", name: "get.weather", input: '{"city":"Bonn"}' },
        { type: "tool-call", id: "t2", name: "other", input: "{}" },
      ],
      finish: { reason: "tool-calls" },
    }],
    usage: { inputTokens: 3, outputTokens: 4 },
    serviceTier: "flex",
  });
  assert.deepEqual(found, []);
});

Deno.test("readResponse() reads the text of citations and images, and names what it drops", () => {
  const content = [
    { citationsContent: { content: [{ text: "a" }, { text: "b" }], citations: [{}] } },
    { image: { format: "png", source: { bytes: "AAAA" } } },
    { cachePoint: { type: "default" } },
    { toolUse: { toolUseId: "t", name: "nova_grounding", input: {}, type: "server_tool_use" } },
    { someday: {} },
    { image: { format: "png" } },
  ];
  const { response, found } = read(answerOf(content));
  assert.deepEqual(response.choices[0]?.blocks, [
    { type: "text", text: "ab" },
    { type: "media", mediaType: "image/png", source: { data: "AAAA" } },
  ]);
  assert.deepEqual(response.choices[0]?.finish, { reason: "stop" });
  assert.deepEqual(found.map(({ field }) => field), ["citations", "toolUse", "someday", "image"]);
});

Deno.test("readResponse() R29 reads why the model stopped", () => {
  const cases = [
    ["end_turn", "stop"],
    ["stop_sequence", "stop-sequence"],
    ["tool_use", "tool-calls"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "context-window"],
    ["content_filtered", "content-filter"],
    ["guardrail_intervened", "content-filter"],
    ["malformed_tool_use", "other"],
    [undefined, "other"],
  ] as const;
  for (const [stopReason, reason] of cases) {
    const { response } = read(answerOf([{ text: "x" }], { stopReason }));
    assert.deepEqual(response.choices[0]?.finish, { reason });
  }
  const called = read(answerOf([{ toolUse: { toolUseId: "t", name: "f", input: {} } }]));
  assert.deepEqual(called.response.choices[0]?.finish, { reason: "tool-calls" });
});

Deno.test("readResponse() tells the stop sequence that was met", () => {
  const additionalModelResponseFields = { stop_sequence: "END" };
  const finishOf = (stopReason: string) =>
    read(answerOf([], { stopReason, additionalModelResponseFields })).response.choices[0]?.finish;
  assert.deepEqual(finishOf("stop_sequence"), { reason: "stop-sequence", stopSequence: "END" });
  assert.deepEqual(finishOf("end_turn"), { reason: "stop" });
});

Deno.test("readResponse() counts caches as input", () => {
  const usageOf = (usage: unknown) => read(answerOf([], { usage })).response.usage;
  assert.deepEqual(
    usageOf({
      inputTokens: 3,
      outputTokens: 550,
      totalTokens: 12857,
      cacheReadInputTokens: 10,
      cacheWriteInputTokens: 12304,
    }),
    {
      inputTokens: 12317,
      outputTokens: 550,
      cacheReadTokens: 10,
      cacheWriteTokens: 12304,
    },
  );
  assert.deepEqual(usageOf({ outputTokens: 2 }), { outputTokens: 2 });
  assert.deepEqual(usageOf({ inputTokens: 0 }), { inputTokens: 0 });
  for (const none of [undefined, null, {}, { inputTokens: "3" }]) {
    assert.equal(usageOf(none), undefined);
  }
});

Deno.test("readResponse() tells the model that a prompt router chose", () => {
  const trace = { promptRouter: { invokedModelId: "arn:m" } };
  assert.equal(read(answerOf([], { trace })).response.model, "arn:m");
});

Deno.test("readResponse() throws where there is no message", () => {
  for (const answer of [{}, { output: {} }, { output: { message: { content: "x" } } }]) {
    assert.throws(() => read(answer), (error) => {
      return error instanceof GatewayError && error.status === 502;
    });
  }
});
