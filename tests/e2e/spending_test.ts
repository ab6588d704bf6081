/** Budgets in dollars and tokens, as the official SDKs meet them. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { seenError } from "../support/clients/errors.ts";
import {
  chatRoute,
  officialClients,
  type Place,
  said,
  startPlace,
} from "../support/policy_place.ts";
import { stateFolder } from "../support/state_folder.ts";
import { suite } from "../support/suite.ts";
import { until } from "../support/until.ts";
import { defaultUsage, scripted } from "../support/upstreams/scripts.ts";

/** What every answer of the stand-ins uses. */
const USED = defaultUsage.input + defaultUsage.output;

/** A cent for a token of input, two for one of output: an answer is 1.60 dollars. */
const RATES = { input: "10000", output: "20000" };

const modelCatalog = [{
  inline: {
    providers: {
      openai: { models: { "gpt-5": { rates: RATES } } },
      anthropic: { models: { "claude-sonnet-4-5": { rates: RATES } } },
    },
  },
}];

type Name = "gpt" | "claude";

type Shared = Place<Name> & { readonly folder: string };

/** A budget of its own for each client and manner, by the name of the route. */
const OF_CLIENTS = officialClients.flatMap((client, index) =>
  ([["buffered", "claude"], ["streamed", "gpt"]] as const).flatMap(([how, provider]) =>
    (["usd", "tokens"] as const).map((unit) => ({
      ...{ client, stream: how === "streamed", unit, provider },
      route: `${unit}-${index}-${how}`,
    }))
  )
);

const monthly = (name: string, more: object) => ({ name, period: "month", ...more });

const BUDGETS: Readonly<Record<string, readonly object[]>> = {
  "parallel-usd": [monthly("parallel-usd", { usd: "20.50" })],
  "parallel-tokens": [monthly("parallel-tokens", { tokens: 2_050 })],
  "each": [monthly("each", { tokens: 1, per: 'request.headers["x-user"]' })],
  "counts-gold": [monthly("gold", { tokens: 1, when: 'request.headers["x-tier"] == "gold"' })],
  "denies-unpriced": [monthly("priced", { usd: 5, unpriced: "deny" })],
  "allows-unpriced": [monthly("unpriced", { usd: 1 })],
  "warns": [monthly("warns", { tokens: 2 * USED, warnAt: 0.5 })],
  "minutely": [{ name: "minutely", tokens: 1, period: "minute" }],
};

