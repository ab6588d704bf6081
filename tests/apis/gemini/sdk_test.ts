import { createGoogle } from "@ai-sdk/google";
import { type GenerateContentResponse, GoogleGenAI } from "@google/genai";
import { jsonSchema, streamText, tool } from "ai";
import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { gemini } from "../../../src/apis/gemini/index.ts";
import { serve } from "../../../src/apis/gemini/serve.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";
import type { ChatResponse } from "../../../src/chat/response.ts";
import { testContext } from "./contexts.ts";

const ANSWER: ChatResponse = {
  id: "r",
  model: "m-1",
  choices: [{
    blocks: [
      { type: "reasoning", text: "hm", seal: { api: "messages", value: "sig" } },
      { type: "text", text: "Hello" },
      { type: "tool-call", id: "c1", name: "f", input: `{"a":1}` },
      { type: "tool-call", id: "c2", name: "f", input: `{"a":2}` },
    ],
    finish: { reason: "tool-calls" },
  }],
  usage: { inputTokens: 10, outputTokens: 7, reasoningTokens: 3, cacheReadTokens: 2 },
};
const EVENTS: readonly ChatEvent[] = [
  { type: "start", id: "r", model: "m-1" },
  { type: "block-start", index: 0, block: { type: "reasoning", text: "" } },
  { type: "block-delta", index: 0, text: "h" },
  { type: "block-delta", index: 0, text: "m" },
  { type: "block-end", index: 0, seal: { api: "messages", value: "sig" } },
  { type: "block-start", index: 1, block: { type: "text", text: "" } },
  { type: "block-delta", index: 1, text: "Hel" },
  { type: "block-delta", index: 1, text: "lo" },
  { type: "block-end", index: 1 },
  { type: "block-start", index: 2, block: { type: "tool-call", id: "c1", name: "f", input: "" } },
  { type: "block-start", index: 3, block: { type: "tool-call", id: "c2", name: "f", input: "" } },
  { type: "block-delta", index: 3, text: `{"a":2}` },
  { type: "block-delta", index: 2, text: `{"a":1}` },
  { type: "block-end", index: 2 },
  { type: "block-end", index: 3 },
  {
    type: "usage",
    usage: { inputTokens: 10, outputTokens: 7, reasoningTokens: 3, cacheReadTokens: 2 },
  },
  { type: "finish", finish: { reason: "tool-calls" } },
  { type: "end" },
];
const USAGE = {
  promptTokenCount: 10,
  candidatesTokenCount: 4,
  thoughtsTokenCount: 3,
  cachedContentTokenCount: 2,
  totalTokenCount: 17,
};
const CALLS = [{ id: "c1", name: "f", args: { a: 1 } }, { id: "c2", name: "f", args: { a: 2 } }];

/** A server that answers with the same answer each time, and what it was asked. */
function server(events: readonly ChatEvent[] = EVENTS) {
  const asked: ChatRequest[] = [];
  const fetch = async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    const { pathname, search } = new URL(request.url);
    const json: JsonObject = await request.json();
    gemini.view.check(json, pathname + search);
    const streaming = gemini.view.streams(json, pathname);
    asked.push(serve.readRequest({ json, model: "m", streaming, headers: request.headers }));
    if (!streaming) return Response.json(serve.writeResponse(ANSWER, testContext()));
    const write = serve.writeStream(testContext());
    const headers = { "content-type": "text/event-stream" };
    return new Response(events.map((event) => write(event)).join(""), { headers });
  };
  return { fetch, asked };
}

/** Google's SDK, whose requests go to a server on this machine. */
async function withSdk(
  events: readonly ChatEvent[],
  use: (sdk: GoogleGenAI, asked: readonly ChatRequest[]) => Promise<void>,
): Promise<void> {
  const { fetch, asked } = server(events);
  const listener = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => fetch(request),
  );
  const baseUrl = `http://127.0.0.1:${listener.addr.port}`;
  try {
    await use(new GoogleGenAI({ apiKey: "k", vertexai: false, httpOptions: { baseUrl } }), asked);
  } finally {
    await listener.shutdown();
  }
}

