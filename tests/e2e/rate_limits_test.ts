/** Limits of rates by requests and tokens, as the official SDKs meet them. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { seenError } from "../support/clients/errors.ts";
import { rewrites } from "../support/config_file.ts";
import {
  chatRoute,
  type ConfigOf,
  officialClients,
  type Place,
  said,
  startPlace,
} from "../support/policy_place.ts";
import { suite } from "../support/suite.ts";
import { until } from "../support/until.ts";
import { defaultUsage } from "../support/upstreams/scripts.ts";

/** What every answer of the stand-ins uses. */
const USED = defaultUsage.input + defaultUsage.output;

const bucket = (maxTokens: number, more: object = {}) => ({
  ...{ maxTokens, tokensPerFill: maxTokens, fillInterval: "1h" },
  ...more,
});

const byTokens = { type: "tokens" };

type Shared = Place<"gpt" | "claude">;

/** A limit of its own for each client and manner, by the name of the route. */
const OF_CLIENTS = officialClients.flatMap((client, index) =>
  [false, true].flatMap((stream) =>
    (["requests", "tokens"] as const).map((unit) => ({
      ...{ client, stream, unit },
      route: `${unit}-${index}-${stream ? "streamed" : "buffered"}`,
    }))
  )
);

const LIMITS: Readonly<Record<string, readonly object[]>> = {
  ...Object.fromEntries(OF_CLIENTS.map(({ route, unit }) => [
    route,
    [unit === "requests" ? bucket(2) : bucket(2 * USED + 1, byTokens)],
  ])),
  "off": [],
  "refills": [bucket(1, { fillInterval: "1s" })],
  "keyed": [bucket(1, { key: 'request.headers["x-user"]' })],
  "two": [bucket(9), bucket(5, { fillInterval: "2h" })],
  "parallel": [bucket(10)],
  "parallel-tokens": [bucket(4 * USED, byTokens)],
  "left": [bucket(1_000, byTokens)],
  "failing": [bucket(10), bucket(1_000, byTokens)],
};

const test = suite(() =>
  startPlace<"gpt" | "claude">(
    [["gpt", "openAI"], ["claude", "anthropic"]],
    (provider, [port, llmPort]) => ({
      gateways: { default: { port } },
      routes: Object.entries(LIMITS).map(([name, localRateLimit]) =>
        chatRoute(name, { localRateLimit }, { ai: provider("gpt").backend("gpt") })
      ),
      llm: {
        port: llmPort,
        policies: {
          apiKey: {
            mode: "strict",
            keys: [
              { key: "sk-requests", rateLimits: [bucket(2)] },
              { key: "sk-tokens", rateLimits: [bucket(USED + 1, byTokens)] },
              { key: "sk-both", rateLimits: [bucket(9), bucket(USED, byTokens)] },
              { key: "sk-free" },
            ],
          },
          localRateLimit: [bucket(12)],
        },
        models: [provider("gpt").entry("gpt"), provider("claude").entry("claude")],
      },
    }),
  )
);

const question = ({ gateway }: Shared, route: string) => ({
  ...{ baseUrl: `${gateway.url}/${route}`, model: "any", text: "Say: all well" },
});

const asked = { model: "any", messages: [{ role: "user" as const, content: "Say: all well" }] };

type Headers = Readonly<Record<string, string>>;

const openAi = (baseURL: string, headers: Headers = {}, apiKey = "k", maxRetries = 0) =>
  new OpenAI({ baseURL: `${baseURL}/v1`, apiKey, maxRetries, defaultHeaders: { ...headers } });

const limitsIn = (headers: globalThis.Headers) =>
  ["limit", "remaining", "reset"].map((name) => headers.get(`x-ratelimit-${name}`));

/** The status of a chat, and what it says of limits. */
async function statusOf(client: OpenAI, model = "any"): Promise<readonly [number, ...unknown[]]> {
  try {
    const { response } = await client.chat.completions.create({ ...asked, model }).withResponse();
    return [response.status, ...limitsIn(response.headers).slice(0, 2)];
  } catch (error) {
    if (!(error instanceof OpenAI.APIError) || error.headers === undefined) throw error;
    return [error.status, ...limitsIn(error.headers).slice(0, 2)];
  }
}

for (const { client, stream, unit, route } of OF_CLIENTS) {
  test(`${client}, ${stream ? "streamed" : "buffered"}: a limit of ${unit}`, async (place) => {
    const gpt = place.upstream("gpt");
    const before = gpt.records.length;
    // The second answer leaves one token, so that a third is begun; and that is paid from nothing.
    const letIn = unit === "requests" ? 2 : 3;
    for (let number = 0; number < letIn; number++) {
      assert.notEqual(await said(client, question(place, route), stream), "");
    }
    for (let number = 0; number < 2; number++) {
      const error = await seenError(said(client, question(place, route), stream));
      assert.deepEqual([error.status, error.type], [
        429,
        client === "genai" ? "ApiError" : "RateLimitError",
      ]);
      assert.match(error.message, /rate limit exceeded/);
      if (client === "genai") assert.match(error.message, /RESOURCE_EXHAUSTED/);
      else assert.ok(Number(error.retryAfter) > 3_500 && Number(error.retryAfter) <= 3_600);
    }
    assert.equal(gpt.records.length, before + letIn);
  });
}

