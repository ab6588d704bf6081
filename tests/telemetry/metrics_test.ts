import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { METRIC_NAMES } from "../../src/telemetry/metric_names.ts";
import { chatFacts, plainFacts } from "./facts.ts";
import { scrape, total } from "./samples.ts";

const ROUTE = ["bind", "gateway", "listener", "route", "route_rule"];
const HTTP = ["backend", "protocol", "method", "status", "reason", ...ROUTE];
const MINIMAL = ["backend", ...ROUTE];
const GEN_AI = [
  "gen_ai_operation_name",
  "gen_ai_system",
  "gen_ai_request_model",
  "gen_ai_response_model",
  ...ROUTE,
];

const ANSWER_SECONDS = "0.01 0.02 0.04 0.08 0.16 0.32 0.64 1.28 2.56 5.12 10.24 20.48 40.96 81.92";
const TOKEN_SECONDS = "0.001 0.01 0.025 0.05 0.075 0.1 0.15 0.2 0.3 0.4 0.5 0.75 1.0 2.5";
const FIRST_TOKEN_SECONDS =
  "0.001 0.005 0.01 0.02 0.04 0.06 0.08 0.1 0.25 0.5 0.75 1.0 2.5 5.0 7.5 10.0";
const HTTP_SECONDS = "0.001 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1.0 2.5 5.0 10.0 30.0 80.0";
const WORK_SECONDS = "0.00005 0.0001 0.00025 0.0005 0.001 0.0025 0.005 0.01 0.05 0.25";
const TOKENS = "1.0 4.0 16.0 64.0 256.0 1024.0 4096.0 16384.0 65536.0 262144.0 1048576.0 " +
  "4194304.0 16777216.0 67108864.0";

/** The reference's metrics: name, labels in order, bucket bounds. */
const REFERENCE: readonly (readonly [string, readonly string[], string?])[] = [
  ["build_info", ["tag"]],
  ["config_synchronized", []],
  ["process_rss", []],
  ["requests_total", HTTP],
  ["response_bytes_total", HTTP],
  ["request_duration_seconds", HTTP, HTTP_SECONDS],
  ["request_processing_seconds", MINIMAL, WORK_SECONDS],
  ["response_processing_seconds", MINIMAL, WORK_SECONDS],
  ["upstream_call_duration_seconds", ["kind", "subtype"], HTTP_SECONDS],
  ["gen_ai_client_token_usage", ["gen_ai_token_type", ...GEN_AI], TOKENS],
  ["gen_ai_server_request_duration", GEN_AI, ANSWER_SECONDS],
  ["gen_ai_server_time_per_output_token", GEN_AI, TOKEN_SECONDS],
  ["gen_ai_server_time_to_first_token", GEN_AI, FIRST_TOKEN_SECONDS],
];

Deno.test("createMetrics() has the reference's names, labels and buckets", async () => {
  const { registry, metrics } = start();
  metrics.observer.settled(chatFacts({}, { firstTokenMs: 5100 }));
  const samples = await scrape(registry);
  for (const [stem, labelNames, bounds] of REFERENCE) {
    const name = `agentgateway_${stem}`;
    const first = samples.find((sample) => sample.name === (bounds ? `${name}_count` : name));
    assert.deepEqual(Object.keys(first?.labels ?? { none: "" }), labelNames, name);
    if (bounds === undefined) continue;
    const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
    const series = buckets.slice(0, bounds.split(" ").length + 1);
    assert.deepEqual(series.map(({ labels }) => labels["le"]), [...bounds.split(" "), "+Inf"]);
    assert.deepEqual(Object.keys(series[0]?.labels ?? {}), ["le", ...labelNames], name);
  }
});

Deno.test("createMetrics() shows nothing that METRIC_NAMES lacks", async () => {
  const { registry, metrics } = start();
  metrics.observer.settled(chatFacts({ method: "BREW" }, { firstTokenMs: 5100 }));
  for (const { name } of await scrape(registry)) {
    const family = name.replace(/_(sum|count|bucket)$/, "");
    assert.ok(METRIC_NAMES.includes(family), family);
  }
});

Deno.test("createMetrics() meters a chat completion as the reference's sample does", async () => {
  const { registry, metrics } = start();
  metrics.observer.settled(chatFacts());
  const samples = (await scrape(registry)).filter(({ name, labels }) =>
    name.startsWith("agentgateway_gen_ai_client_token_usage") &&
    labels["gen_ai_token_type"] === "input"
  );
  assert.deepEqual(samples[0], {
    name: "agentgateway_gen_ai_client_token_usage_sum",
    labels: {
      gen_ai_token_type: "input",
      gen_ai_operation_name: "chat",
      gen_ai_system: "openai",
      gen_ai_request_model: "gpt-4o-mini",
      gen_ai_response_model: "gpt-4o-mini-2024-07-18",
      bind: "bind/4000",
      gateway: "default/default",
      listener: "llm",
      route: "internal/llm:request",
      route_rule: "unknown",
    },
    value: 21,
  });
  const buckets = samples.slice(2).map(({ labels, value }) => `${labels["le"]} ${value}`);
  assert.deepEqual(buckets.slice(0, 5), ["1.0 0", "4.0 0", "16.0 0", "64.0 1", "256.0 1"]);
  assert.equal(buckets.at(-1), "+Inf 1");
});

