import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import OpenAI from "openai";
import { entryOf, type Places, providers, startAllProviders } from "../support/all_providers.ts";
import { suite } from "../support/suite.ts";

const names = ["anthropic", "openai-responses", "bedrock", "gemini"] as const;

/** All as models, one of them also strict, and a port with one strict route of two. */
const test = suite(() => startAllProviders({ names, more }));

function more({ urlOf, ports }: Places) {
  const entry = entryOf("anthropic", urlOf("anthropic"));
  return {
    models: [{ ...entry, name: "strict-model", strict: true }],
    beside: { binds: [{ port: ports[1], listeners: [{ routes: routes(urlOf("anthropic")) }] }] },
  };
}

function routes(anthropicUrl: string) {
  const { model, params } = providers.anthropic;
  const { apiKey } = params(anthropicUrl);
  const backend = (strict: boolean) => ({
    ai: {
      name: "claude",
      provider: { anthropic: { model } },
      hostOverride: new URL(anthropicUrl).host,
      strict,
    },
    policies: {
      backendAuth: { key: apiKey },
      ai: { routes: { "/v1/chat/completions": "completions", "/v1/responses": "responses" } },
    },
  });
  const at = (pathPrefix: string) => [{ path: { pathPrefix } }];
  return [
    { name: "strict-route", strict: true, matches: at("/strict"), backends: [backend(false)] },
    { name: "strict-backend", matches: at("/backend"), backends: [backend(true)] },
    { name: "lenient", matches: at("/"), backends: [backend(false)] },
  ];
}

const openai = (base: string) =>
  new OpenAI({ baseURL: `${base}/v1`, apiKey: "sk-client", maxRetries: 0 });

const chat = { messages: [{ role: "user" as const, content: "Hi." }] };
const lossy = { ...chat, logit_bias: { "50256": -100 }, seed: 7, n: 1 };

for (const stream of [false, true]) {
  const how = stream ? "streamed" : "buffered";
  test(`what a translation cannot carry is named in a header, ${how}`, async ({ gateway }) => {
    const { data, response } = await openai(gateway.url).chat.completions
      .create({ ...lossy, model: "anthropic", stream }).withResponse();
    const header = response.headers.get("x-agentgateway-translation") ?? "";
    assert.deepEqual(header.slice("dropped=".length).split(",").sort(), ["logit_bias", "seed"]);
    if ("controller" in data) await Array.fromAsync(data);
  });
}

test("a translation that loses nothing says nothing", async ({ gateway }) => {
  for (const model of names) {
    const { response } = await openai(gateway.url).chat.completions
      .create({ ...chat, model }).withResponse();
    assert.equal(response.headers.get("x-agentgateway-translation"), null, model);
  }
});

test("losses are named in the words of the client's API", async ({ gateway }) => {
  const client = new Anthropic({ baseURL: gateway.url, apiKey: "sk-client", maxRetries: 0 });
  const { response } = await client.messages.create({
    ...{ ...chat, model: "openai-responses", max_tokens: 2048, top_k: 5, stop_sequences: ["END"] },
    thinking: { type: "enabled", budget_tokens: 1024 },
  }).withResponse();
  assert.equal(
    response.headers.get("x-agentgateway-translation"),
    "dropped=top_k,stop_sequences; changed=thinking",
  );
});

test("losses are in the log and in the metrics", async ({ gateway }) => {
  await openai(gateway.url).chat.completions
    .create({ ...lossy, model: "gemini", store: true, reasoning_effort: "xhigh" });
  const line = await gateway.accessLog({
    "gen_ai.provider.name": "gcp.gemini",
    "gen_ai.request.seed": 7,
  });
  assert.equal(line.translation, "dropped=store,logit_bias; changed=reasoning_effort");
  const labels = {
    ...{ client_api: "completions", upstream_api: "gemini", gen_ai_system: "gcp.gemini" },
  };
  const samples = (await gateway.metrics()).find("agentgateway_translation_losses_total", labels);
  assert.deepEqual(samples.map(({ labels, value }) => [labels.kind, labels.field, value]), [
    ["dropped", "store", 1],
    ["dropped", "logit_bias", 1],
    ["changed", "reasoning_effort", 1],
  ]);
});

test("a strict model refuses what it cannot carry, naming it", async ({ gateway, upstream }) => {
  await assertStrict(gateway.url, "strict-model");
  const { choices } = await openai(gateway.url).chat.completions
    .create({ ...chat, model: "strict-model" });
  assert.equal(choices[0]?.finish_reason, "stop");
  assert.deepEqual(upstream("anthropic").refusals, []);
});

test("a strict route refuses what it cannot carry, others do not", async ({ gateway }) => {
  await assertStrict(`${gateway.urlOf(1)}/strict`, "any");
  await assertStrict(`${gateway.urlOf(1)}/backend`, "any");
  const { response } = await openai(gateway.urlOf(1)).chat.completions
    .create({ ...lossy, model: "any" }).withResponse();
  assert.match(response.headers.get("x-agentgateway-translation") ?? "", /logit_bias/);
});

async function assertStrict(base: string, model: string): Promise<void> {
  for (const stream of [false, true]) {
    const failing = openai(base).chat.completions.create({ ...lossy, model, stream });
    await assert.rejects(failing, (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError, String(error));
      assert.equal(error.code, "translation_loss");
      assert.ok(error.param === "logit_bias" || error.param === "seed", String(error.param));
      assert.match(
        error.message,
        /the messages API cannot carry: (logit_bias, seed|seed, logit_bias)/,
      );
      return true;
    });
  }
}

test("a strict model refuses in the words of the client's API", async ({ gateway }) => {
  const responses = openai(gateway.url).responses;
  const failing = responses.create({
    ...{ model: "strict-model", input: "Hi.", max_tool_calls: 3, store: false },
  });
  await assert.rejects(failing, (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError, String(error));
    assert.equal(error.param, "max_tool_calls");
    return true;
  });
});
