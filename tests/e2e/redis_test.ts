/** Gateways that count in one Redis, under load, while it is away, and when it is back. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { seenError } from "../support/clients/errors.ts";
import { Gateway } from "../support/gateway.ts";
import { chatRoute, officialClients, said } from "../support/policy_place.ts";
import { RedisServer } from "../support/redis_server.ts";
import { OpenAiApisUpstream } from "../support/upstreams/openai_apis_upstream.ts";
import type { StandIn } from "../support/upstreams/stand_in.ts";
import { delay, until } from "../support/until.ts";
import { scripted } from "../support/upstreams/scripts.ts";

const USAGE = { input: 100, cacheRead: 0, cacheWrite: 0, output: 60, reasoning: 0 };
const USED = USAGE.input + USAGE.output;

/** A prompt of a hundred tokens, and what the stand-in is to answer. */
const PROMPT = scripted({ text: ["one ", "two ", "three "], usage: USAGE, delayMs: 5 }).padEnd(400);

type FailureMode = "failClosed" | "failOpen";

/** Two gateways with one configuration, on one Redis, before the same providers. */
class Pair implements AsyncDisposable {
  readonly redis: RedisServer;
  readonly upstreams: readonly StandIn[];
  readonly gateways: readonly Gateway[];

  private constructor(
    redis: RedisServer,
    upstreams: readonly StandIn[],
    gateways: readonly Gateway[],
  ) {
    this.redis = redis;
    this.upstreams = upstreams;
    this.gateways = gateways;
  }

  static async start(
    policies: Readonly<Record<string, object>>,
    failureMode: FailureMode = "failClosed",
  ): Promise<Pair> {
    const redis = await RedisServer.start();
    const upstreams = [await OpenAiApisUpstream.start(), await OpenAiApisUpstream.start()];
    const settings = { redis: { url: redis.url, failureMode, timeout: "250ms" } };
    const yaml = (port = 0) => configOf(port, upstreams, policies);
    const starts = [0, 1].map(() => Gateway.start({ yaml, settings }));
    return new Pair(redis, upstreams, await Promise.all(starts));
  }

  /** The client of one of the gateways. */
  client(index: number, route: string): OpenAI {
    const url = this.gateways[index % 2]?.url;
    return new OpenAI({ baseURL: `${url}/${route}/v1`, apiKey: "k", maxRetries: 0 });
  }

  /** What is spent of all budgets, as Redis has it. */
  async spent(): Promise<number> {
    const keys = await this.redis.command("KEYS", "agentgateway:budget:*");
    assert.ok(Array.isArray(keys));
    let sum = 0;
    for (const key of keys.map(String)) {
      if (!/:\d+$/.test(key)) continue;
      sum += Number(await this.redis.command("HGET", key, "spent") ?? 0);
    }
    return sum;
  }

  async [Symbol.asyncDispose]() {
    for (const one of [...this.gateways, ...this.upstreams, this.redis]) {
      await one[Symbol.asyncDispose]();
    }
  }
}

function configOf(
  port: number,
  upstreams: readonly StandIn[],
  policies: Readonly<Record<string, object>>,
): string {
  const eviction = {
    health: { unhealthyExpression: "response.code == 429", eviction: {} },
  };
  const groups = upstreams.map(({ url }, index) => ({
    providers: [{
      name: `provider-${index}`,
      provider: { openAI: { model: "gpt-5" } },
      hostOverride: url.replace("http://", ""),
      pathPrefix: "/v1",
      policies: { backendAuth: { key: "k" }, ...eviction },
    }],
  }));
  const routes = Object.entries(policies).map(([name, more]) =>
    chatRoute(name, { ...more }, { ai: { groups } })
  );
  return `gateways: {default: {port: ${port}}}\nroutes: ${JSON.stringify(routes)}\n`;
}

const asked = {
  model: "any",
  max_completion_tokens: 60,
  messages: [{ role: "user" as const, content: PROMPT }],
};

/** The status of a stream that is read to its end, and its code where it is refused. */
async function streamed(client: OpenAI): Promise<string> {
  try {
    for await (const _ of await client.chat.completions.create({ ...asked, stream: true }));
    return "200";
  } catch (error) {
    if (error instanceof OpenAI.APIError) return `${error.status} ${error.code}`;
    throw error;
  }
}