/** As the SDK's own `text`, which warns of calls beside it. */
function textOf({ candidates }: GenerateContentResponse): string {
  const parts = candidates?.[0]?.content?.parts ?? [];
  return parts.map(({ text, thought }) => thought ? "" : text ?? "").join("");
}

Deno.test("Google's SDK reads whole answers", async () => {
  await withSdk(EVENTS, async (sdk) => {
    const answer = await sdk.models.generateContent({ model: "gemini-x", contents: "hi" });
    assert.equal(textOf(answer), "Hello");
    assert.deepEqual(answer.functionCalls, CALLS);
    assert.deepEqual({ ...answer.usageMetadata }, USAGE);
    assert.equal(answer.candidates?.[0]?.finishReason, "STOP");
    assert.deepEqual([answer.modelVersion, answer.responseId], ["m-1", "r"]);
  });
});

Deno.test("Google's SDK reads streams to the same content", async () => {
  await withSdk(EVENTS, async (sdk) => {
    const stream = await sdk.models.generateContentStream({ model: "gemini-x", contents: "hi" });
    const chunks = await Array.fromAsync(stream);
    assert.equal(chunks.map(textOf).join(""), "Hello");
    assert.deepEqual(chunks.flatMap(({ functionCalls }) => functionCalls ?? []), CALLS);
    const last = chunks.at(-1);
    assert.deepEqual({ ...last?.usageMetadata }, USAGE);
    assert.equal(last?.candidates?.[0]?.finishReason, "STOP");
  });
});

Deno.test("Google's SDK sends a streamed answer back, and its seal is that of its thoughts", async () => {
  await withSdk(EVENTS, async (sdk, asked) => {
    const chat = sdk.chats.create({ model: "gemini-x" });
    await Array.fromAsync(await chat.sendMessageStream({ message: "hi" }));
    const functionResponse = { id: "c2", name: "f", response: { output: "two" } };
    await chat.sendMessage({ message: [{ functionResponse }] });
    const [, turn, results] = asked[1]?.turns ?? [];
    const [choice] = ANSWER.choices;
    assert.deepEqual(turn?.blocks.slice(0, 4), choice?.blocks);
    assert.deepEqual(results?.blocks, [
      { type: "tool-result", callId: "c2", blocks: [{ type: "text", text: "two" }] },
    ]);
  });
});

Deno.test({
  name: "Google's SDK throws what a stream tells went wrong",
  // The SDK does not read the rest of the answer.
  sanitizeResources: false,
  async fn() {
    const fault = { status: 503, message: "overloaded" };
    await withSdk([...EVENTS.slice(0, 8), { type: "error", fault }], async (sdk) => {
      const stream = await sdk.models.generateContentStream({ model: "gemini-x", contents: "hi" });
      await assert.rejects(Array.fromAsync(stream), /overloaded/);
    });
  },
});

Deno.test("the AI SDK reads streams", async () => {
  const { fetch, asked } = server();
  const google = createGoogle({ apiKey: "k", baseURL: "http://gateway/v1beta", fetch });
  const inputSchema = jsonSchema<{ a: number }>({
    type: "object",
    properties: { a: { type: "integer" } },
  });
  const result = streamText({
    model: google("gemini-3-pro"),
    prompt: "hi",
    tools: { f: tool({ description: "d", inputSchema }) },
  });
  assert.equal(await result.text, "Hello");
  assert.equal(await result.reasoningText, "hm");
  assert.equal(await result.finishReason, "tool-calls");
  const calls = (await result.toolCalls).map(({ toolCallId, input }) => [toolCallId, input]);
  assert.deepEqual(calls, [["c1", { a: 1 }], ["c2", { a: 2 }]]);
  const { inputTokens, outputTokens } = await result.usage;
  assert.deepEqual([inputTokens, outputTokens], [10, 7]);
  assert.deepEqual(asked[0]?.tools.map((one) => one.name), ["f"]);
});
