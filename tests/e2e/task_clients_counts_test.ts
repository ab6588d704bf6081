import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import assert from "node:assert/strict";
import OpenAI, { toFile } from "openai";
import type { Gateway } from "../support/gateway.ts";
import { suite } from "../support/suite.ts";
import { startTaskProviders } from "../support/task_providers.ts";
import { tokenCounts } from "../support/token_counts.ts";
import { countedTokens } from "../support/upstreams/messages_upstream.ts";
import { imageUsage } from "../support/upstreams/tasks/images_upstream.ts";

const test = suite(() => startTaskProviders());

const openai = ({ url }: Gateway) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: "sk-client", maxRetries: 0 });
const anthropic = ({ url }: Gateway) =>
  new Anthropic({ baseURL: url, apiKey: "sk-client", maxRetries: 0 });
const google = ({ url }: Gateway) =>
  new GoogleGenAI({ apiKey: "AIza-client", httpOptions: { baseUrl: url } });

const messages: Anthropic.MessageParam[] = [
  { role: "user", content: [{ type: "text", text: "Hello there, how are you?" }] },
];

/** Models whose providers count, by the stand-in that does. */
const counters = {
  "claude-sonnet-4-5": "anthropic",
  "claude-opus-4-5": "anthropic",
  "us.anthropic.claude-sonnet-4-5-20250929-v1:0": "converse",
} as const;

for (const [model, name] of Object.entries(counters)) {
  test(`anthropic's countTokens lets the provider of ${model} count`, async (shared) => {
    const standIn = shared.standIns[name];
    const asked = standIn.records.length;
    const count = await anthropic(shared.gateway).messages.countTokens({
      ...{ model, messages, system: "Be brief." },
      tools: [{ name: "f", input_schema: { type: "object" } }],
      thinking: { type: "enabled", budget_tokens: 1024 },
    });
    assert.deepEqual(count, { input_tokens: countedTokens });
    assert.equal(standIn.records.length, asked + 1);
    assert.deepEqual(standIn.refusals.map(({ body }) => body), []);
  });
}

test("anthropic's countTokens counts for a provider that cannot", async (shared) => {
  const { gateway, standIns } = shared;
  const { messages: api } = anthropic(gateway);
  const { input_tokens: short } = await api.countTokens({ model: "gpt-4o-mini", messages });
  const { input_tokens: long } = await api.countTokens({
    ...{ model: "gpt-4o-mini", messages, system: "Be brief, and polite to everyone." },
  });
  assert.ok(short >= 8 && short < 30, `${short}`);
  assert.ok(long > short + 5, `${long}`);
  assert.equal(standIns.openai.records.length, 0);
});

for (const model of ["gemini-2.5-flash", "gemini-2.5-pro"]) {
  test(`genai's countTokens lets the provider of ${model} count`, async (shared) => {
    const { google: standIn } = shared.standIns;
    const asked = standIn.records.length;
    const { totalTokens } = await google(shared.gateway).models.countTokens({
      ...{ model, contents: "Hello there, how are you?" },
    });
    assert.equal(totalTokens, countedTokens);
    assert.equal(standIn.records.length, asked + 1);
    assert.deepEqual(standIn.refusals.map(({ body }) => body), []);
  });
}

for (const model of ["gpt-4o-mini", "claude-sonnet-4-5"]) {
  test(`genai's countTokens counts itself for ${model}`, async ({ gateway }) => {
    const contents = "Hello there, how are you?";
    const { totalTokens = 0 } = await google(gateway).models.countTokens({ model, contents });
    assert.ok(totalTokens >= 6 && totalTokens <= 9, `${totalTokens}`);
  });
}

test("a count of tokens is not metered as tokens", async ({ gateway }) => {
  const { messages: api } = anthropic(gateway);
  await api.countTokens({ model: "claude-sonnet-4-5", messages });
  const line = await gateway.accessLog({
    "gen_ai.operation.name": "count_tokens",
    "gen_ai.request.model": "claude-sonnet-4-5",
  });
  assert.equal(line["gen_ai.usage.input_tokens"], undefined);
  assert.deepEqual(await tokenCounts(gateway, { gen_ai_system: "anthropic" }), {});
});

test("openai's images are metered as they pass through", async ({ gateway, standIns }) => {
  const { images } = openai(gateway);
  const { data, usage } = await images.generate({
    ...{ model: "gpt-image-1", prompt: "a lighthouse", size: "1024x1024", n: 2 },
  });
  assert.equal(data?.length, 2);
  assert.deepEqual(usage, imageUsage);
  assert.deepEqual(standIns.images.refusals, []);
  await assertImageLogged(gateway, "gpt-image-1");
});

test("openai's edits of images find their way by the form's model", async (shared) => {
  const { gateway, standIns } = shared;
  const image = await toFile(new Uint8Array([137, 80, 78, 71]), "in.png", { type: "image/png" });
  const { data } = await openai(gateway).images.edit({
    ...{ model: "gpt-image-1-mini", prompt: "make it night", image },
  });
  assert.equal(data?.length, 1);
  assert.deepEqual(standIns.images.refusals.map(({ body }) => body), []);
  await assertImageLogged(gateway, "gpt-image-1-mini");
});

async function assertImageLogged(gateway: Gateway, model: string): Promise<void> {
  const line = await gateway.accessLog({ "gen_ai.request.model": model });
  assert.equal(line["gen_ai.usage.input_tokens"], imageUsage.input_tokens);
  assert.equal(line["gen_ai.usage.output_tokens"], imageUsage.output_tokens);
  assert.equal(line.usage_source, "provider");
  const counts = await tokenCounts(gateway, { gen_ai_request_model: model });
  assert.deepEqual(counts.input, { requests: 1, tokens: imageUsage.input_tokens });
  assert.deepEqual(counts.output, { requests: 1, tokens: imageUsage.output_tokens });
}

test("an image for a model that nobody serves is refused in openai's words", async (shared) => {
  const failing = openai(shared.gateway).images.generate({ model: "dall-e-2", prompt: "x" });
  await assert.rejects(failing, (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError, String(error));
    assert.equal(error.code, "model_not_found");
    return true;
  });
});

test("models.list of openai and anthropic names the same models", async ({ gateway }) => {
  const own = (await Array.fromAsync(openai(gateway).models.list())).map(({ id }) => id);
  const theirs = await Array.fromAsync(anthropic(gateway).models.list());
  assert.ok(own.includes("claude-sonnet-4-5") && own.includes("gpt-image-*"), own.join());
  assert.deepEqual(theirs.map(({ id }) => id), own);
  for (const { type, created_at } of theirs) {
    assert.equal(type, "model");
    assert.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  }
});