Deno.test("createMetrics() counts every request once, with its instants", async () => {
  const { registry, metrics } = start();
  metrics.observer.settled(chatFacts());
  const http = { status: "200", reason: "Upstream", method: "POST", protocol: "llm" };
  const work = { backend: "openai" };
  const call = { kind: "Primary", subtype: "Llm" };
  await assertTotals(registry, [
    ["requests_total", http, 1],
    ["response_bytes_total", http, 345],
    ["request_duration_seconds_count", http, 1],
    ["request_duration_seconds_sum", http, 0.812908],
    ["request_processing_seconds_sum", work, 0.00025],
    ["response_processing_seconds_sum", work, 0.0005],
    ["upstream_call_duration_seconds_sum", call, 0.59975],
    ["gen_ai_server_request_duration_sum", {}, 0.812908],
  ]);
});

Deno.test("createMetrics() says unknown where a request got to no route", async () => {
  const { registry, metrics } = start();
  metrics.observer.settled(plainFacts());
  const samples = await scrape(registry);
  const requests = samples.find(({ name }) => name === "agentgateway_requests_total");
  assert.deepEqual(requests?.labels, {
    backend: "unknown",
    protocol: "http",
    method: "POST",
    status: "404",
    reason: "NotFound",
    bind: "bind/4000",
    gateway: "default/default",
    listener: "unknown",
    route: "unknown",
    route_rule: "unknown",
  });
  const others = ["response_bytes", "_processing_", "upstream_call", "gen_ai"];
  const seen = samples.filter(({ name }) => others.some((other) => name.includes(other)));
  assert.deepEqual(seen, []);
});

Deno.test("R7 createMetrics() observes tokens once in every ending of an answer", async () => {
  const { registry, metrics } = start();
  const { settled } = metrics.observer;
  settled(chatFacts());
  settled(chatFacts({ status: 499, ending: "client-gone" }, { usage: { inputTokens: 21 } }));
  const { usage: _usage, ...withoutUsage } = chatFacts().llm ?? assert.fail();
  settled(chatFacts({ ending: "upstream-cut", llm: withoutUsage }));
  const usage = { inputTokens: 12307, outputTokens: 550, cacheReadTokens: 7, cacheWriteTokens: 0 };
  settled(chatFacts({}, { usage }));
  const tokens = "gen_ai_client_token_usage";
  await assertTotals(registry, [
    [`${tokens}_count`, { gen_ai_token_type: "input" }, 4],
    [`${tokens}_count`, { gen_ai_token_type: "output" }, 4],
    [`${tokens}_count`, { gen_ai_token_type: "input_cache_read" }, 4],
    [`${tokens}_count`, { gen_ai_token_type: "input_cache_write" }, 1],
    [`${tokens}_sum`, { gen_ai_token_type: "input" }, 21 + 21 + 12307],
    [`${tokens}_sum`, { gen_ai_token_type: "output" }, 14 + 550],
    [`${tokens}_sum`, { gen_ai_token_type: "input_cache_read" }, 7],
    ["gen_ai_server_request_duration_count", {}, 4],
  ]);
});

Deno.test("createMetrics() gives only the duration of a provider's error", async () => {
  const { registry, metrics } = start();
  const { responseModel: _model, usage: _usage, ...llm } = chatFacts().llm ?? assert.fail();
  metrics.observer.settled(chatFacts({ status: 429, llm: { ...llm, answered: false } }));
  await assertTotals(registry, [
    ["gen_ai_server_request_duration_count", { gen_ai_response_model: "unknown" }, 1],
    ["gen_ai_client_token_usage_count", {}, 0],
    ["requests_total", { status: "429" }, 1],
  ]);
});

Deno.test("createMetrics() meters no answer where the upstream gave none", async () => {
  const { registry, metrics } = start();
  const { upstreamHeadersMs: _headers, responseReadyMs: _ready, ...facts } = chatFacts({
    status: 503,
    reason: "UpstreamFailure",
  }, { answered: false });
  metrics.observer.settled(facts);
  await assertTotals(registry, [
    ["gen_ai_server_request_duration_count", {}, 0],
    ["gen_ai_client_token_usage_count", {}, 0],
    ["upstream_call_duration_seconds_count", {}, 0],
    ["request_processing_seconds_count", {}, 1],
    ["requests_total", { status: "503", reason: "UpstreamFailure" }, 1],
  ]);
});

