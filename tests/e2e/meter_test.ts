import assert from "node:assert/strict";
import { asked, type ChatFixture, messages, postChat, startChat } from "../support/chat_fixture.ts";
import type { Script } from "../support/openai_script.ts";
import type { Scrape } from "../support/prometheus.ts";
import { suite } from "../support/suite.ts";
import { until } from "../support/until.ts";

const test = suite(() =>
  startChat({
    models: [
      ...["whole", "stream", "cut", "late", "left", "silent", "refused", "plain", "early"],
      "zipped",
      "mute",
    ],
  })
);

const usage = { input: 120, output: 40, cached: 100, reasoning: 7 };
const tokenUsage = "agentgateway_gen_ai_client_token_usage";

interface Request extends Script {
  readonly model: string;
  readonly stream?: boolean;
}

function ask({ gateway }: ChatFixture, request: Request, signal?: AbortSignal): Promise<Response> {
  const { model, stream = false, ...script } = request;
  return postChat(gateway, { ...asked(script), model, stream }, signal && { signal });
}

/** The newest line of the access log and the scrape once `count` requests of a model are over. */
async function settled({ gateway }: ChatFixture, model: string, count = 1) {
  const line = await until(`${count} log lines of ${model}`, () => {
    const lines = gateway.accessLogs().filter((line) => line["gen_ai.request.model"] === model);
    return lines.length >= count && lines.at(-1);
  });
  const scrape = await until(`${count} requests of ${model} in the metrics`, async () => {
    const scrape = await gateway.metrics();
    const name = "agentgateway_gen_ai_server_request_duration_count";
    return scrape.sum(name, { gen_ai_request_model: model }) >= count && scrape;
  });
  return { line, scrape };
}

function tokens(scrape: Scrape, model: string): Readonly<Record<string, number>> {
  const samples = scrape.find(`${tokenUsage}_sum`, { gen_ai_request_model: model });
  return Object.fromEntries(
    samples.map((sample) => [sample.labels.gen_ai_token_type, sample.value]),
  );
}

function observations(scrape: Scrape, model: string): number[] {
  const samples = scrape.find(`${tokenUsage}_count`, { gen_ai_request_model: model });
  return samples.map((sample) => sample.value);
}

test("a buffered answer gives the provider's own numbers", async (shared) => {
  await (await ask(shared, { model: "whole", usage })).text();
  const { line, scrape } = await settled(shared, "whole");
  assert.deepEqual(tokens(scrape, "whole"), { input: 120, output: 40, input_cache_read: 100 });
  assert.deepEqual(observations(scrape, "whole"), [1, 1, 1]);
  assert.equal(line["gen_ai.usage.input_tokens"], 120);
  assert.equal(line["gen_ai.usage.output_tokens"], 40);
  assert.equal(line["gen_ai.usage.cache_read.input_tokens"], 100);
  assert.equal(line["gen_ai.usage.reasoning_tokens"], 7);
  assert.equal(line["gen_ai.response.model"], "whole-2024-07-18");
});

test("a streamed answer gives the same numbers as a buffered one (R1, R5)", async (shared) => {
  await (await ask(shared, { model: "stream", usage, stream: true, events: 20 })).text();
  const { line, scrape } = await settled(shared, "stream");
  assert.deepEqual(tokens(scrape, "stream"), { input: 120, output: 40, input_cache_read: 100 });
  assert.deepEqual(observations(scrape, "stream"), [1, 1, 1]);
  assert.equal(line["gen_ai.usage.reasoning_tokens"], 7);
});

test("an answer in gzip gives the same numbers, buffered and streamed", async (shared) => {
  for (const stream of [false, true]) {
    await (await ask(shared, { model: "zipped", usage, stream, encoding: "gzip" })).text();
  }
  const { scrape } = await settled(shared, "zipped", 2);
  assert.deepEqual(tokens(scrape, "zipped"), { input: 240, output: 80, input_cache_read: 200 });
});

