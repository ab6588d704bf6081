import assert from "node:assert/strict";
import { normalised, targetConfigOf } from "./normalised_config.ts";

const llm = (model: object, more: object = {}) => ({
  llm: { models: [{ name: "m", ...model }], ...more },
});

const long = (ai: object, route: object = {}) => ({
  gateways: { default: { port: 1 } },
  routes: [{ backends: [{ ai: { name: "a", ...ai } }], ...route }],
});

const AZURE_PARAMS = {
  azureResourceName: "r",
  azureResourceType: "foundry",
  azureApiVersion: "v1",
  azureProjectName: "p",
};

const AZURE = {
  resourceName: "r",
  resourceType: "foundry",
  apiVersion: "v1",
  projectName: "p",
};

const PROVIDERS: readonly [string, object, string, object][] = [
  ["anthropic", llm({ provider: "anthropic" }), "anthropic", {}],
  ["gemini", llm({ provider: "gemini" }), "gemini", {}],
  [
    "bedrock by its params",
    llm({ provider: "bedrock", params: { awsRegion: "eu-west-1", model: "m" } }),
    "bedrock",
    { region: "eu-west-1" },
  ],
  [
    "vertex by its params",
    llm({ provider: "vertex", params: { vertexProject: "p", vertexRegion: "eu" } }),
    "vertex",
    { projectId: "p", region: "eu" },
  ],
  [
    "vertex without a region",
    llm({ provider: "vertex", params: { vertexProject: "p", vertexRegion: null } }),
    "vertex",
    { projectId: "p" },
  ],
  ["azure by its params", llm({ provider: "azure", params: AZURE_PARAMS }), "azure", AZURE],
  [
    "bedrock by its settings",
    llm({ provider: { bedrock: { region: "eu-west-1", guardrailIdentifier: null } } }),
    "bedrock",
    { region: "eu-west-1" },
  ],
  [
    "a shared bedrock",
    llm({ provider: { reference: "p" } }, {
      providers: [{ name: "p", provider: "bedrock", params: { awsRegion: "eu-west-1" } }],
    }),
    "bedrock",
    { region: "eu-west-1" },
  ],
  ["azure in the long form", long({ provider: { azure: AZURE } }), "azure", AZURE],
  [
    "moderation in the long form",
    long({ provider: { openAI: { moderation: { policy: { input: { mode: "block" } } } } } }),
    "openAI",
    { moderation: { model: "omni-moderation-latest", policy: { input: { mode: "block" } } } },
  ],
  ["a preset", llm({ provider: "deepinfra" }), "custom", {
    formats: [
      { type: "completions" },
      { type: "messages", path: "/anthropic/v1/messages" },
      { type: "embeddings" },
    ],
    providerOverride: "deepinfra",
  }],
];

for (const [claim, config, kind, settings] of PROVIDERS) {
  Deno.test(`normalise() reads ${claim}`, () => {
    const { provider } = targetConfigOf(normalised(config));
    assert.deepEqual(provider, { kind, settings });
  });
}

const MOCK = { provider: "mock" };

const STRICT: readonly [string, object, boolean][] = [
  ["a model", llm(MOCK), false],
  ["a strict model", llm({ ...MOCK, strict: true }), true],
  [
    "a model of a strict provider",
    llm({ provider: { reference: "p" } }, {
      providers: [{ name: "p", ...MOCK, defaults: { strict: true } }],
    }),
    true,
  ],
  [
    "a lax model of a strict provider",
    llm({ provider: { reference: "p" }, strict: false }, {
      providers: [{ name: "p", ...MOCK, defaults: { strict: true } }],
    }),
    false,
  ],
  ["an AI backend", long(MOCK), false],
  ["a strict AI backend", long({ ...MOCK, strict: true }), true],
];

for (const [claim, config, strict] of STRICT) {
  Deno.test(`normalise() says whether ${claim} is strict: ${strict}`, () => {
    assert.equal(targetConfigOf(normalised(config)).strict, strict);
  });
}

Deno.test("normalise() says whether a route is strict", () => {
  const strictOf = (config: object) =>
    normalised(config).normalised.ports[0]?.listeners[0]?.routes[0]?.strict;
  assert.equal(strictOf(long(MOCK)), false);
  assert.equal(strictOf(long(MOCK, { strict: true })), true);
  assert.equal(strictOf(llm(MOCK)), false);
  assert.equal(
    strictOf({
      binds: [{
        port: 1,
        listeners: [{ routes: [{ strict: true, backends: [{ host: "a:1" }] }] }],
      }],
    }),
    true,
  );
});

Deno.test("normalise() says in which form a provider is written", () => {
  assert.equal(targetConfigOf(normalised(llm(MOCK))).form, "llm");
  assert.equal(targetConfigOf(normalised(long(MOCK))).form, "long");
});

const ELSEWHERE = { provider: { openAI: {} }, hostOverride: "a:1" };
const CUSTOM = { custom: { formats: [{ type: "completions" }] } };

const KEPT_PATHS: readonly [string, object, readonly string[]][] = [
  ["a bare host override", long(ELSEWHERE), ["routes.0.backends.0.ai.hostOverride"]],
  ["a host with a prefix", long({ ...ELSEWHERE, pathPrefix: "/v1" }), []],
  ["a host with an empty prefix", long({ ...ELSEWHERE, pathPrefix: "" }), []],
  ["a host with a path", long({ ...ELSEWHERE, pathOverride: "/x" }), []],
  ["a custom provider", long({ provider: CUSTOM, hostOverride: "a:1" }), []],
  ["a provider at home", long({ provider: { openAI: {} } }), []],
  ["a model", llm({ provider: "openAI", params: { hostOverride: "a:1" } }), []],
  ["a named backend", {
    gateways: { default: { port: 1 } },
    backends: [{ name: "b", ai: { name: "a", ...ELSEWHERE } }],
    routes: [{ backends: [{ backend: "b" }] }],
  }, ["backends.0.ai.hostOverride"]],
];

for (const [claim, config, expected] of KEPT_PATHS) {
  Deno.test(`normalise() ${expected.length > 0 ? "warns" : "does not warn"} of ${claim}`, () => {
    const { warnings, problems } = normalised(config);
    assert.deepEqual(problems, []);
    assert.deepEqual(warnings.map(({ path }) => path.join(".")), expected);
    for (const { message } of warnings) assert.match(message, /client's own path is kept/);
  });
}
