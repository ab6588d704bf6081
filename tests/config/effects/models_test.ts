/** Settings of a model in `llm` have their effect, in the model and in the defaults of a provider. */
import assert from "node:assert/strict";
import { check, type Place, type Policy } from "./policies.ts";
import { bodyOf, type Seen, type Servers, tried } from "./tried.ts";

/** What makes a request lose something on its way to another API. */
const LOSSY = { model: "m", messages: [{ role: "user", content: "Hello" }], logit_bias: { a: 1 } };

const PROMPT = [
  { role: "system", content: "You help. ".repeat(20) },
  { role: "user", content: "Hello" },
];

const sent = (text: string) => ({ sent: [first] }: Seen) =>
  first !== undefined && bodyOf(first).includes(text);

/** Settings that models and the defaults of shared providers have. */
const settings = ({ aside }: Servers): Readonly<Record<string, Policy>> => ({
  defaults: { policy: { defaults: { seed: 77 } }, shows: sent('"seed":77') },
  overrides: { policy: { overrides: { model: "other" } }, shows: sent('"model":"other"') },
  requestHeaders: {
    policy: { requestHeaders: { add: { "x-added": "1" } } },
    shows: ({ sent: [first] }) => first?.headers.get("x-added") === "1",
  },
  responseHeaders: {
    policy: { responseHeaders: { remove: ["x-upstream"] } },
    shows: ({ status, headers }) => status === 200 && !headers.has("x-upstream"),
  },
  tls: {
    policy: { tls: { insecure: true } },
    secure: true,
    shows: ({ headers }) => headers.get("x-secure") === "yes",
  },
  backendTLS: {
    policy: { backendTLS: { insecure: true } },
    secure: true,
    shows: ({ headers }) => headers.get("x-secure") === "yes",
  },
  backendTunnel: {
    policy: { backendTunnel: { proxy: { host: aside } } },
    shows: ({ aside: [first], sent }) => first?.method === "CONNECT" && sent.length === 0,
  },
  auth: {
    policy: { auth: { key: "sk-upstream" } },
    shows: ({ sent: [first] }) => first?.headers.get("authorization") === "Bearer sk-upstream",
  },
  transformation: {
    policy: { transformation: { user: "'someone'" } },
    shows: sent('"user":"someone"'),
  },
});

/** Those that only show in another API than the client's. */
const translated = (): Readonly<Record<string, Policy>> => ({
  strict: {
    policy: { strict: true },
    asks: [{ body: LOSSY }],
    shows: ({ status }) => status === 400,
  },
  promptCaching: {
    policy: { promptCaching: { minTokens: 0 } },
    asks: [{ body: { model: "m", messages: PROMPT } }],
    shows: sent("cache_control"),
  },
});

/** Settings that only models have. */
const ofModels = (): Readonly<Record<string, Policy>> => ({
  finalTransformation: {
    policy: { finalTransformation: { user: "'someone'" } },
    shows: sent('"user":"someone"'),
  },
  authorization: {
    policy: { authorization: { rules: [{ deny: "true" }] } },
    shows: ({ status }) => status === 403,
  },
  guardrails: {
    policy: {
      guardrails: { request: [{ regex: { action: "reject", rules: [{ pattern: "Hello" }] } }] },
    },
    shows: ({ status, sent }) => status === 403 && sent.length === 0,
  },
});

const address = ({ upstream }: Servers) => ({ hostOverride: upstream });

const IN_MODEL: Readonly<Record<string, Place>> = {
  "a model": (policies, servers) => ({
    llm: { models: [{ name: "m", provider: "openAI", params: address(servers), ...policies }] },
  }),
};

const IN_DEFAULTS: Readonly<Record<string, Place>> = {
  "the defaults of a provider": (defaults, servers) => ({
    llm: {
      providers: [{ name: "p", provider: "openAI", params: address(servers), defaults }],
      models: [{ name: "m", provider: { reference: "p" } }],
    },
  }),
};

const TRANSLATED: Readonly<Record<string, Place>> = {
  "a model of another API": (policies, servers) => ({
    llm: { models: [{ name: "m", provider: "anthropic", params: address(servers), ...policies }] },
  }),
  "the defaults of a provider of another API": (defaults, servers) => ({
    llm: {
      providers: [{ name: "p", provider: "anthropic", params: address(servers), defaults }],
      models: [{ name: "m", provider: { reference: "p" } }],
    },
  }),
};

const TABLES = [
  { table: settings, places: { ...IN_MODEL, ...IN_DEFAULTS } },
  { table: translated, places: TRANSLATED },
  { table: ofModels, places: IN_MODEL },
];

for (const { table, places } of TABLES) {
  const names = Object.keys(table({ upstream: "", secure: "", aside: "" }));
  for (const [place, configOf] of Object.entries(places)) {
    for (const name of names) {
      Deno.test(`${name} has its effect in ${place}`, () => check(table, name, configOf));
    }
  }
}

/** A virtual model of two; the models of the first have a setting of their own. */
const standIns = (servers: Servers, model: object, defaults: object) => ({
  llm: {
    providers: [{ name: "p", provider: "openAI", params: address(servers), defaults }],
    models: [
      { name: "first", provider: { reference: "p" }, ...model },
      { name: "second", provider: { reference: "p" }, health: {} },
    ],
    virtualModels: [{
      name: "m",
      routing: {
        failover: {
          targets: [{ model: "first", priority: 0 }, { model: "second", priority: 1 }],
          retry: { enabled: false },
        },
      },
    }],
  },
});

Deno.test("health leaves a model out, from the model and from the defaults of a provider", async () => {
  const modelsAsked = async (model: object, defaults: object) => {
    const asks = [{ headers: { "x-status": "418" } }, {}];
    const { sent } = await tried((servers) => standIns(servers, model, defaults), asks);
    return sent.map((request) => JSON.parse(bodyOf(request)).model).join();
  };
  const health = { unhealthyExpression: "response.code == 418", eviction: { duration: "1h" } };
  assert.equal(await modelsAsked({}, {}), "first,first");
  assert.equal(await modelsAsked({ health }, {}), "first,second");
  assert.equal(await modelsAsked({}, { health }), "first,second");
});
