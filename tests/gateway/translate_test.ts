import assert from "node:assert/strict";
import type { JsonObject } from "../../src/apis/api.ts";
import { writeSealToken } from "../../src/apis/seal_token.ts";
import { anthropic } from "../../src/providers/anthropic/index.ts";
import { aiBackend, CHAT, chat, gateway, json, script, type Upstream } from "./harness.ts";

const CLAUDE = anthropic.connect({}, { now: () => 0 });
const USAGE = { input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 3 };
const MESSAGE = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-x",
  content: [{ type: "text", text: "four" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: USAGE,
};

/** A chat completions client whose provider speaks the Messages API. */
function translating(upstream: Upstream, strict = false, heldMsMax = 0) {
  const backend = aiBackend({ provider: CLAUDE, strict }, { "/v1/messages": "messages" });
  return gateway(upstream, { backend, heldMsMax });
}

const event = (data: JsonObject) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const START = event({ type: "message_start", message: { ...MESSAGE, content: [] } });
const TEXT = [
  event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
  event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "four" } }),
];
const END = [
  event({ type: "content_block_stop", index: 0 }),
  event({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: USAGE }),
  event({ type: "message_stop" }),
];
const OVERLOADED = event({
  type: "error",
  error: { type: "overloaded_error", message: "Overloaded" },
});

const asked = { ...CHAT, stream: true };

Deno.test("translated() brings a whole answer into the client's API and meters it", async () => {
  const it = translating(() =>
    json(JSON.stringify(MESSAGE), {
      headers: { "content-type": "application/json", "request-id": "req_1" },
    })
  );
  const response = await it.ask(chat());
  const answer = await response.json();
  assert.equal(answer.object, "chat.completion");
  assert.equal(answer.choices[0].message.content, "four");
  assert.equal(answer.usage.prompt_tokens, 7);
  assert.equal(response.headers.get("x-request-id"), "req_1");
  assert.equal(response.headers.get("x-agentgateway-translation"), null);
  const { llm } = it.settled[0] ?? {};
  assert.deepEqual(llm?.usage, { inputTokens: 7, outputTokens: 3, cacheReadTokens: 2 });
  assert.deepEqual([llm?.clientApi, llm?.upstreamApi], ["completions", "messages"]);
  assert.equal(llm?.usageSource, "provider");
  assert.equal(it.calls[0]?.url, "https://api.test/v1/messages");
  assert.equal(it.calls[0]?.headers.get("anthropic-version"), "2023-06-01");
});

Deno.test("translated() names what it cannot carry, in the client's words", async () => {
  const it = translating(() => json(JSON.stringify(MESSAGE)));
  const response = await it.ask(chat({ ...CHAT, seed: 7, logit_bias: { "1": 2 } }));
  const header = response.headers.get("x-agentgateway-translation") ?? "";
  assert.match(header, /^dropped=/);
  assert.deepEqual(header.slice("dropped=".length).split(",").sort(), ["logit_bias", "seed"]);
  assert.deepEqual(it.settled[0]?.llm?.losses.map(({ field }) => field).sort(), [
    "logit_bias",
    "seed",
  ]);
});

Deno.test("translated() refuses what it cannot carry where it is strict", async () => {
  const it = translating(() => json(JSON.stringify(MESSAGE)), true);
  const response = await it.ask(chat({ ...CHAT, seed: 7 }));
  assert.equal(response.status, 400);
  const { error } = await response.json();
  assert.deepEqual([error.param, error.code], ["seed", "translation_loss"]);
  assert.equal(it.calls.length, 0);
});

Deno.test("forwarded() refuses to leave thoughts of another provider behind where it is strict", async () => {
  const details = [{
    type: "reasoning.text",
    text: "hm",
    signature: writeSealToken({ api: "messages", value: "v" }, "completions"),
  }];
  const moved = {
    ...CHAT,
    messages: [...CHAT.messages, { role: "assistant", content: "a", reasoning_details: details }],
  };
  const lenient = gateway(() => json());
  const response = await lenient.ask(chat(moved));
  assert.equal(response.headers.get("x-agentgateway-translation")?.startsWith("dropped="), true);
  assert.doesNotMatch(lenient.calls[0]?.body ?? "", /reasoning_details/);
  const strict = gateway(() => json(), { route: { strict: true } });
  assert.equal((await strict.ask(chat(moved))).status, 400);
  assert.equal(strict.calls.length, 0);
});