Deno.test("createMetrics() times the tokens of a streamed answer", async () => {
  const { registry, metrics } = start();
  metrics.observer.settled(chatFacts({ endedMs: 5500 }, { firstTokenMs: 5100 }));
  const usage = { inputTokens: 1, outputTokens: 0 };
  metrics.observer.settled(chatFacts({ endedMs: 5500 }, { firstTokenMs: 5200, usage }));
  await assertTotals(registry, [
    ["gen_ai_server_time_to_first_token_count", {}, 2],
    ["gen_ai_server_time_to_first_token_sum", {}, 0.3],
    ["gen_ai_server_time_per_output_token_count", {}, 1],
    ["gen_ai_server_time_per_output_token_sum", {}, 0.4 / 14],
  ]);
});

Deno.test("createMetrics() keeps a number that is none out of the sums", async () => {
  const { registry, metrics } = start();
  metrics.observer.settled(chatFacts({}, { usage: { inputTokens: Infinity, outputTokens: NaN } }));
  await assertTotals(registry, [
    ["gen_ai_client_token_usage_count", {}, 3],
    ["gen_ai_client_token_usage_sum", {}, 0],
  ]);
});

Deno.test("D7 createMetrics() folds methods that are no HTTP's into other", async () => {
  const { registry, metrics } = start();
  for (const method of ["BREW", "get", "PROPFIND"]) {
    metrics.observer.settled(plainFacts({ method }));
  }
  metrics.observer.settled(plainFacts({ method: "DELETE" }));
  await assertTotals(registry, [
    ["requests_total", { method: "other" }, 3],
    ["requests_total", { method: "DELETE" }, 1],
    ["metrics_label_values_folded_total", { label: "method" }, 3],
  ]);
});

Deno.test("D7 createMetrics() cannot be blown up by model names", async () => {
  const { registry, metrics } = start();
  for (let i = 0; i < 5000; i++) {
    const llm = { requestModel: `model-${i}`, responseModel: `model-${i}-answer` };
    metrics.observer.settled(chatFacts({}, llm));
  }
  const tokens = "agentgateway_gen_ai_client_token_usage_count";
  const series = (await scrape(registry)).filter(({ name }) => name === tokens);
  assert.equal(series.length, 3 * 201);
  await assertTotals(registry, [
    ["gen_ai_client_token_usage_count", { gen_ai_token_type: "input" }, 5000],
    ["gen_ai_client_token_usage_count", { gen_ai_request_model: "other" }, 3 * 4800],
    ["metrics_label_values_folded_total", { label: "gen_ai_request_model" }, 4800],
    ["metrics_label_values_folded_total", { label: "gen_ai_response_model" }, 4800],
  ]);
});

Deno.test("createMetrics() leaves out the metrics that the config removes", async () => {
  const removed = ["requests", "agentgateway_gen_ai_client_token_usage", "request_duration"];
  const { registry, metrics } = start([...removed, "build_info", "process_rss"]);
  metrics.observer.settled(chatFacts());
  metrics.setConfigSynchronized(true);
  const text = await registry.metrics();
  const gone = /_(requests_total|token_usage|request_duration_seconds|build_info|process_rss)/;
  assert.doesNotMatch(text, gone);
  assert.match(text, /^agentgateway_gen_ai_server_request_duration_count/m);
});

Deno.test("createMetrics() tells of the process", async () => {
  const { registry, metrics } = start();
  await assertTotals(registry, [["build_info", { tag: "1.2.3" }, 1], [
    "config_synchronized",
    {},
    1,
  ]]);
  assert.ok(total(await scrape(registry), "agentgateway_process_rss") > 1_000_000);
  metrics.setConfigSynchronized(false);
  await assertTotals(registry, [["config_synchronized", {}, 0]]);
  metrics.setConfigSynchronized(true);
  await assertTotals(registry, [["config_synchronized", {}, 1]]);
});

function start(removed: readonly string[] = []) {
  const registry = new Registry();
  return { registry, metrics: createMetrics({ registry, version: "1.2.3", removed }) };
}

type Expected = readonly [name: string, labels: Readonly<Record<string, string>>, value: number];

async function assertTotals(registry: Registry, all: readonly Expected[]): Promise<void> {
  const samples = await scrape(registry);
  for (const [name, labels, expected] of all) {
    const actual = total(samples, `agentgateway_${name}`, labels);
    assert.ok(Math.abs(actual - expected) < 1e-9, `${name}: ${actual}, not ${expected}`);
  }
}
