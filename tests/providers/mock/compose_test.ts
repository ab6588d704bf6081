import assert from "node:assert/strict";
import { at, isObject } from "../../support/json.ts";
import { answerOf, eventsOf, HELLO } from "./ask.ts";

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer", minimum: 2 } },
      required: ["city"],
    },
  },
};
const clock = { type: "function", function: { name: "get_time" } };
const note = { type: "custom", custom: { name: "take_note" } };

const message = (answer: unknown) => at(answer, "choices", 0, "message");
const finish = (answer: unknown) => at(answer, "choices", 0, "finish_reason");
const content = (answer: unknown) => at(message(answer), "content");

Deno.test("compose() cuts the text at max_tokens with finish_reason length", async () => {
  for (const limit of ["max_tokens", "max_completion_tokens"]) {
    const answer = await answerOf({ responses: [{ text: "one two three four" }] }, {
      ...HELLO,
      [limit]: 2,
    });
    assert.equal(content(answer), "one two");
    assert.equal(finish(answer), "length");
    assert.equal(at(answer, "usage", "completion_tokens"), 2);
  }
});

Deno.test("compose() says stop when the text is exactly as long as max_tokens", async () => {
  const answer = await answerOf({ answerTokens: 5 }, { ...HELLO, max_tokens: 5 });
  assert.equal(finish(answer), "stop");
  assert.equal(at(answer, "usage", "completion_tokens"), 5);
});

Deno.test("compose() ends the text before the first stop sequence", async () => {
  const settings = { responses: [{ text: "one two three four" }] };
  const answer = await answerOf(settings, { ...HELLO, stop: ["four", " three"] });
  assert.equal(content(answer), "one two");
  assert.equal(finish(answer), "stop");
});

Deno.test("compose() makes n choices that differ", async () => {
  const answer = await answerOf({}, { ...HELLO, n: 3 });
  const choices = at(answer, "choices");
  assert.ok(Array.isArray(choices));
  assert.deepEqual(choices.map((choice) => at(choice, "index")), [0, 1, 2]);
  assert.equal(new Set(choices.map((choice) => at(choice, "message", "content"))).size, 3);
  assert.equal(at(answer, "usage", "completion_tokens"), 240);
});

Deno.test("compose() answers in text when tools are given but none is required", async () => {
  const answer = await answerOf({}, { ...HELLO, tools: [weather], tool_choice: "auto" });
  assert.equal(finish(answer), "stop");
  assert.match(String(content(answer)), /mock provider/);
});

Deno.test("compose() calls a required tool with arguments that fit its schema", async () => {
  const answer = await answerOf({}, { ...HELLO, tools: [weather], tool_choice: "required" });
  const call = at(message(answer), "tool_calls", 0);
  assert.match(String(at(call, "id")), /^call_[A-Za-z0-9]{24}$/);
  assert.deepEqual(at(call, "function"), {
    name: "get_weather",
    arguments: '{"city":"city","days":2}',
  });
  assert.equal(content(answer), null);
  assert.equal(finish(answer), "tool_calls");
});

Deno.test("compose() calls the tool that the client names, with finish_reason stop", async () => {
  const answer = await answerOf({}, {
    ...HELLO,
    tools: [weather, clock],
    tool_choice: { type: "function", function: { name: "get_time" } },
  });
  assert.deepEqual(at(message(answer), "tool_calls", 0, "function"), {
    name: "get_time",
    arguments: "{}",
  });
  assert.equal(finish(answer), "stop");
});

Deno.test("compose() keeps to the tools that the client allows", async () => {
  const reference = { type: "function", function: { name: "get_time" } };
  const answer = await answerOf({}, {
    ...HELLO,
    tools: [weather, clock],
    tool_choice: {
      type: "allowed_tools",
      allowed_tools: { mode: "required", tools: [reference] },
    },
  });
  assert.equal(at(message(answer), "tool_calls", 0, "function", "name"), "get_time");
});

