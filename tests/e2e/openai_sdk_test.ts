import assert from "node:assert/strict";
import OpenAI from "openai";
import { asked, messages, startChat } from "../support/chat_fixture.ts";
import { upstreamKey } from "../support/configs.ts";
import { at } from "../support/json.ts";
import { defaultText } from "../support/openai_script.ts";
import type { Upstream } from "../support/openai_upstream.ts";
import { suite } from "../support/suite.ts";
import { until, within } from "../support/until.ts";

const test = suite(() => startChat());

test("create gives the provider's answer with its usage and request id", async (shared) => {
  const { client, upstream } = shared;
  const { data, request_id } = await client.chat.completions.create(asked()).withResponse();
  assert.equal(data.choices[0]?.message.content, defaultText);
  assert.equal(data.choices[0]?.finish_reason, "stop");
  assert.equal(data.model, "gpt-4o-2024-07-18");
  assert.deepEqual([data.usage?.prompt_tokens, data.usage?.completion_tokens], [21, 14]);
  assert.match(request_id ?? "", /^req_standin_/);
  assert.equal(upstream.last.request.target, "/v1/chat/completions");
});

test("create sends the configured model and key upstream", async ({ client, upstream }) => {
  await client.chat.completions.create({ model: "renamed", messages });
  assert.equal(at(upstream.last.json, "model"), "gpt-4o-mini");
  assert.equal(upstream.last.request.headers.get("authorization"), `Bearer ${upstreamKey}`);
});

test("stream delivers each event before the provider sends the next", async (shared) => {
  const { client, upstream } = shared;
  const script = { events: 10, stepped: true };
  const stream = await client.chat.completions.create({ ...asked(script), stream: true });
  const texts = contents(stream);
  for (let index = 0; index < script.events; index++) {
    upstream.step();
    const next = await within(`token${index} has arrived`, 5_000, texts.next());
    assert.equal(next.value, `token${index} `);
  }
  assert.equal((await texts.next()).done, true);
});

async function* contents(stream: AsyncIterable<OpenAI.ChatCompletionChunk>) {
  for await (const chunk of stream) {
    const content = chunk.choices[0]?.delta.content;
    if (content) yield content;
  }
}

test("stream survives events that are cut and joined at odd places", async ({ client }) => {
  for (
    const script of [{ writeBytes: 7 }, { eventsPerWrite: 5 }, {
      eventsPerWrite: 3,
      writeBytes: 401,
    }]
  ) {
    const stream = client.chat.completions.stream({ ...asked(script), stream: true });
    assert.equal(await stream.finalContent(), defaultText);
  }
});

for (
  const [how, sent] of Object.entries({
    "absent": undefined,
    "empty": {},
    "false": { include_usage: false },
  })
) {
  test(`stream hides the usage when stream_options are ${how} (R8)`, async (shared) => {
    const { client, upstream } = shared;
    const stream = await client.chat.completions.create({
      ...asked(),
      stream: true,
      ...(sent && { stream_options: sent }),
    });
    const chunks = await Array.fromAsync(stream);
    assert.equal(at(upstream.last.json, "stream_options", "include_usage"), true);
    assert.deepEqual(chunks.filter((chunk) => chunk.choices.length === 0), []);
    assert.deepEqual(chunks.filter((chunk) => chunk.usage), []);
    assert.equal(
      chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""),
      defaultText,
    );
  });
}

test("stream shows the usage once to a client that asked for it", async ({ client, upstream }) => {
  const stream = await client.chat.completions.create({
    ...asked(),
    stream: true,
    stream_options: { include_usage: true, include_obfuscation: false },
  });
  const usages = (await Array.fromAsync(stream)).flatMap((chunk) => chunk.usage ?? []);
  assert.deepEqual(usages.map((usage) => usage.total_tokens), [35]);
  assert.deepEqual(at(upstream.last.json, "stream_options"), {
    include_usage: true,
    include_obfuscation: false,
  });
});

test("create never sends stream_options", async ({ client, upstream }) => {
  await client.chat.completions.create(asked());
  assert.equal(at(upstream.last.json, "stream_options"), undefined);
});

test("n=2 gives both choices, whole and streamed", async ({ client }) => {
  const whole = await client.chat.completions.create({ ...asked(), n: 2 });
  assert.deepEqual(whole.choices.map((choice) => choice.index), [0, 1]);
  const stream = client.chat.completions.stream({ ...asked(), n: 2, stream: true });
  const { choices } = await stream.finalChatCompletion();
  assert.deepEqual(choices.map((choice) => choice.message.content), [defaultText, defaultText]);
});

test("abort of a stream closes the upstream in 100 ms (R20)", async (shared) => {
  const { client, upstream } = shared;
  const stream = await client.chat.completions.create({
    ...asked({ events: 100, intervalMs: 20 }),
    stream: true,
  });
  let seen = 0;
  for await (const _ of stream) {
    if (++seen === 3) break;
  }
  await assertGone(upstream, performance.now());
});

test("abort of a buffered request closes the upstream in 100 ms (R20)", async (shared) => {
  const { client, upstream } = shared;
  const before = upstream.records.length;
  const controller = new AbortController();
  const answer = client.chat.completions.create(asked({ headDelayMs: 20_000 }), {
    signal: controller.signal,
  });
  const failed = assert.rejects(answer, OpenAI.APIUserAbortError);
  await until("the upstream has the request", () => upstream.records.length > before);
  const abortedMs = performance.now();
  controller.abort();
  await failed;
  await assertGone(upstream, abortedMs);
});

async function assertGone(upstream: Upstream, abortedMs: number): Promise<void> {
  const { exchange } = upstream.last;
  const goneMs = await until("the upstream socket is closed", () => exchange.goneMs, 2_000);
  assert.ok(goneMs - abortedMs < 100, `closed ${goneMs - abortedMs} ms after the abort`);
}

test("models.list names the public models", async ({ client }) => {
  const models = await Array.fromAsync(client.models.list());
  assert.deepEqual(models.map((model) => model.id).sort(), ["gpt-4o", "renamed", "wrong-key"]);
  for (const model of models) {
    assert.equal(model.object, "model");
    assert.equal(model.owned_by, "openai");
    assert.ok(Math.abs(model.created - Date.now() / 1000) < 600, `created ${model.created}`);
  }
});
