import assert from "node:assert/strict";
import { messages, postChat } from "../support/chat_fixture.ts";
import { Gateway } from "../support/gateway.ts";
import { at } from "../support/json.ts";
import { Upstream } from "../support/openai_upstream.ts";
import { suite } from "../support/suite.ts";

/** What is sent to where when the base URL is the stand-in's `/base`. */
const targets = {
  openai: "/base/chat/completions",
  openAI: "/base/chat/completions",
  cohere: "/compatibility/v1/chat/completions",
  ollama: "/base/chat/completions",
  baseten: "/base/chat/completions",
  cerebras: "/base/chat/completions",
  deepinfra: "/base/chat/completions",
  deepseek: "/base/chat/completions",
  groq: "/base/chat/completions",
  huggingface: "/base/chat/completions",
  mistral: "/base/chat/completions",
  openrouter: "/base/chat/completions",
  togetherai: "/base/chat/completions",
  xai: "/base/chat/completions",
  fireworks: "/base/chat/completions",
} as const;

const test = suite(async () => {
  const upstream = await Upstream.start({ lenient: true });
  const base = `http://127.0.0.1:${upstream.sockets.port}/base`;
  const presets = Object.keys(targets).map((name) =>
    `  - {name: by-${name}, provider: ${name}, params: {apiKey: sk-${name}, baseUrl: "${base}"}}\n`
  );
  const gateway = await Gateway.start({
    yaml: (port) => `
llm:
  port: ${port}
  providers:
  - name: shared
    provider: {custom: {formats: [{type: completions}]}}
    params: {model: shared-model, apiKey: sk-shared, baseUrl: "${base}"}
    defaults:
      defaults: {temperature: 0.5, top_p: 0.5}
      overrides: {user: shared}
      requestHeaders: {set: {x-from: provider}}
  models:
  - {name: ref-plain, provider: {reference: shared}}
  - name: ref-own
    provider: {reference: shared}
    params: {model: own-model}
    defaults: {temperature: 0.9}
    requestHeaders: {set: {x-own: model}}
  - name: custom-path
    provider:
      custom:
        formats: [{type: completions, path: /x/y/chat/completions}]
        providerOverride: mine
    params: {baseUrl: "${base}"}
  - name: custom-model
    provider: {custom: {formats: [{type: completions}], model: fixed}}
    params: {baseUrl: "http://127.0.0.1:${upstream.sockets.port}"}
  - name: offline
    provider: mock
${presets.join("")}`,
  });
  return {
    upstream,
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
});

for (const [name, target] of Object.entries(targets)) {
  test(`provider ${name} sends the key to ${target}`, async ({ gateway, upstream }) => {
    const response = await postChat(gateway, { model: `by-${name}`, messages });
    assert.equal(response.status, 200, await response.text());
    assert.equal(upstream.last.request.target, target);
    assert.equal(upstream.last.request.headers.get("authorization"), `Bearer sk-${name}`);
    const line = await gateway.accessLog({ "gen_ai.request.model": `by-${name}` });
    assert.equal(line["gen_ai.provider.name"], name.toLowerCase());
  });
}

test("a model takes over what its provider reference says", async ({ gateway, upstream }) => {
  await (await postChat(gateway, { model: "ref-plain", messages })).text();
  const { request, json } = upstream.last;
  assert.equal(at(json, "model"), "shared-model");
  assert.deepEqual([at(json, "temperature"), at(json, "user")], [0.5, "shared"]);
  assert.equal(request.headers.get("authorization"), "Bearer sk-shared");
  assert.equal(request.headers.get("x-from"), "provider");
  const line = await gateway.accessLog({ "gen_ai.request.model": "shared-model" });
  assert.equal(line["gen_ai.provider.name"], "shared");
});

test("a model's own settings win over its provider's", async ({ gateway, upstream }) => {
  await (await postChat(gateway, { model: "ref-own", messages })).text();
  const { request, json } = upstream.last;
  assert.equal(at(json, "model"), "own-model");
  assert.deepEqual([at(json, "temperature"), at(json, "top_p")], [0.9, 0.5]);
  assert.equal(request.headers.get("x-own"), "model");
  assert.equal(request.headers.get("x-from"), null);
});

test("a custom format's path replaces the whole path", async ({ gateway, upstream }) => {
  await (await postChat(gateway, { model: "custom-path", messages })).text();
  assert.equal(upstream.last.request.target, "/x/y/chat/completions");
  const line = await gateway.accessLog({ "gen_ai.request.model": "custom-path" });
  assert.equal(line["gen_ai.provider.name"], "mine");
});

test("a custom provider's model replaces the client's", async ({ gateway, upstream }) => {
  await (await postChat(gateway, { model: "custom-model", messages })).text();
  assert.equal(at(upstream.last.json, "model"), "fixed");
  assert.equal(upstream.last.request.target, "/v1/chat/completions");
});

test("the mock provider answers without an upstream and is metered", async (shared) => {
  const { gateway, upstream } = shared;
  const before = upstream.records.length;
  const whole: unknown = await (await postChat(gateway, { model: "offline", messages })).json();
  const text = at(whole, "choices", 0, "message", "content");
  assert.equal(typeof text, "string");
  const streamed = await (await postChat(gateway, { model: "offline", messages, stream: true }))
    .text();
  const pieces = streamed.split("\n\n").flatMap((event) =>
    event.startsWith("data: {")
      ? [at(JSON.parse(event.slice(6)), "choices", 0, "delta", "content")]
      : []
  );
  assert.equal(pieces.filter((piece) => typeof piece === "string").join(""), text);
  assert.match(streamed, /data: \[DONE\]\n\n$/);
  assert.equal(upstream.records.length, before);
  const line = await gateway.accessLog({ "gen_ai.request.model": "offline" });
  assert.equal(line["gen_ai.usage.output_tokens"], at(whole, "usage", "completion_tokens"));
});
