/** Policies that are attached by name, policies with conditions, and which level wins. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { seenError } from "../support/clients/errors.ts";
import { at } from "../support/json.ts";
import { chatRoute, type Place, said, startPlace } from "../support/policy_place.ts";
import { suite } from "../support/suite.ts";

type Shared = Place<"gpt">;

const setting = (name: string, value: string) => ({
  transformations: {
    request: { set: { [name]: `'${value}'` } },
    response: { set: { [name]: `'${value}'` } },
  },
});

const attached = (name: string, target: object, policy: object, more: object = {}) => ({
  name: { name },
  target,
  policy,
  ...more,
});

const ATTACHED = [
  attached("all", { gateway: { gatewayName: "main" } }, {
    responseHeaderModifier: { set: { "x-by-gateway": "main" } },
    ...setting("x-level", "gateway"),
  }),
  attached("one-listener", { gateway: { gatewayName: "two", listenerName: "b" } }, {
    responseHeaderModifier: { set: { "x-by-gateway": "two/b" } },
  }),
  attached(
    "before-routes",
    { gateway: { gatewayName: "two", listenerName: "a" } },
    { apiKey: { mode: "strict", keys: [{ key: "sk-known" }] } },
    { phase: "gateway" },
  ),
  attached("slow-route", { route: { name: "targeted", namespace: "default" } }, {
    delay: { duration: "250ms" },
    ...setting("x-level", "attached to the route"),
  }),
  attached("limited-backend", { backend: { backend: { name: "shared" } } }, {
    requestHeaderModifier: { set: { "x-by-backend": "attached" } },
    ai: {
      defaults: { user: "attached" },
      promptGuard: {
        request: [{ regex: { action: "reject", rules: [{ pattern: "secret" }] } }],
      },
    },
  }),
];

/** Of each policy that can have conditions, the first entry is for gold. */
const GOLD = 'request.headers["x-tier"] == "gold"';

const CONDITIONAL = {
  "answers": {
    directResponse: {
      conditional: [
        { condition: GOLD, status: 418, body: "gold" },
        { condition: 'request.headers["x-tier"] == "lead"', status: 410, body: "lead" },
      ],
    },
  },
  "transforms": {
    transformations: {
      conditional: [
        {
          condition: GOLD,
          request: { set: { "x-up": "'gold'" } },
          response: { set: { "x-down": "'gold'" } },
        },
        { request: { set: { "x-up": "'other'" } } },
      ],
    },
  },
  "limits": {
    localRateLimit: {
      conditional: [
        { condition: GOLD, maxTokens: 3, tokensPerFill: 3, fillInterval: "1h" },
        { maxTokens: 1, tokensPerFill: 1, fillInterval: "1h" },
      ],
    },
  },
};

const test = suite(() =>
  startPlace<"gpt">([["gpt", "openAI"]], (provider, [main, two, llmPort]) => {
    const gpt = { ai: provider("gpt").backend("gpt") };
    const on = (gateways: string, route: object) => ({ ...route, gateways });
    return {
      gateways: {
        main: { port: main },
        two: {
          port: two,
          listeners: [{ name: "a", hostname: "localhost" }, { name: "b" }],
        },
      },
      backends: [{ name: "shared", ...gpt }],
      policies: ATTACHED,
      routes: [
        on("main", chatRoute("plain", {}, gpt)),
        on("main", chatRoute("own", setting("x-level", "route"), gpt)),
        on("main", chatRoute("targeted", {}, gpt)),
        on("main", chatRoute("by-name", {}, { backend: "shared" })),
        on("two", chatRoute("listened", {}, gpt)),
        ...Object.entries(CONDITIONAL).map(([name, policies]) =>
          on("main", chatRoute(name, policies, gpt))
        ),
      ],
      llm: {
        port: llmPort,
        policies: CONDITIONAL.transforms,
        models: [provider("gpt").entry("any")],
      },
    };
  })
);

type Headers = Readonly<Record<string, string>>;

interface Outcome {
  readonly status: number;
  readonly headers: globalThis.Headers;
  /** What the provider got. */
  readonly sent: globalThis.Headers | undefined;
}

