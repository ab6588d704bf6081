import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { Gateway, type GatewayOptions } from "../support/gateway.ts";
import { stateFolder } from "../support/state_folder.ts";
import { RedisServer } from "../support/redis_server.ts";
import { until } from "../support/until.ts";

/** Tokens of every answer. */
const USED = 100;

/** What comes of one request: its status and how many tokens it used. */
interface Outcome {
  readonly status: number;
  readonly tokens: number;
}

function yamlOf(policies: string, pace = "") {
  return (port: number) => `
llm:
  port: ${port}
  models:
    - name: m
      provider:
        mock:
          usage: { inputTokens: 40, outputTokens: 60 }
          ${pace}
  policies:
    apiKey:
      mode: strict
      keys:
        - { key: sk-a, metadata: { team: red } }
        - { key: sk-b, metadata: { team: red } }
        - key: sk-own
          rateLimits: [{ maxTokens: 2, tokensPerFill: 2, fillInterval: 1h }]
          budgets: [{ name: own, tokens: 150, period: month }]
${policies}`;
}

const clientOf = ({ url }: Gateway, apiKey = "sk-a") =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });

/** Asks for an answer of at most 60 tokens, as a stream. */
async function streamed(client: OpenAI): Promise<Outcome> {
  try {
    const stream = await client.chat.completions.create({
      model: "m",
      messages: [{ role: "user", content: "x".repeat(160) }],
      max_tokens: 60,
      stream: true,
    });
    for await (const _ of stream);
    return { status: 200, tokens: USED };
  } catch (cause) {
    if (cause instanceof OpenAI.APIError) return { status: cause.status ?? 0, tokens: 0 };
    throw cause;
  }
}

/** A folder for the state of gateways. */
async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await stateFolder();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** What the client of an API is told by the error of a request. */
async function errorOf(run: () => Promise<unknown>) {
  try {
    await run();
  } catch (cause) {
    if (cause instanceof OpenAI.APIError || cause instanceof Anthropic.APIError) return cause;
    throw cause;
  }
  return assert.fail("not refused");
}

Deno.test("a client that is over its rate is told so in its API, and when to come again", async () => {
  await using folder = await temporaryFolder();
  await using gateway = await Gateway.start({
    yaml: yamlOf("    localRateLimit: [{ maxTokens: 2, tokensPerFill: 1, fillInterval: 1h }]"),
    environment: { STATE_DIRECTORY: folder.path },
  });
  const headersOf = (headers: Headers | undefined) =>
    ["limit", "remaining", "reset"].map((name) => headers?.get(`x-ratelimit-${name}`));
  const ask = () =>
    clientOf(gateway).chat.completions.create({
      model: "m",
      messages: [{ role: "user", content: "hi" }],
    }).withResponse();
  const { response } = await ask();
  const [limit, remaining, reset] = headersOf(response.headers);
  assert.deepEqual([limit, remaining], ["2", "1"]);
  assert.ok(Number(reset) > 3_500 && Number(reset) <= 3_600, `${reset}`);
  await ask();
  const error = await errorOf(ask);
  assert.equal(error.status, 429);
  assert.match(error.message, /rate limit exceeded/);
  assert.ok(error instanceof OpenAI.APIError && error.code === "rate_limit_exceeded");
  assert.deepEqual(headersOf(error.headers).slice(0, 2), ["2", "0"]);
  assert.ok(Number(error.headers?.get("retry-after")) > 3_500);
  const anthropic = new Anthropic({ baseURL: gateway.url, apiKey: "sk-a", maxRetries: 0 });
  const other = await errorOf(() =>
    anthropic.messages.create({
      model: "m",
      max_tokens: 5,
      messages: [{ role: "user", content: "hi" }],
    })
  );
  assert.ok(other instanceof Anthropic.RateLimitError, String(other));
  assert.match(other.message, /"rate_limit_error".*rate limit exceeded/);
});