test("the headers say what is left, of the bucket that has least", async (place) => {
  const client = openAi(`${place.gateway.url}/two`);
  for (let left = 4; left >= 0; left--) {
    const { response } = await client.chat.completions.create(asked).withResponse();
    const [limit, remaining, reset] = limitsIn(response.headers);
    assert.deepEqual([limit, remaining], ["5", String(left)]);
    assert.ok(Number(reset) > 7_100 && Number(reset) <= 7_200, `${reset}`);
    assert.equal(response.headers.get("retry-after"), null);
  }
  await assert.rejects(client.chat.completions.create(asked), (error) => {
    assert.ok(error instanceof OpenAI.RateLimitError);
    assert.equal(error.code, "rate_limit_exceeded");
    assert.deepEqual(limitsIn(error.headers).slice(0, 2), ["5", "0"]);
    assert.equal(error.headers.get("retry-after"), error.headers.get("x-ratelimit-reset"));
    return true;
  });
  await place.gateway.accessLog({ "http.status": 429, reason: "RateLimit" });
});

test("without limits there are no such headers", async (place) => {
  const { response } = await openAi(`${place.gateway.url}/off`).chat.completions.create(asked)
    .withResponse();
  assert.deepEqual(limitsIn(response.headers), [null, null, null]);
});

test("an SDK that waits as it is told is served", async (place) => {
  const client = openAi(`${place.gateway.url}/refills`, {}, "k", 1);
  await client.chat.completions.create(asked);
  const startedMs = performance.now();
  const { choices } = await client.chat.completions.create(asked);
  assert.notEqual(choices[0]?.message.content, "");
  const waitedMs = performance.now() - startedMs;
  assert.ok(waitedMs > 20 && waitedMs < 2_000, `${waitedMs} ms`);
});

test("a key gives every value a bucket, and those without one share another", async (place) => {
  const { url } = place.gateway;
  const statuses = [];
  for (const user of ["ada", "bob", "ada", undefined, undefined]) {
    const headers = user === undefined ? {} : { "x-user": user };
    const [status] = await statusOf(openAi(`${url}/keyed`, headers));
    statuses.push(status);
  }
  assert.deepEqual(statuses, [200, 200, 429, 200, 429]);
});

test("parallel requests get no more than the bucket holds", async (place) => {
  const client = openAi(`${place.gateway.url}/parallel`);
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => statusOf(client)));
  const letIn = outcomes.filter(([status]) => status === 200).length;
  assert.deepEqual([letIn, outcomes.length - letIn], [10, 40]);
});

test("a stream that its client leaves is paid by what was seen of it", async (place) => {
  const gpt = place.upstream("gpt");
  gpt.next({ text: Array.from({ length: 400 }, (_, index) => `word${index} `), delayMs: 5 });
  const client = openAi(`${place.gateway.url}/left`);
  const stream = await client.chat.completions.create({ ...asked, stream: true });
  let seen = 0;
  for await (const _ of stream) if (++seen === 20) break;
  const path = "/left/v1/chat/completions";
  const line = await place.gateway.accessLog({ "http.path": path });
  const { "gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output } = line;
  assert.ok(Number(input) > 0 && Number(output) >= 20 && Number(output) < 100, `${output}`);
  const [, , remaining] = await statusOf(client);
  assert.equal(Number(remaining), 1_000 - Number(input) - Number(output));
});

test("what a provider refuses costs a request, but no tokens", async (place) => {
  const client = openAi(`${place.gateway.url}/failing`);
  place.upstream("gpt").next({ fault: { status: 500 } }, { fault: { status: 400 } });
  assert.deepEqual(await statusOf(client), [500, "10", "9"]);
  assert.deepEqual(await statusOf(client), [400, "10", "8"]);
  assert.deepEqual(await statusOf(client), [200, "10", "7"]);
});

test("each key has its own limits beside those of all, whatever it asks in", async (place) => {
  const llm = place.gateway.urlOf(1);
  const statuses = async (key: string, ...models: readonly string[]) => {
    const all = [];
    for (const model of models) all.push((await statusOf(openAi(llm, {}, key), model))[0]);
    return all;
  };
  assert.deepEqual(await statuses("sk-requests", "gpt", "claude", "gpt"), [200, 200, 429]);
  assert.deepEqual(await statuses("sk-tokens", "claude", "gpt", "gpt"), [200, 200, 429]);
  assert.deepEqual(await statuses("sk-both", "gpt", "claude"), [200, 429]);
  const free = await statuses("sk-free", ...Array.from({ length: 8 }, () => "gpt"));
  assert.equal(free.at(0), 200);
  assert.equal(free.at(-1), 429, "the limit of all holds for it");
});

/** A limit of a route, and a page that tells which version of the file is in force. */
const versionOf = (version: string, maxTokens: number): ConfigOf<"gpt"> => (provider, [port]) => ({
  gateways: { default: { port } },
  routes: [
    chatRoute("limited", { localRateLimit: [bucket(maxTokens)] }, {
      ai: provider("gpt").backend("gpt"),
    }),
    chatRoute("version", { directResponse: { status: 200, body: version } }),
  ],
});

test("a reload fills a bucket only where it changes it", async () => {
  await using place = await startPlace<"gpt">([["gpt", "openAI"]], versionOf("first", 3));
  const { gateway } = place;
  const status = async () => (await statusOf(openAi(`${gateway.url}/limited`)))[0];
  const reload = async (version: string, maxTokens: number) => {
    rewrites.rename(gateway.configPath, place.render(versionOf(version, maxTokens)));
    await until(
      "it is reloaded",
      async () => await (await fetch(`${gateway.url}/version`)).text() === version,
    );
  };
  assert.deepEqual([await status(), await status()], [200, 200]);
  await reload("second", 3);
  assert.deepEqual([await status(), await status()], [200, 429]);
  await reload("third", 2);
  assert.deepEqual([await status(), await status(), await status()], [200, 200, 429]);
});
