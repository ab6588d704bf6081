import assert from "node:assert/strict";
import type OpenAI from "openai";
import { asked, messages, startChat } from "../support/chat_fixture.ts";
import { at } from "../support/json.ts";
import type { ScriptedCall } from "../support/openai_script.ts";
import { suite } from "../support/suite.ts";

const test = suite(() => startChat());

const tools = ["get_weather", "get_time"].map((name) => ({
  type: "function" as const,
  function: {
    name,
    description: `Call of ${name}.`,
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
    strict: true,
  },
})) satisfies OpenAI.ChatCompletionTool[];

const parallel = [
  { id: "call_1", name: "get_weather", arguments: '{"city": "Z\\u00fcrich"}' },
  { id: "call_2", name: "get_time", arguments: '{"city": "Oslo"}' },
] satisfies ScriptedCall[];

function summary(calls: readonly OpenAI.ChatCompletionMessageToolCall[] | undefined) {
  return calls?.map((call) =>
    call.type === "function"
      ? { id: call.id, name: call.function.name, arguments: call.function.arguments }
      : call
  );
}

test("tools reach the provider as they were declared", async ({ client, upstream }) => {
  await client.chat.completions.create({ ...asked(), tools, tool_choice: "auto" });
  assert.deepEqual(at(upstream.last.json, "tools"), tools);
  assert.equal(at(upstream.last.json, "tool_choice"), "auto");
});

test("parallel tool calls arrive whole in a buffered answer", async ({ client }) => {
  const answer = await client.chat.completions.create({ ...asked({ toolCalls: parallel }), tools });
  assert.equal(answer.choices[0]?.finish_reason, "tool_calls");
  assert.deepEqual(summary(answer.choices[0]?.message.tool_calls), parallel);
});

test("parallel tool calls are put together from a stream by their index (R15)", async (shared) => {
  const stream = await shared.client.chat.completions.create({
    ...asked({ toolCalls: parallel }),
    tools,
    stream: true,
  });
  const deltas = (await Array.fromAsync(stream)).flatMap((chunk) =>
    chunk.choices[0]?.delta.tool_calls ?? []
  );
  const text = (index: number) =>
    deltas.filter((delta) => delta.index === index).map((delta) => delta.function?.arguments ?? "")
      .join("");
  assert.deepEqual([text(0), text(1)], parallel.map((call) => call.arguments));
  const named = deltas.filter((delta) => "id" in delta);
  assert.deepEqual(named.map((delta) => [delta.index, delta.id]), [[0, "call_1"], [1, "call_2"]]);
});

test("runTools completes a loop of call, result and answer", async ({ client, upstream }) => {
  upstream.next({ toolCalls: parallel }, { text: "12 degrees at noon." });
  const cities: string[] = [];
  const look = (input: string) => {
    cities.push(String(at(JSON.parse(input), "city")));
    return "fine";
  };
  const runner = client.chat.completions.runTools({
    model: "gpt-4o",
    messages,
    tools: tools.map((tool) => ({ ...tool, function: { ...tool.function, function: look } })),
  });
  assert.equal(await runner.finalContent(), "12 degrees at noon.");
  assert.deepEqual(cities, ["Zürich", "Oslo"]);
  const sent = at(upstream.last.json, "messages");
  assert.ok(Array.isArray(sent));
  assert.deepEqual(sent.map((message) => at(message, "role")), [
    ...["user", "assistant", "tool", "tool"],
  ]);
});