Deno.test("a team's budget holds for all its keys, by what streams used; a key's for it alone", async () => {
  await using folder = await temporaryFolder();
  await using gateway = await Gateway.start({
    yaml: yamlOf(`
    budgets: [{ name: team, per: apiKey.team, tokens: 350, period: month }]`),
    settings: { state: { file: `${folder.path}/state.jsonl` } },
  });
  const ask = (key: string) => streamed(clientOf(gateway, key));
  const statuses: number[] = [];
  for (const key of ["sk-own", "sk-own", "sk-own", "sk-a", "sk-b", "sk-a", "sk-b", "sk-a"]) {
    statuses.push((await ask(key)).status);
  }
  assert.deepEqual(statuses, [200, 200, 429, 200, 200, 200, 200, 429]);
  const error = await errorOf(() =>
    clientOf(gateway, "sk-b").chat.completions.create({
      model: "m",
      messages: [{ role: "user", content: "hi" }],
    })
  );
  assert.match(
    error.message,
    /budget "team" of 350 tokens a month is used up: 400 tokens spent; it resets at 20\d\d-\d\d-01T00:00:00Z/,
  );
  assert.ok(error instanceof OpenAI.APIError && error.code === "budget_exceeded");
  assert.ok(Number(error.headers?.get("retry-after")) > 0);
  await gateway.accessLog({ "http.status": 429, reason: "RateLimit" });
});

Deno.test("a budget survives a stop and a crash", async () => {
  await using folder = await temporaryFolder();
  const options: GatewayOptions = {
    yaml: yamlOf(`
    budgets: [{ name: all, tokens: 250, period: month }]`),
    environment: { STATE_DIRECTORY: folder.path },
  };
  const saved = () => Deno.readTextFile(`${folder.path}/agentgateway-state.jsonl`);
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    await using gateway = await Gateway.start(options);
    assert.equal((await streamed(clientOf(gateway))).status, 200);
    // What the client has read may be written a moment later.
    if (signal === "SIGKILL") {
      await until("it is saved", async () => (await saved()).trim().split("\n").length === 2);
    }
    gateway.child.signal(signal);
    await gateway.child.exit;
  }
  await using gateway = await Gateway.start(options);
  assert.equal((await streamed(clientOf(gateway))).status, 200, "alone, with 50 left");
  assert.equal((await streamed(clientOf(gateway))).status, 429);
});

Deno.test("two gateways on one Redis overspend a budget by at most one of 100 parallel streams", async () => {
  await using server = await RedisServer.start();
  const options: GatewayOptions = {
    yaml: yamlOf(
      `
    budgets: [{ name: all, tokens: 1050, period: month }]`,
      "pace: { perToken: 2ms }",
    ),
    settings: { redis: { url: server.url } },
  };
  await using left = await Gateway.start(options);
  await using right = await Gateway.start(options);
  const clients = [clientOf(left), clientOf(right, "sk-b")];
  let spent = 0;
  for (let round = 0; round < 3; round++) {
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, index) => streamed(clients[index % 2] ?? clientOf(left))),
    );
    spent += outcomes.reduce((sum, { tokens }) => sum + tokens, 0);
    for (const { status } of outcomes) assert.ok(status === 200 || status === 429, `${status}`);
  }
  assert.ok(spent >= 1050 && spent < 1050 + USED, `${spent} tokens are spent`);
});

for (const [failureMode, expected] of [["failClosed", 503], ["failOpen", 200]] as const) {
  Deno.test(`a Redis that is away under ${failureMode} makes requests answer ${expected}`, async () => {
    await using server = await RedisServer.start({ password: "hunter2" });
    await using gateway = await Gateway.start({
      yaml: yamlOf(`
    budgets: [{ name: all, tokens: 100000, period: month }]`),
      settings: { redis: { url: server.url, failureMode } },
    });
    const client = clientOf(gateway);
    assert.equal((await streamed(client)).status, 200);
    await server.kill();
    const { status } = await streamed(client);
    assert.equal(status, expected);
    if (expected === 503) {
      const error = await errorOf(() =>
        client.chat.completions.create({ model: "m", messages: [{ role: "user", content: "x" }] })
      );
      assert.ok(error instanceof OpenAI.APIError && error.code === "limits_unavailable");
      assert.equal(error.headers?.get("retry-after"), "1");
    }
    await server.restart();
    await gateway.child.waitForLine("Redis is back", (line) => line.includes("Redis is back"));
    assert.equal((await streamed(client)).status, 200);
    await gateway.stop();
    const output = [...gateway.child.stdout, ...gateway.child.stderr].join("\n");
    assert.doesNotMatch(output, /hunter2/);
  });
}