function countsOf(outcomes: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

interface Timed {
  readonly outcome: string;
  readonly startedMs: number;
  readonly tookMs: number;
}

/** Streams that come at a fixed rate at both gateways in turn, until it is aborted. */
async function load(pair: Pair, route: string, signal: AbortSignal): Promise<readonly Timed[]> {
  const requests: Promise<Timed>[] = [];
  while (!signal.aborted) {
    const startedMs = performance.now();
    const client = pair.client(requests.length, route);
    requests.push(
      streamed(client).then((outcome) => ({
        ...{ outcome, startedMs, tookMs: performance.now() - startedMs },
      })),
    );
    await delay(20);
  }
  return await Promise.all(requests);
}

function testAlone(claim: string, fn: () => Promise<void>): void {
  Deno.test({ name: claim, fn, sanitizeOps: false, sanitizeResources: false });
}

const bucket = (maxTokens: number) => ({ maxTokens, tokensPerFill: maxTokens, fillInterval: "1h" });

const budget = (name: string, tokens: number) => ({
  budgets: [{ name, tokens, period: "month" }],
});

testAlone("two gateways on one Redis share limits, budgets, and who is limited", async () => {
  await using pair = await Pair.start({
    requests: { localRateLimit: [bucket(20)] },
    tokens: { localRateLimit: [{ ...bucket(10 * USED), type: "tokens" }] },
    budget: budget("shared", 10 * USED + 1),
    free: {},
  });
  const parallel = (route: string) =>
    Promise.all(Array.from({ length: 100 }, (_, index) => streamed(pair.client(index, route))));

  assert.deepEqual(countsOf(await parallel("requests")), {
    "200": 20,
    "429 rate_limit_exceeded": 80,
  });
  // What an answer used is told to Redis when the client has it already.
  let letIn = 0;
  while (await streamed(pair.client(letIn, "tokens")) === "200") letIn++;
  assert.ok(letIn >= 10 && letIn <= 12, `${letIn} were let in`);
  assert.equal(await streamed(pair.client(letIn + 1, "tokens")), "429 rate_limit_exceeded");

  const all = [
    ...await parallel("budget"),
    ...await parallel("budget"),
    ...await parallel("budget"),
  ];
  assert.deepEqual(countsOf(all), { "200": 11, "429 budget_exceeded": 289 });
  await until("all of it is spent", async () => await pair.spent() === 11 * USED);
  for (const client of officialClients) {
    const [, { url = "" } = {}] = pair.gateways;
    const asked = { baseUrl: `${url}/budget`, model: "any", text: "Say: all well" };
    const error = await seenError(said(client, asked, true));
    assert.equal(error.status, 429);
    assert.match(error.message, /1760 tokens spent; it resets at 20/);
  }

  const [first, second] = pair.upstreams;
  first?.next({ fault: { status: 429, retryAfterS: 60 } });
  const before = first?.records.length ?? 0;
  assert.equal(await streamed(pair.client(0, "free")), "200");
  await until("the other gateway knows it", async () => {
    const asked = first?.records.length;
    await streamed(pair.client(1, "free"));
    return asked === first?.records.length;
  });
  assert.ok((first?.records.length ?? 0) - before < 20);
  assert.ok((second?.records.length ?? 0) > 0);
});

/** How long anything may wait for a Redis that is away, beside its own time. */
const WAIT_MS_MAX = 1_000;

for (const failureMode of ["failClosed", "failOpen"] as const) {
  for (const how of ["killed", "hangs"] as const) {
    testAlone(`a Redis that ${how} under load, ${failureMode}, and comes back`, async () => {
      await using pair = await Pair.start({ budget: budget("all", 10_000_000) }, failureMode);
      const ending = new AbortController();
      const loading = load(pair, "budget", ending.signal);
      await delay(400);
      const goneMs = performance.now();
      if (how === "killed") await pair.redis.kill();
      else pair.redis.pause();
      await delay(800);
      const backMs = performance.now();
      if (how === "killed") await pair.redis.restart();
      else pair.redis.resume();
      for (const { child } of pair.gateways) {
        await child.waitForLine("Redis is back", (line) => line.includes("Redis is back"));
      }
      const wellMs = performance.now();
      await delay(300);
      ending.abort();
      const all = await loading;

      const between = (fromMs: number, toMs: number) =>
        all.filter(({ startedMs }) => startedMs >= fromMs && startedMs < toMs);
      const outcomes = (some: readonly Timed[]) => countsOf(some.map(({ outcome }) => outcome));
      const away = outcomes(between(goneMs + 20, backMs));
      const refused = failureMode === "failClosed" ? "503 limits_unavailable" : "200";
      assert.deepEqual(Object.keys(away), [refused]);
      assert.ok((away[refused] ?? 0) > 20, JSON.stringify(away));
      assert.deepEqual(Object.keys(outcomes(between(0, goneMs - 100))), ["200"]);
      assert.deepEqual(Object.keys(outcomes(between(wellMs, Infinity))), ["200"]);
      for (const { tookMs, startedMs } of all) {
        assert.ok(tookMs < WAIT_MS_MAX, `${tookMs} ms, begun ${startedMs - goneMs} ms after`);
      }
      const served = all.filter(({ outcome }) => outcome === "200").length;
      await until("all that was served is paid", async () => await pair.spent() === served * USED);
    });
  }
}

testAlone("what is spent outlives both gateways", async () => {
  await using pair = await Pair.start({ budget: budget("kept", 2 * USED) });
  assert.equal(await streamed(pair.client(0, "budget")), "200");
  for (const { child } of pair.gateways) {
    child.signal("SIGKILL");
    await child.exit;
  }
  const settings = { redis: { url: pair.redis.url } };
  const policies = { budget: budget("kept", 2 * USED) };
  await using gateway = await Gateway.start({
    yaml: (port = 0) => configOf(port, pair.upstreams, policies),
    settings,
  });
  const client = new OpenAI({ baseURL: `${gateway.url}/budget/v1`, apiKey: "k", maxRetries: 0 });
  assert.deepEqual([await streamed(client), await streamed(client)], [
    "200",
    "429 budget_exceeded",
  ]);
});