test("every label of the token histogram has its value", async (shared) => {
  const { scrape } = await settled(shared, "stream");
  const [sample] = scrape.find(`${tokenUsage}_count`, {
    gen_ai_token_type: "input",
    gen_ai_request_model: "stream",
  });
  assert.deepEqual(sample?.labels, {
    gen_ai_token_type: "input",
    gen_ai_operation_name: "chat",
    gen_ai_system: "openai",
    gen_ai_request_model: "stream",
    gen_ai_response_model: "stream-2024-07-18",
    bind: `bind/${shared.gateway.ports[0]}`,
    gateway: "default/default",
    listener: "llm",
    route: "internal/llm:request",
    route_rule: "unknown",
  });
  const bounds = scrape.find(`${tokenUsage}_bucket`, {
    gen_ai_token_type: "input",
    gen_ai_request_model: "stream",
  }).map(({ labels }) => Number(labels.le?.replace("+Inf", "Infinity")));
  const powers = Array.from({ length: 14 }, (_, index) => 4 ** index);
  assert.deepEqual(bounds, [...powers, Infinity]);
});

test("a stream gives time to first token and time per output token", async (shared) => {
  const { line, scrape } = await settled(shared, "stream");
  for (const name of ["time_to_first_token", "time_per_output_token"]) {
    const metric = `agentgateway_gen_ai_server_${name}_count`;
    assert.equal(scrape.sum(metric, { gen_ai_request_model: "stream" }), 1, name);
    assert.equal(scrape.sum(metric, { gen_ai_request_model: "whole" }), 0, name);
    assert.equal(typeof line[`agw.ai.${name}`], "number", name);
  }
});

test("a stream that is cut upstream counts what has passed, once", async (shared) => {
  await (await ask(shared, { model: "cut", usage, stream: true, cut: { after: 5, how: "reset" } }))
    .text();
  const { line, scrape } = await settled(shared, "cut");
  assert.deepEqual(observations(scrape, "cut").filter((count) => count !== 1), []);
  const { input = 0, output = 0 } = tokens(scrape, "cut");
  assert.ok(input > 0 && output > 0, JSON.stringify({ input, output }));
  assert.equal(line.usage_source, "partial");
  assert.equal(line.reason, "UpstreamFailure");
  assert.equal(typeof line.error, "string");
});

test("a stream that is cut after its usage keeps the provider's numbers", async (shared) => {
  const cut = { after: 99, how: "close" } as const;
  await (await ask(shared, { model: "late", usage, stream: true, cut })).text();
  const { line, scrape } = await settled(shared, "late");
  assert.deepEqual(tokens(scrape, "late"), { input: 120, output: 40, input_cache_read: 100 });
  assert.equal(line.usage_source, "provider");
});

test("a stream that is whole but for its [DONE] is finished", async (shared) => {
  const request = { model: "mute", usage, stream: true, noDone: true };
  const text = await (await ask(shared, request)).text();
  assert.doesNotMatch(text, /"error"/);
  const { line, scrape } = await settled(shared, "mute");
  assert.deepEqual(tokens(scrape, "mute"), { input: 120, output: 40, input_cache_read: 100 });
  assert.deepEqual([line.usage_source, line.reason], ["provider", undefined]);
});

test("a stream that the client leaves is logged with the tokens so far (R9)", async (shared) => {
  const controller = new AbortController();
  const request = { model: "left", usage, stream: true, events: 200, intervalMs: 10 };
  const response = await ask(shared, request, controller.signal);
  const reader = response.body?.getReader();
  for (let reads = 0; reads < 5; reads++) await reader?.read();
  controller.abort();
  const { line, scrape } = await settled(shared, "left");
  assert.equal(line["http.status"], 499);
  assert.equal(line.usage_source, "partial");
  assert.deepEqual(observations(scrape, "left").filter((count) => count !== 1), []);
  const { input = 0, output = 0 } = tokens(scrape, "left");
  assert.ok(input > 0 && output > 0 && output < 200, JSON.stringify({ input, output }));
  const counted = scrape.find("agentgateway_requests_total", { status: "499" });
  assert.deepEqual(counted.map((sample) => sample.value), [1]);
});