Deno.test("translated() takes an answer of another API for a failure of the provider", async () => {
  const it = translating(() => json(`{"hello":"world"}`));
  const response = await it.ask(chat());
  assert.equal(response.status, 502);
  assert.match((await response.json()).error.message, /^the provider's answer has no content$/);
});

Deno.test("translated() keeps the client's own credential from a provider with a key", async () => {
  const it = translating(() => json(JSON.stringify(MESSAGE)));
  await it.ask(chat(CHAT, { headers: { authorization: "Bearer client" } }));
  assert.equal(it.calls[0]?.headers.get("authorization"), "Bearer client");
});

Deno.test("relayWhole() words a provider's error as the client's API does", async () => {
  const body = JSON.stringify({
    type: "error",
    error: { type: "rate_limit_error", message: "slow down" },
  });
  const headers = { "retry-after": "7", "request-id": "req_2" };
  const it = translating(() => new Response(body, { status: 429, headers }));
  const response = await it.ask(chat());
  assert.equal(response.status, 429);
  assert.equal(response.headers.get("retry-after"), "7");
  assert.equal(response.headers.get("x-request-id"), "req_2");
  const { error } = await response.json();
  assert.deepEqual([error.message, error.type], ["slow down", "rate_limit_error"]);
});

Deno.test("answerStream() brings each event over as it comes", async () => {
  const upstream = script();
  const it = translating(() => upstream.response());
  const response = await it.ask(chat(asked));
  upstream.send(START);
  for (const text of TEXT) upstream.send(text);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  while (!seen.includes("four")) seen += (await reader?.read())?.value ?? "";
  assert.doesNotMatch(seen, /finish_reason":"stop"/);
  for (const text of END) upstream.send(text);
  upstream.end();
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    seen += part.value;
  }
  assert.match(seen, /data: \[DONE\]\n\n$/);
  assert.equal(it.settled[0]?.llm?.usageSource, "provider");
});

Deno.test("relayStream() answers an error before any content with its status", async () => {
  const upstream = script();
  const it = translating(() => upstream.response({ "request-id": "req_3" }), false, 10_000);
  upstream.send(START);
  upstream.send(OVERLOADED);
  const response = await it.ask(chat(asked));
  assert.equal(response.status, 529);
  assert.equal(response.headers.get("x-request-id"), "req_3");
  assert.match(response.headers.get("content-type") ?? "", /json/);
  assert.equal((await response.json()).error.message, "Overloaded");
  assert.equal(it.settled.length, 1);
  assert.equal(it.settled[0]?.status, 529);
  assert.equal(upstream.state.cancelled, true);
});

Deno.test("relayStream() answers a break before any content with 502", async () => {
  const upstream = script();
  const it = translating(() => upstream.response({ "request-id": "req_4" }), false, 10_000);
  upstream.send(START);
  upstream.cut();
  const response = await it.ask(chat(asked));
  assert.equal(response.status, 502);
  assert.equal(response.headers.get("x-request-id"), "req_4");
  assert.equal(it.settled[0]?.ending, "upstream-cut");
});

Deno.test("relayStream() tells an error after content in the stream, and ends it there", async () => {
  const upstream = script();
  const it = translating(() => upstream.response(), false, 10_000);
  for (const text of [START, ...TEXT, OVERLOADED]) upstream.send(text);
  const response = await it.ask(chat(asked));
  assert.equal(response.status, 200);
  const text = await response.text();
  assert.match(text, /four/);
  assert.match(text, /"message":"Overloaded"/);
  assert.doesNotMatch(text, /\[DONE\]/);
  assert.equal(it.settled[0]?.ending, "upstream-cut");
  assert.equal(it.settled[0]?.llm?.usageSource, "partial");
});

Deno.test("relayStream() tells in the stream that it was cut after content", async () => {
  const upstream = script();
  const it = translating(() => upstream.response(), false, 10_000);
  for (const text of [START, ...TEXT]) upstream.send(text);
  upstream.end();
  const text = await (await it.ask(chat(asked))).text();
  assert.match(text, /broke off/);
  assert.doesNotMatch(text, /\[DONE\]/);
  assert.equal(it.settled[0]?.ending, "upstream-cut");
});

Deno.test("relayStream() begins without content when that takes too long", async () => {
  const upstream = script();
  const it = translating(() => upstream.response(), false, 20);
  upstream.send(START);
  const response = await it.ask(chat(asked));
  assert.equal(response.status, 200);
  for (const text of [...TEXT, ...END]) upstream.send(text);
  upstream.end();
  assert.match(await response.text(), /four[^]*\[DONE\]/);
});

Deno.test("relayStream() refuses as gone a client that leaves before any content", async () => {
  const upstream = script();
  const it = translating(() => upstream.response(), false, 10_000);
  const client = new AbortController();
  upstream.send(START);
  const answer = it.ask(chat(asked, { signal: client.signal }));
  await new Promise((resolve) => setTimeout(resolve, 5));
  client.abort();
  upstream.cut(client.signal.reason);
  assert.equal((await answer).status, 499);
  assert.equal(it.settled[0]?.ending, "client-gone");
  assert.equal(it.settled[0]?.llm?.usageSource, "partial");
});
