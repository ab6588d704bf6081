import assert from "node:assert/strict";
import { at } from "../../support/json.ts";
import { answerOf, ask, events, eventsOf, HELLO, provider } from "./ask.ts";

const HI = { responses: [{ text: "Hi there!" }] };
const parse = (events: readonly string[]) => events.slice(0, -1).map((data) => JSON.parse(data));

Deno.test("wholeAnswer() is what the API sends", async () => {
  assert.deepEqual(await answerOf(HI, HELLO), {
    id: "chatcmpl-MrQXFnrImkokadlZ3O3r9HHpQFhmi",
    object: "chat.completion",
    created: 1704067200,
    model: "gpt-4o",
    system_fingerprint: "fp_mock",
    choices: [{
      index: 0,
      message: { role: "assistant", content: "Hi there!", refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: "stop",
    }],
    usage: {
      prompt_tokens: 1,
      completion_tokens: 3,
      total_tokens: 4,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
  });
});

Deno.test("streamEvents() are what the API sends", async () => {
  const envelope = {
    id: "chatcmpl-QZF8Z2apVPf2ZuWqF7TFYM7XcfWjH",
    object: "chat.completion.chunk",
    created: 1704067200,
    model: "gpt-4o",
    system_fingerprint: "fp_mock",
  };
  const chunk = (delta: object, finish: string | null = null) => ({
    ...envelope,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  });
  const sent = await eventsOf(HI, HELLO);
  assert.equal(sent.at(-1), "[DONE]");
  assert.deepEqual(parse(sent), [
    chunk({ role: "assistant", content: "", refusal: null }),
    chunk({ content: "Hi" }),
    chunk({ content: " there" }),
    chunk({ content: "!" }),
    chunk({}, "stop"),
  ]);
});

Deno.test("streamEvents() end with the usage for a client that asks for it", async () => {
  const body = { ...HELLO, stream_options: { include_usage: true } };
  const chunks = parse(await eventsOf(HI, body));
  const last = chunks.pop();
  assert.deepEqual(at(last, "choices"), []);
  assert.equal(at(last, "usage", "total_tokens"), 4);
  for (const chunk of chunks) assert.equal(at(chunk, "usage"), null);
});

Deno.test("streamEvents() carry as many tokens each as the settings say", async () => {
  const chunks = parse(await eventsOf({ ...HI, chunking: { tokensPerChunk: 2 } }, HELLO));
  const contents = chunks.map((chunk) => at(chunk, "choices", 0, "delta", "content"));
  assert.deepEqual(contents, ["", "Hi there", "!", undefined]);
});

Deno.test("streamEvents() take the choices in turn", async () => {
  const chunks = parse(await eventsOf(HI, { ...HELLO, n: 2 }));
  const indexes = chunks.map((chunk) => at(chunk, "choices", 0, "index"));
  assert.deepEqual(indexes, [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
});

Deno.test("streamEvents() of one tool call begin with its head", async () => {
  const settings = { responses: [{ toolCalls: [{ name: "f", arguments: "ab" }] }] };
  const deltas = parse(await eventsOf(settings, HELLO)).map((chunk) =>
    at(chunk, "choices", 0, "delta")
  );
  const id = at(deltas[0], "tool_calls", 0, "id");
  assert.match(String(id), /^call_/);
  assert.deepEqual(deltas, [
    {
      role: "assistant",
      content: null,
      tool_calls: [{ index: 0, id, type: "function", function: { name: "f", arguments: "" } }],
      refusal: null,
    },
    { tool_calls: [{ index: 0, function: { arguments: "ab" } }] },
    {},
  ]);
});

Deno.test("streamEvents() of parallel tool calls tell them apart by index", async () => {
  const toolCalls = [{ name: "f", arguments: "ab" }, { name: "g", arguments: "cd" }];
  const settings = { responses: [{ toolCalls }], chunking: { tokensPerChunk: 8 } };
  const deltas = parse(await eventsOf(settings, HELLO)).map((chunk) =>
    at(chunk, "choices", 0, "delta")
  );
  assert.deepEqual(deltas[0], { role: "assistant", content: null, refusal: null });
  const calls = deltas.slice(1, -1).map((delta) => at(delta, "tool_calls", 0));
  assert.deepEqual(calls.map((call) => at(call, "index")), [0, 0, 1, 1]);
  assert.deepEqual(calls.map((call) => at(call, "function", "name")), [
    "f",
    undefined,
    "g",
    undefined,
  ]);
});

Deno.test("streamEvents() keep calls apart whose arguments are empty", async () => {
  const toolCalls = [{ name: "f", arguments: "" }, { name: "g", arguments: "" }];
  const settings = { responses: [{ toolCalls }], chunking: { tokensPerChunk: 8 } };
  const names = parse(await eventsOf(settings, HELLO)).flatMap((chunk) =>
    at(chunk, "choices", 0, "delta", "tool_calls", 0, "function", "name") ?? []
  );
  assert.deepEqual(names, ["f", "g"]);
});

Deno.test("streamEvents() stream a refusal", async () => {
  const chunks = parse(await eventsOf({ responses: [{ refusal: "No way" }] }, HELLO));
  const refusals = chunks.map((chunk) => at(chunk, "choices", 0, "delta", "refusal"));
  assert.deepEqual(refusals, [null, "No", " way", undefined]);
});

Deno.test("streamEvents() and wholeAnswer() carry log probabilities on demand", async () => {
  const body = { ...HELLO, logprobs: true, top_logprobs: 2 };
  const whole = at(await answerOf(HI, body), "choices", 0, "logprobs", "content");
  assert.ok(Array.isArray(whole));
  assert.deepEqual(whole.map((entry) => at(entry, "token")), ["Hi", " there", "!"]);
  assert.deepEqual(at(whole, 0, "bytes"), [72, 105]);
  assert.equal(at(whole, 0, "top_logprobs", 0, "token"), "Hi");
  assert.equal(at(whole, 0, "top_logprobs", 1, "logprob"), -2.25);
  const streamed = parse(await eventsOf(HI, body)).flatMap((chunk) =>
    at(chunk, "choices", 0, "logprobs", "content") ?? []
  );
  assert.deepEqual(streamed, whole);
});

Deno.test("wholeAnswer() names the service tier that served", async () => {
  assert.equal(
    at(await answerOf({}, { ...HELLO, service_tier: "auto" }), "service_tier"),
    "default",
  );
  assert.equal(
    at(await answerOf({}, { ...HELLO, service_tier: "fast" }), "service_tier"),
    "priority",
  );
});

Deno.test("usage is what the settings say, and counted where they say nothing", async () => {
  const usage = { inputTokens: 1000, cacheReadTokens: 800, reasoningTokens: 7 };
  const answer = await answerOf({ ...HI, usage }, HELLO);
  assert.equal(at(answer, "usage", "prompt_tokens"), 1000);
  assert.equal(at(answer, "usage", "prompt_tokens_details", "cached_tokens"), 800);
  assert.equal(at(answer, "usage", "completion_tokens"), 10);
  assert.equal(at(answer, "usage", "completion_tokens_details", "reasoning_tokens"), 7);
  assert.equal(at(answer, "usage", "total_tokens"), 1010);
});

Deno.test("usage of a response goes before that of the provider, number by number", async () => {
  const settings = {
    usage: { inputTokens: 10, outputTokens: 20 },
    responses: [{ text: "x", usage: { outputTokens: 5 } }],
  };
  const answer = await answerOf(settings, HELLO);
  assert.equal(at(answer, "usage", "prompt_tokens"), 10);
  assert.equal(at(answer, "usage", "completion_tokens"), 5);
});

Deno.test("usage counts texts, attachments, tool definitions and calls of the prompt", async () => {
  const image = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
  const prompt = async (body: object) =>
    at(await answerOf({}, { ...HELLO, ...body }), "usage", "prompt_tokens");
  const call = { id: "1", type: "function", function: { name: "f", arguments: '{"a":1}' } };
  assert.equal(
    await prompt({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: [{ type: "text", text: "What is this?" }, image] },
        { role: "assistant", tool_calls: [call] },
        { role: "tool", tool_call_id: "1", content: "42" },
      ],
    }),
    3 + 4 + 85 + 1 + 7 + 1,
  );
  const tools = [{ type: "function", function: { name: "f", parameters: {} } }];
  assert.ok(Number(await prompt({ tools })) > Number(await prompt({})));
});

Deno.test("an answer is the same for the same body, its ids are not for another", async () => {
  const text = async (body: object) => await (await ask(provider(), body)).text();
  assert.equal(await text(HELLO), await text(HELLO));
  const id = async (body: object) => at(await answerOf({}, body), "id");
  assert.notEqual(await id(HELLO), await id({ ...HELLO, seed: 1 }));
});

Deno.test("a streamed answer has the text of the whole one", async () => {
  const streamed = parse(events(await (await ask(provider(), { ...HELLO, stream: true })).text()));
  const text = streamed.map((chunk) => at(chunk, "choices", 0, "delta", "content") ?? "").join("");
  assert.equal(text, at(await answerOf({}, HELLO), "choices", 0, "message", "content"));
});
