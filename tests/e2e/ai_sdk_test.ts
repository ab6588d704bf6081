import { createOpenAI } from "@ai-sdk/openai";
import { generateText, Output, stepCountIs, streamText, tool } from "ai";
import assert from "node:assert/strict";
import { z } from "zod";
import { messages, startChat } from "../support/chat_fixture.ts";
import { at } from "../support/json.ts";
import { defaultText } from "../support/openai_script.ts";
import { suite } from "../support/suite.ts";
import { until, within } from "../support/until.ts";

const test = suite(async () => {
  const shared = await startChat();
  const provider = createOpenAI({ baseURL: `${shared.gateway.url}/v1`, apiKey: "sk-client" });
  return { ...shared, model: provider.chat("gpt-4o"), unknown: provider.chat("gpt-9") };
});

test("generateText gives text, finish reason and usage", async ({ model, upstream }) => {
  upstream.next({ usage: { input: 30, output: 12, cached: 8, reasoning: 4 } });
  const result = await generateText({ model, prompt: "Say something." });
  assert.equal(result.text, defaultText);
  assert.equal(result.finishReason, "stop");
  assert.equal(result.usage.inputTokens, 30);
  assert.equal(result.usage.outputTokens, 12);
  assert.equal(result.usage.inputTokenDetails.cacheReadTokens, 8);
  assert.equal(result.usage.outputTokenDetails.reasoningTokens, 4);
});

test("streamText gives each piece before the provider sends the next", async (shared) => {
  const { model, upstream } = shared;
  upstream.next({ events: 6, stepped: true });
  const result = streamText({ model, messages });
  const pieces = result.textStream[Symbol.asyncIterator]();
  for (let index = 0; index < 6; index++) {
    const next = pieces.next();
    await until("the stream is open", () => upstream.streamsOpen === 1);
    upstream.step();
    assert.equal((await within(`piece ${index}`, 5_000, next)).value, `token${index} `);
  }
  assert.equal((await pieces.next()).done, true);
  assert.equal((await result.usage).outputTokens, 14);
  assert.equal(await result.finishReason, "stop");
});

const weather = tool({
  description: "Tells the weather of a city.",
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }) => ({ city, degrees: 12 }),
});

const calls = ["Oslo", "Rome"].map((city, index) => ({
  id: `call_${index}`,
  name: "weather",
  arguments: JSON.stringify({ city }),
}));

test("generateText runs a tool loop to its answer", async ({ model, upstream }) => {
  upstream.next({ toolCalls: calls }, { text: "12 degrees in both." });
  const result = await generateText({
    model,
    prompt: "How warm is it in Oslo and Rome?",
    tools: { weather },
    stopWhen: stepCountIs(5),
  });
  assert.equal(result.text, "12 degrees in both.");
  assert.equal(result.steps.length, 2);
  assert.deepEqual(result.steps[0]?.toolCalls.map((call) => call.input), [
    { city: "Oslo" },
    { city: "Rome" },
  ]);
  assert.equal(at(upstream.last.json, "messages", 3, "tool_call_id"), "call_1");
});

test("streamText runs a tool loop to its answer", async ({ model, upstream }) => {
  upstream.next({ toolCalls: calls }, { text: "12 degrees in both." });
  const result = streamText({
    model,
    prompt: "How warm is it in Oslo and Rome?",
    tools: { weather },
    stopWhen: stepCountIs(5),
  });
  assert.equal(await result.text, "12 degrees in both.");
  assert.equal((await result.steps).length, 2);
});

test("structured output comes back as an object of its schema", async ({ model, upstream }) => {
  upstream.next({ text: '{"name":"Ada","age":36}' });
  const result = await generateText({
    model,
    prompt: "Who?",
    output: Output.object({ schema: z.object({ name: z.string(), age: z.number() }) }),
  });
  assert.deepEqual(result.output, { name: "Ada", age: 36 });
  assert.equal(at(upstream.last.json, "response_format", "type"), "json_schema");
});

test("an unknown model is an API call error with the gateway's message", async ({ unknown }) => {
  const failed = generateText({ model: unknown, prompt: "x", maxRetries: 0 });
  await assert.rejects(failed, (error) => {
    assert.ok(error instanceof Error);
    assert.equal(at({ ...error }, "statusCode"), 404);
    assert.match(String(at({ ...error }, "responseBody")), /"model_not_found"/);
    return true;
  });
});

test("a stream that is cut upstream ends in an error", async ({ model, upstream }) => {
  upstream.next({ events: 5, cut: { after: 2, how: "reset" } });
  const errors: unknown[] = [];
  const result = streamText({
    model,
    messages,
    maxRetries: 0,
    onError: ({ error }) => {
      errors.push(error);
    },
  });
  await result.consumeStream();
  assert.equal(errors.length, 1);
});