Deno.test("compose() calls custom tools with plain text", async () => {
  const answer = await answerOf({}, { ...HELLO, tools: [note], tool_choice: "required" });
  const call = at(message(answer), "tool_calls", 0);
  assert.equal(at(call, "type"), "custom");
  assert.deepEqual(at(call, "custom"), { name: "take_note", input: "mock input" });
});

Deno.test("compose() calls each required tool once, then ends the loop with a text", async () => {
  const body = { ...HELLO, tools: [weather, clock], tool_choice: "required" };
  const messages: unknown[] = [...HELLO.messages];
  const called: unknown[] = [];
  for (;;) {
    const answer = await answerOf({ strict: true }, { ...body, messages });
    if (finish(answer) === "stop") {
      assert.match(String(content(answer)), /tool "get_time" returned "result 2"/);
      break;
    }
    const call = at(message(answer), "tool_calls", 0);
    called.push(at(call, "function", "name"));
    const result = `result ${called.length}`;
    messages.push(message(answer), { role: "tool", tool_call_id: at(call, "id"), content: result });
  }
  assert.deepEqual(called, ["get_weather", "get_time"]);
});

Deno.test("compose() gives scripted calls their arguments, made up or as written", async () => {
  const settings = {
    responses: [{
      text: "Let me look.",
      toolCalls: [
        { name: "get_weather", arguments: { city: "Paris" } },
        { name: "get_weather" },
        { name: "get_time", arguments: '{"zone": "UT' },
      ],
    }],
  };
  const answer = await answerOf(settings, { ...HELLO, tools: [weather, clock] });
  const calls = at(message(answer), "tool_calls");
  assert.ok(Array.isArray(calls));
  assert.deepEqual(calls.map((call) => at(call, "function", "arguments")), [
    '{"city":"Paris"}',
    '{"city":"city","days":2}',
    '{"zone": "UT',
  ]);
  assert.equal(new Set(calls.map((call) => at(call, "id"))).size, 3);
  assert.equal(content(answer), "Let me look.");
});

Deno.test("compose() gives the calls of different choices different ids", async () => {
  const settings = { responses: [{ toolCalls: [{ name: "f" }, { name: "f" }] }] };
  const choices = at(await answerOf(settings, { ...HELLO, n: 2 }), "choices");
  assert.ok(Array.isArray(choices));
  const ids = choices.flatMap((choice) =>
    [0, 1].map((index) => at(choice, "message", "tool_calls", index, "id"))
  );
  assert.equal(new Set(ids).size, 4);
});

Deno.test("compose() gives a refusal in place of content", async () => {
  const answer = await answerOf({ responses: [{ refusal: "I will not." }] }, HELLO);
  assert.equal(at(message(answer), "refusal"), "I will not.");
  assert.equal(content(answer), null);
});

Deno.test("compose() takes the scripted finish reason", async () => {
  const settings = { responses: [{ text: "", finishReason: "content_filter" }] };
  const answer = await answerOf(settings, HELLO);
  assert.equal(finish(answer), "content_filter");
  assert.equal(content(answer), "");
});

Deno.test("compose() answers json_object with an object", async () => {
  const answer = await answerOf({}, { ...HELLO, response_format: { type: "json_object" } });
  assert.ok(isObject(JSON.parse(String(content(answer)))));
});

Deno.test("compose() answers json_schema with JSON that fits, whole or streamed", async () => {
  const format = { name: "weather", schema: weather.function.parameters };
  const body = { ...HELLO, response_format: { type: "json_schema", json_schema: format } };
  assert.equal(content(await answerOf({}, body)), '{"city":"city","days":2}');
  const events = (await eventsOf({}, body)).slice(0, -1);
  const text = events.map((data) => at(JSON.parse(data), "choices", 0, "delta", "content") ?? "");
  assert.equal(text.join(""), '{"city":"city","days":2}');
});