/** Asks at a path, as the SDK does; errors are outcomes, too. */
async function ask(place: Shared, baseUrl: string, headers: Headers = {}): Promise<Outcome> {
  const gpt = place.upstream("gpt");
  const before = gpt.records.length;
  const client = new OpenAI({
    ...{ baseURL: `${baseUrl}/v1`, apiKey: "sk-unknown", maxRetries: 0 },
    defaultHeaders: { ...headers },
  });
  const { status, headers: answered } = await client.chat.completions
    .create({ model: "any", messages: [{ role: "user", content: "Say: all well" }] })
    .asResponse()
    .catch((error) => {
      if (error instanceof OpenAI.APIError && error.headers !== undefined) return error;
      throw error;
    });
  return { status, headers: answered, sent: gpt.records[before]?.headers };
}

test("a policy of a gateway is for all its routes, and a route's own wins", async (place) => {
  const { url } = place.gateway;
  const plain = await ask(place, `${url}/plain`);
  assert.equal(plain.headers.get("x-by-gateway"), "main");
  assert.equal(plain.sent?.get("x-level"), "gateway");
  const own = await ask(place, `${url}/own`);
  assert.equal(own.headers.get("x-by-gateway"), "main");
  assert.equal(own.sent?.get("x-level"), "route");
  assert.equal(own.headers.get("x-level"), "route");
});

test("a policy of a listener is for that listener alone", async (place) => {
  const [, a = 0] = place.gateway.ports;
  const b = await ask(place, `http://127.0.0.1:${a}/listened`);
  assert.deepEqual([b.status, b.headers.get("x-by-gateway")], [200, "two/b"]);
  const other = await ask(place, `http://localhost:${a}/listened`, {
    authorization: "Bearer sk-known",
  });
  assert.deepEqual([other.status, other.headers.get("x-by-gateway")], [200, null]);
});

test("a policy before routes is asked before there is a route", async (place) => {
  const [, a = 0] = place.gateway.ports;
  for (const route of ["listened", "no-such-route"]) {
    const refused = await ask(place, `http://localhost:${a}/${route}`);
    assert.deepEqual([refused.status, refused.sent], [401, undefined]);
  }
  const known = { authorization: "Bearer sk-known" };
  assert.equal((await ask(place, `http://localhost:${a}/no-such-route`, known)).status, 404);
});

test("a policy of a route is for that route alone, before the gateway's", async (place) => {
  const { url } = place.gateway;
  const startedMs = performance.now();
  const { sent } = await ask(place, `${url}/targeted`);
  assert.ok(performance.now() - startedMs > 245);
  assert.equal(sent?.get("x-level"), "attached to the route");
});

test("a policy of a backend goes with it", async (place) => {
  const { url } = place.gateway;
  assert.equal((await ask(place, `${url}/by-name`)).sent?.get("x-by-backend"), "attached");
  assert.equal((await ask(place, `${url}/plain`)).sent?.get("x-by-backend"), null);
});

test("what is done to bodies goes with a backend, guards too", async (place) => {
  const gpt = place.upstream("gpt");
  await ask(place, `${place.gateway.url}/by-name`);
  assert.equal(at(gpt.last.body, "user"), "attached");
  const before = gpt.records.length;
  const baseUrl = `${place.gateway.url}/by-name`;
  const told = said("anthropic", { baseUrl, model: "any", text: "a secret word" }, true);
  assert.equal((await seenError(told)).status, 403);
  assert.equal(gpt.records.length, before);
});

test("the first entry of a policy whose condition holds applies", async (place) => {
  const { url } = place.gateway;
  const rows = [["gold", 418], ["lead", 410], ["tin", 200], [undefined, 200]] as const;
  for (const [tier, expected] of rows) {
    const headers = tier === undefined ? {} : { "x-tier": tier };
    assert.equal((await ask(place, `${url}/answers`, headers)).status, expected);
  }
});

test("an entry without a condition is for all the rest, up and down", async (place) => {
  for (const url of [`${place.gateway.url}/transforms`, place.gateway.urlOf(2)]) {
    const gold = await ask(place, url, { "x-tier": "gold" });
    assert.deepEqual([gold.sent?.get("x-up"), gold.headers.get("x-down")], ["gold", "gold"]);
    const other = await ask(place, url);
    assert.deepEqual([other.sent?.get("x-up"), other.headers.get("x-down")], ["other", null]);
  }
});

test("limits with conditions have a bucket each", async (place) => {
  const statuses: number[] = [];
  for (const tier of ["gold", "tin", "gold", "tin", "gold", "gold", "tin"]) {
    const { status } = await ask(place, `${place.gateway.url}/limits`, { "x-tier": tier });
    statuses.push(status);
  }
  assert.deepEqual(statuses, [200, 200, 200, 429, 200, 429, 429]);
});