const test = suite(async (): Promise<Shared> => {
  const folder = await stateFolder();
  const place = await startPlace<Name>(
    [["gpt", "openAI"], ["claude", "anthropic"]],
    (provider, [port]) => ({
      gateways: { default: { port } },
      routes: [
        ...OF_CLIENTS.map(({ route, unit, provider: name }) => {
          const limit = unit === "usd" ? { usd: 4 } : { tokens: 3 * USED };
          const budgets = [monthly(route, limit)];
          return chatRoute(route, { budgets }, { ai: provider(name).backend(name) });
        }),
        ...Object.entries(BUDGETS).map(([route, budgets]) => {
          const gpt = provider("gpt").backend("gpt");
          const unpriced = { ...gpt, provider: { openAI: { model: "gpt-of-our-own" } } };
          return chatRoute(route, { budgets }, { ai: /unpriced/.test(route) ? unpriced : gpt });
        }),
      ],
    }),
    { settings: { modelCatalog, state: { file: `${folder}/state.jsonl` } } },
  );
  return {
    ...place,
    folder,
    async [Symbol.asyncDispose]() {
      await place[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
});

const question = ({ gateway }: Shared, route: string) => ({
  ...{ baseUrl: `${gateway.url}/${route}`, model: "any", text: "Say: all well" },
});

type Headers = Readonly<Record<string, string>>;

const openAi = ({ gateway }: Shared, route: string, headers: Headers = {}) =>
  new OpenAI({
    ...{ baseURL: `${gateway.url}/${route}/v1`, apiKey: "k", maxRetries: 0 },
    defaultHeaders: { ...headers },
  });

const asked = { model: "any", messages: [{ role: "user" as const, content: "Say: all well" }] };

/** The error of a chat, if it has one. */
async function errorOf(client: OpenAI): Promise<InstanceType<typeof OpenAI.APIError> | undefined> {
  try {
    await client.chat.completions.create(asked);
    return undefined;
  } catch (error) {
    if (error instanceof OpenAI.APIError) return error;
    throw error;
  }
}

const RESET = /it resets at 20\d\d-\d\d-01T00:00:00Z/;

for (const { client, stream, unit, route, provider } of OF_CLIENTS) {
  test(`${client}, ${stream ? "streamed" : "buffered"}: a budget in ${unit}`, async (place) => {
    const upstream = place.upstream(provider);
    const before = upstream.records.length;
    for (let number = 0; number < 3; number++) {
      assert.notEqual(await said(client, question(place, route), stream), "");
    }
    const error = await seenError(said(client, question(place, route), stream));
    const type = client === "genai" ? "ApiError" : "RateLimitError";
    assert.deepEqual([error.status, error.type], [429, type]);
    const told = unit === "usd"
      ? `budget "${route}" of $4.00 a month is used up: $4.80 spent`
      : `budget "${route}" of ${3 * USED} tokens a month is used up: ${3 * USED} tokens spent`;
    assert.ok(error.message.replaceAll("\\", "").includes(told), error.message);
    assert.match(error.message, RESET);
    if (client !== "genai") assert.ok(Number(error.retryAfter) > 0);
    assert.equal(upstream.records.length, before + 3);
  });
}

for (const unit of ["usd", "tokens"] as const) {
  test(`100 parallel streams overspend ${unit} by at most one request`, async (place) => {
    const usage = { input: 100, cacheRead: 0, cacheWrite: 0, output: 60, reasoning: 0 };
    const text = ["one ", "two ", "three "];
    const content = scripted({ text, usage, delayMs: 5 }).padEnd(400);
    const client = openAi(place, `parallel-${unit}`);
    const gpt = place.upstream("gpt");
    const ask = async () => {
      try {
        const stream = await client.chat.completions.create({
          model: "any",
          messages: [{ role: "user", content }],
          max_completion_tokens: 60,
          stream: true,
        });
        for await (const _ of stream);
        return 1;
      } catch (error) {
        assert.ok(error instanceof OpenAI.RateLimitError, String(error));
        assert.equal(error.code, "budget_exceeded");
        return 0;
      }
    };
    let served = 0;
    for (let round = 0; round < 3; round++) {
      const before = gpt.records.length;
      const outcomes = await Promise.all(Array.from({ length: 100 }, ask));
      const letIn = outcomes.reduce((sum: number, one) => sum + one, 0);
      assert.equal(gpt.records.length - before, letIn);
      served += letIn;
    }
    const [limit, cost] = unit === "usd" ? [20.5, 2.2] : [2_050, 160];
    const spent = served * cost;
    assert.ok(spent >= limit && spent < limit + cost, `${spent} of ${limit}`);
  });
}

test("a budget per value is had by each", async (place) => {
  const outcome = async (user: string | undefined) =>
    (await errorOf(openAi(place, "each", user === undefined ? {} : { "x-user": user })))?.status;
  const outcomes = [];
  for (const user of ["ada", "bob", "ada", "bob", undefined, undefined]) {
    outcomes.push(await outcome(user));
  }
  assert.deepEqual(outcomes, [undefined, undefined, 429, 429, undefined, 429]);
});

test("a budget counts, and refuses, only what its condition says", async (place) => {
  const outcomes = [];
  for (const tier of ["tin", "gold", "tin", "gold", "tin"]) {
    outcomes.push((await errorOf(openAi(place, "counts-gold", { "x-tier": tier })))?.status);
  }
  assert.deepEqual(outcomes, [undefined, undefined, undefined, 429, undefined]);
});

test("models without a price are refused, or cost nothing, as the budget says", async (place) => {
  const error = await errorOf(openAi(place, "denies-unpriced"));
  assert.deepEqual([error?.status, error?.code], [403, "model_unpriced"]);
  for (let number = 0; number < 3; number++) {
    assert.equal(await errorOf(openAi(place, "allows-unpriced")), undefined);
  }
  await place.gateway.child.waitForLine("a warning", (line) => /warn.*gpt-of-our-own/.test(line));
});

test("the log warns once of a budget that is nearly used up", async (place) => {
  for (let number = 0; number < 2; number++) {
    assert.equal(await errorOf(openAi(place, "warns")), undefined);
  }
  const { child } = place.gateway;
  const isWarning = (line: string) => /budget \\*"warns\\*" has spent 50 %/.test(line);
  await child.waitForLine("a warning", isWarning);
  assert.equal([...child.stdout, ...child.stderr].filter(isWarning).length, 1);
});

test("a refusal says when to come again, and what it cost is nothing", async (place) => {
  // Not across the end of a minute.
  await until("a minute has ten seconds left", () => Date.now() % 60_000 < 50_000, 15_000);
  assert.equal(await errorOf(openAi(place, "minutely")), undefined);
  for (let number = 0; number < 2; number++) {
    const error = await errorOf(openAi(place, "minutely"));
    const retryAfterS = Number(error?.headers?.get("retry-after"));
    assert.ok(retryAfterS > 0 && retryAfterS <= 60, `${retryAfterS}`);
    assert.match(
      error?.message ?? "",
      /a minute is used up: 130 tokens spent; it resets at 20.*:00Z/,
    );
  }
});