test("an answer without usage is estimated and says so", async (shared) => {
  for (const stream of [false, true]) {
    await (await ask(shared, { model: "silent", usage: null, stream })).text();
  }
  const { scrape } = await settled(shared, "silent", 2);
  const { input = 0, output = 0 } = tokens(scrape, "silent");
  assert.ok(input > 4 && input < 60, `input ${input}`);
  assert.ok(output > 8 && output < 60, `output ${output}`);
  const lines = shared.gateway.accessLogs().filter((line) =>
    line["gen_ai.request.model"] === "silent"
  );
  assert.deepEqual(lines.map((line) => line.usage_source), ["estimated", "estimated"]);
  const [whole, streamed] = lines.map((line) => line["gen_ai.usage.output_tokens"]);
  assert.equal(whole, streamed);
});

test("a provider's error observes no tokens but counts the request", async (shared) => {
  for (const stream of [false, true]) {
    await (await ask(shared, { model: "refused", stream, fail: { status: 429 } })).text();
  }
  const scrape = await until("both are counted", async () => {
    const scrape = await shared.gateway.metrics();
    return scrape.sum("agentgateway_requests_total", { status: "429" }) === 2 && scrape;
  });
  assert.deepEqual(observations(scrape, "refused"), []);
  assert.equal(
    scrape.find("agentgateway_requests_total", { status: "429" })[0]?.labels.reason,
    "Upstream",
  );
});

test("a client that leaves before the provider answers observes no tokens", async (shared) => {
  const { gateway, upstream } = shared;
  const before = upstream.records.length;
  const controller = new AbortController();
  const answer = ask(shared, { model: "early", headDelayMs: 20_000 }, controller.signal);
  const failed = assert.rejects(answer);
  await until("the upstream has the request", () => upstream.records.length > before);
  controller.abort();
  await failed;
  await gateway.accessLog({ "gen_ai.request.model": "early", "http.status": 499 });
  assert.deepEqual(observations(await gateway.metrics(), "early"), []);
});

test("a line of the access log has the fields of the specification in order", async (shared) => {
  const body = { model: "plain", messages, temperature: 0.5, top_p: 0.9, max_tokens: 64, seed: 7 };
  await (await postChat(shared.gateway, body)).text();
  const { line } = await settled(shared, "plain");
  const { time, "src.addr": source, duration, ...rest } = line;
  assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z$/);
  assert.match(String(source), /^127\.0\.0\.1:\d+$/);
  assert.match(String(duration), /^\d+ms$/);
  assert.deepEqual(Object.keys(line).slice(0, 3), ["level", "time", "scope"]);
  const { upstream, gateway } = shared;
  assert.deepEqual(
    Object.entries(rest),
    Object.entries({
      level: "info",
      scope: "request",
      gateway: "default/default",
      listener: "llm",
      route: "internal/llm:request",
      endpoint: `127.0.0.1:${upstream.sockets.port}`,
      "http.method": "POST",
      "http.host": `127.0.0.1:${gateway.ports[0]}`,
      "http.path": "/v1/chat/completions",
      "http.version": "HTTP/1.1",
      "http.status": 200,
      protocol: "llm",
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": "plain",
      "gen_ai.response.model": "plain-2024-07-18",
      "gen_ai.usage.input_tokens": 21,
      "gen_ai.usage.cache_read.input_tokens": 0,
      "gen_ai.usage.output_tokens": 14,
      "gen_ai.usage.reasoning_tokens": 0,
      usage_source: "provider",
      "gen_ai.request.temperature": 0.5,
      "gen_ai.request.top_p": 0.9,
      "gen_ai.request.max_tokens": 64,
      "gen_ai.request.seed": 7,
    }),
  );
});

test("every request was counted exactly once", async ({ gateway, upstream }) => {
  const lines = gateway.accessLogs();
  assert.equal(lines.length, upstream.records.length);
  const scrape = await gateway.metrics();
  for (const name of ["requests_total", "request_duration_seconds_count"]) {
    assert.equal(scrape.sum(`agentgateway_${name}`), lines.length, name);
  }
});
