import { createOpenAI } from "@ai-sdk/openai";
import { jsonSchema, streamText, tool } from "ai";
import * as fc from "fast-check";
import assert from "node:assert/strict";
import OpenAI from "openai";
import { serve } from "../../../src/apis/responses/serve.ts";
import type { Block } from "../../../src/chat/block.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import type { ChatResponse, Finish } from "../../../src/chat/response.ts";
import { responses } from "./arbitraries.ts";
import { answerContext, eventsOf, responseOf } from "./samples.ts";

const REQUEST = { model: "m", input: "hi" } as const;

/** A client that gets the same answer to every call. */
function client(answer: () => Response): OpenAI {
  return new OpenAI({ apiKey: "k", baseURL: "http://gateway/v1", maxRetries: 0, fetch });
  function fetch(): Promise<Response> {
    return Promise.resolve(answer());
  }
}

function streamed(events: readonly ChatEvent[]): Response {
  const write = serve.writeStream(answerContext());
  return new Response(events.map(write).join(""), {
    headers: { "content-type": "text/event-stream" },
  });
}

function whole(response: ChatResponse): Response {
  return Response.json(serve.writeResponse(response, answerContext()));
}

Deno.test("writeStream() is folded by the official SDK to what writeResponse() gives", async () => {
  await fc.assert(
    fc.asyncProperty(responses, async (response) => {
      const stream = client(() => streamed(eventsOf(response))).responses.stream(REQUEST);
      const folded = await stream.finalResponse();
      const parsed = await client(() => whole(response)).responses.parse(REQUEST);
      assert.deepEqual(unparsed(folded), unparsed(parsed));
    }),
    { numRuns: 60 },
  );
});

const call = (id: string, input: string): Block => ({ type: "tool-call", id, name: "f", input });

Deno.test("writeStream() keeps calls apart that overlap", async () => {
  const events: ChatEvent[] = [
    { type: "start", id: "a", model: "m" },
    { type: "block-start", index: 0, block: { type: "text", text: "" } },
    { type: "block-start", index: 1, block: call("x", "") },
    { type: "block-delta", index: 0, text: "one" },
    { type: "block-start", index: 2, block: call("y", "") },
    { type: "block-delta", index: 2, text: `{"y":` },
    { type: "block-delta", index: 1, text: `{"x":1}` },
    { type: "block-end", index: 1 },
    { type: "block-delta", index: 2, text: `2}` },
    { type: "block-end", index: 0 },
    { type: "block-end", index: 2 },
    { type: "finish", finish: { reason: "tool-calls" } },
    { type: "end" },
  ];
  const folded = await client(() => streamed(events)).responses.stream(REQUEST).finalResponse();
  assert.equal(folded.output_text, "one");
  const calls = folded.output.filter((item) => item.type === "function_call");
  assert.deepEqual(calls.map((item) => [item.call_id, item.arguments]), [
    ["x", `{"x":1}`],
    ["y", `{"y":2}`],
  ]);
});

const FAULT: ChatEvent = {
  type: "error",
  fault: { status: 429, message: "slow down", code: "rate_limit_exceeded" },
};

for (const [claim, before] of [["at once", []], ["in the middle", started()]] as const) {
  Deno.test(`writeStream() makes the official SDK throw an error that comes ${claim}`, async () => {
    const stream = client(() => streamed([...before, FAULT])).responses.stream(REQUEST);
    await assert.rejects(stream.finalResponse(), {
      message: "slow down",
      code: "rate_limit_exceeded",
    });
  });

  Deno.test(`writeStream() makes the AI SDK report an error that comes ${claim}`, async () => {
    const errors: unknown[] = [];
    const result = ask(() => streamed([...before, FAULT]), (error) => errors.push(error));
    await result.consumeStream({ onError: () => {} });
    assert.match(JSON.stringify(errors, Object.getOwnPropertyNames(errors[0])), /slow down/);
  });
}

function started(): ChatEvent[] {
  return eventsOf(responseOf([{ type: "text", text: "some text" }])).slice(0, 4);
}

function ask(answer: () => Response, onError: (error: unknown) => void = () => {}) {
  const provider = createOpenAI({
    apiKey: "k",
    baseURL: "http://gateway/v1",
    fetch: () => Promise.resolve(answer()),
  });
  return streamText({
    model: provider.responses("m"),
    prompt: "hi",
    maxRetries: 0,
    tools: { f: tool({ inputSchema: jsonSchema({ type: "object" }) }) },
    onError: ({ error }) => onError(error),
  });
}

const FINISHES: readonly [Finish["reason"], readonly Block[], string][] = [
  ["stop", [{ type: "text", text: "a" }], "stop"],
  ["length", [{ type: "text", text: "a" }], "length"],
  ["content-filter", [{ type: "text", text: "a" }], "content-filter"],
  ["refusal", [{ type: "text", text: "a" }], "content-filter"],
  ["tool-calls", [call("x", "")], "tool-calls"],
];

for (const [reason, blocks, expected] of FINISHES) {
  Deno.test(`writeStream() tells the AI SDK of a finish for ${reason}`, async () => {
    const result = ask(() => streamed(eventsOf(responseOf(blocks, { reason }))));
    assert.equal(await result.finishReason, expected);
  });
}

Deno.test("writeStream() gives the AI SDK texts, thoughts and calls", async () => {
  const blocks: Block[] = [
    { type: "reasoning", text: "thinking", seal: { api: "messages", value: "sig" } },
    { type: "text", text: "hello" },
    call("x", `{"a":1}`),
  ];
  const answer = responseOf(blocks, { reason: "tool-calls" }, {
    usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 4, reasoningTokens: 2 },
  });
  const result = ask(() => streamed(eventsOf(answer)));
  assert.equal(await result.text, "hello");
  assert.equal(await result.reasoningText, "thinking");
  const [seen] = await result.toolCalls;
  assert.deepEqual([seen?.toolCallId, seen?.input], ["x", { a: 1 }]);
  const { inputTokens, outputTokens } = await result.usage;
  assert.deepEqual([inputTokens, outputTokens], [10, 5]);
});

/** An answer without what the SDK's two ways of parsing add. */
function unparsed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, member) => PARSED.has(key) ? undefined : member));
}

const PARSED = new Set(["parsed", "parsed_arguments", "output_parsed"]);
