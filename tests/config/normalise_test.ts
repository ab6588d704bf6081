import assert from "node:assert/strict";
import { mergeAi } from "../../src/policies/ai/merge_ai.ts";
import type { Target } from "../../src/routing/backend.ts";
import { compiled, oneModel, oneRoute, openAi, routeOf, targetOf } from "./compiled.ts";

const header = (name: string, value: string) => ({ set: { [name]: value } });
const key = (value: string) => ({ backendAuth: { key: value } });

function credentialOf(config: object, model?: string): string | undefined {
  const { snapshot, problems } = compiled(config);
  assert.deepEqual(problems, []);
  const headers = {};
  targetOf(snapshot, model ?? "m").credential?.apply(headers);
  return new Headers(headers).get("authorization") ?? undefined;
}

const PORTS: readonly [string, object, Record<number, string | undefined>][] = [
  ["llm alone", oneModel({}), { 4000: "internal/llm:request" }],
  ["llm on its port", oneModel({}, { port: 5 }), { 5: "internal/llm:request", 4000: undefined }],
  ["llm on the default gateway", { ...oneModel({}), gateways: { default: { port: 7 } } }, {
    7: "internal/llm:request",
    4000: undefined,
  }],
  ["llm on its port beside a default gateway", {
    ...oneModel({}, { port: 5 }),
    gateways: { default: { port: 7 } },
  }, { 5: "internal/llm:request", 7: undefined }],
  ["llm on a named gateway", { ...oneModel({}, { gateways: "g" }), gateways: { g: { port: 7 } } }, {
    7: "internal/llm:request",
  }],
  ["a bind", oneRoute({ host: "h:1" }), { 1: "default/route0" }],
  ["a named route", oneRoute({ host: "h:1" }, { name: "n", namespace: "s" }), { 1: "s/n" }],
  ["routes of gateways", {
    gateways: { default: { port: 7 }, other: { port: 8 } },
    routes: [{ name: "a" }, { name: "b", gateways: ["other"] }],
  }, { 7: "default/a", 8: "default/b" }],
];

for (const [claim, config, expected] of PORTS) {
  Deno.test(`normalise() serves ${claim}`, () => {
    const { snapshot, problems } = compiled(config);
    assert.deepEqual(problems, []);
    for (const [port, name] of Object.entries(expected)) {
      assert.equal(routeOf(snapshot, Number(port))?.name, name, `port ${port}`);
    }
  });
}

Deno.test("normalise() attaches a route to one listener of a gateway", () => {
  const { snapshot } = compiled({
    gateways: { g: { port: 7, listeners: [{ hostname: "a.test" }, { name: "b" }] } },
    routes: [{ name: "only-b", gateways: "g/b" }, { name: "both", gateways: "g" }],
  });
  assert.deepEqual(
    [routeOf(snapshot, 7, "http://a.test/")?.name, routeOf(snapshot, 7, "http://x/")?.name],
    ["default/both", "default/only-b"],
  );
  assert.equal(routeOf(snapshot, 7, "http://a.test/")?.listener, "listener0");
  assert.equal(snapshot?.ports.get(7)?.gateway, "default/g");
});

const PROBLEMS: readonly [string, object, readonly RegExp[]][] = [
  ["ports that are taken twice", {
    ...oneModel({}, { port: 7 }),
    gateways: { g: { port: 7 } },
    binds: [{ port: 7, listeners: [{ routes: [] }] }],
  }, [/^gateways\.g\.port: port 7 .* binds/, /^llm\.port: port 7 .* binds/]],
  [
    "a missing provider",
    oneModel({ provider: { reference: "opnai" } }, {
      providers: [{ name: "openai", provider: "openAI" }],
    }),
    [/^llm\.models\[0\]\.provider\.reference: no provider named "opnai" \(did you mean openai\?\)/],
  ],
  [
    "a missing backend",
    oneRoute({ backend: "bakend" }, {}, {
      backends: [{ name: "backend", host: "h:1" }],
    }),
    [/backends\[0\]\.backend: no backend named "bakend" \(did you mean backend\?\)/],
  ],
  ["a missing gateway", { gateways: { g: { port: 1 } }, routes: [{ gateways: "x" }] }, [
    /^routes\[0\]\.gateways: unknown gateway reference "x"/,
  ]],
  ["a route that nobody serves", { gateways: { g: { port: 1 } }, routes: [{}] }, [
    /^routes\[0\]: names no gateway/,
  ]],
  ["a route of no gateway at all", {
    gateways: { default: { port: 1 } },
    routes: [{ gateways: [] }],
  }, [/^routes\[0\]\.gateways/]],
  ["models of no gateway at all", { ...oneModel({}, { gateways: [] }) }, [/^llm\.gateways/]],
  ["twins", {
    llm: {
      models: [{ name: "a", id: "i", provider: "openAI" }, {
        name: "b",
        id: "i",
        provider: "openAI",
      }],
      providers: [{ name: "p", provider: "openAI" }, { name: "p", provider: "openAI" }],
    },
  }, [/^llm\.providers\[1\]\.name: "p" is already/, /^llm\.models\[1\]\.id: "i" is already/]],
];

for (const [claim, config, expected] of PROBLEMS) {
  Deno.test(`normalise() finds ${claim}`, () => {
    let problems: readonly string[];
    try {
      ({ problems } = compiled(config));
    } catch (cause) {
      // What the schema refuses already need not be found again.
      assert.ok(cause instanceof Error && /^[\w.[\]]+: /.test(cause.message), String(cause));
      problems = cause.message.split("\n");
    }
    assert.equal(problems.length, expected.length, problems.join("\n"));
    for (const [at, pattern] of expected.entries()) assert.match(problems[at] ?? "", pattern);
  });
}

const ADDRESSES: readonly [string, object, string | undefined, string | undefined, boolean][] = [
  ["openAI itself", {}, "https://api.openai.com", undefined, false],
  ["a base URL", { params: { baseUrl: "https://x.test/v2/" } }, "https://x.test:443", "/v2", true],
  [
    "a base URL without a path",
    { params: { baseUrl: "http://x.test" } },
    "http://x.test:80",
    undefined,
    true,
  ],
  [
    "a base URL with a port",
    { params: { baseUrl: "http://x.test:9/v1" } },
    "http://x.test:9",
    "/v1",
    true,
  ],
  ["a host override", { params: { hostOverride: "x.test:9" } }, "http://x.test:9", undefined, true],
  [
    "a host override with TLS",
    { params: { hostOverride: "x.test:9" }, tls: {} },
    "https://x.test:9",
    undefined,
    true,
  ],
  [
    "a prefix over a base URL's",
    { params: { baseUrl: "http://x.test/v1", pathPrefix: "/p" } },
    "http://x.test:80",
    "/p",
    true,
  ],
  ["a preset", { provider: "groq" }, "https://api.groq.com:443", "/openai/v1", true],
  [
    "a preset elsewhere",
    { provider: "ollama", params: { baseUrl: "http://gpu:1/v1" } },
    "http://gpu:1",
    "/v1",
    true,
  ],
];

for (const [claim, model, origin, prefix, hostOverridden] of ADDRESSES) {
  Deno.test(`normalise() sends ${claim} to ${origin}${prefix ?? ""}`, () => {
    const { snapshot, problems } = compiled(oneModel(model));
    assert.deepEqual(problems, []);
    const target = targetOf(snapshot, "m");
    assert.equal(target.origin, origin);
    assert.deepEqual([target.paths.prefix, target.paths.hostOverridden], [prefix, hostOverridden]);
  });
}

Deno.test("normalise() keeps a preset's address where only a path is overridden", () => {
  const model = { provider: "groq", params: { pathOverride: "/x" } };
  const { snapshot, problems } = compiled(oneModel(model));
  assert.deepEqual(problems, []);
  const { origin, paths } = targetOf(snapshot, "m");
  assert.deepEqual([origin, paths.whole], ["https://api.groq.com:443", "/x"]);
});

Deno.test("normalise() lays a model's settings over its provider's", () => {
  const { snapshot } = compiled({
    llm: {
      providers: [{
        name: "p",
        provider: "openAI",
        params: { apiKey: "k", baseUrl: "http://x.test/v1", model: "shared" },
        defaults: {
          defaults: { a: 1, b: 1 },
          overrides: { c: 1 },
          requestHeaders: header("x-a", "shared"),
        },
      }],
      models: [
        { name: "m", provider: { reference: "p" } },
        {
          name: "n",
          provider: { reference: "p" },
          params: { model: "own" },
          defaults: { b: 2 },
          requestHeaders: header("x-b", "own"),
        },
      ],
    },
  });
  const [shared, own] = [targetOf(snapshot, "m"), targetOf(snapshot, "n")];
  assert.deepEqual([shared.model, own.model], ["shared", "own"]);
  const added = (target: Target) =>
    target.body?.edit({}, { model: undefined, variables: () => ({}) }).set;
  assert.deepEqual([added(shared), added(own)], [{ c: 1, a: 1, b: 1 }, { c: 1, a: 1, b: 2 }]);
  assert.deepEqual([shared.origin, own.origin], ["http://x.test:80", "http://x.test:80"]);
  assert.deepEqual([edited(shared), edited(own)], [{ "x-a": "shared" }, { "x-b": "own" }]);
});

function edited(target: ReturnType<typeof targetOf>): Record<string, string> {
  const headers = new Headers();
  target.editRequestHeaders?.(headers);
  return Object.fromEntries(headers);
}

const shared = (provider: object, model: object = {}) =>
  oneModel({ provider: { reference: "p" }, ...model }, {
    providers: [{ name: "p", provider: "openAI", ...provider }],
  });

const CREDENTIALS: readonly [string, object, string | undefined][] = [
  ["none", oneModel({}), undefined],
  ["an API key", oneModel({ params: { apiKey: "k" } }), "Bearer k"],
  ["auth over an API key", oneModel({ params: { apiKey: "k" }, auth: { key: "a" } }), "Bearer a"],
  [
    "passthrough over an API key",
    oneModel({
      params: { apiKey: "k" },
      auth: { passthrough: {} },
    }),
    undefined,
  ],
  ["a provider's API key", shared({ params: { apiKey: "k" } }), "Bearer k"],
  [
    "a provider's passthrough over its API key",
    shared({ params: { apiKey: "k" }, defaults: { auth: { passthrough: {} } } }),
    undefined,
  ],
  [
    "a model's auth over its provider's passthrough",
    shared({ defaults: { auth: { passthrough: {} } } }, { auth: { key: "a" } }),
    "Bearer a",
  ],
  ["the route's", oneRoute(openAi(), { policies: key("r") }), "Bearer r"],
  [
    "the backend's over the route's",
    oneRoute({ ...openAi(), policies: key("b") }, {
      policies: key("r"),
    }),
    "Bearer b",
  ],
  [
    "the provider's over the backend's",
    oneRoute({
      ...openAi({ policies: key("p") }),
      policies: key("b"),
    }),
    "Bearer p",
  ],
  [
    "passthrough over the route's",
    oneRoute({
      ...openAi(),
      policies: { backendAuth: { passthrough: {} } },
    }, { policies: key("r") }),
    undefined,
  ],
];

for (const [claim, config, expected] of CREDENTIALS) {
  Deno.test(`normalise() takes the credential: ${claim}`, () => {
    assert.equal(credentialOf(config), expected);
  });
}

Deno.test("normalise() takes fields of the ai policy from the most specific layer as a whole", () => {
  const ai = (policy: object) => ({ policies: { ai: policy } });
  const { normalised } = compiled(
    oneRoute(
      { ...openAi(ai({ defaults: { p: 1 } })), ...ai({ overrides: { b: 1 } }) },
      ai({ routes: { "*": "passthrough" }, defaults: { r: 1 }, overrides: { r: 1 } }),
    ),
  );
  const backend = normalised.ports[0]?.listeners[0]?.routes[0]?.backends[0]?.backend;
  assert.ok(backend?.type === "ai");
  const merged = mergeAi(backend.groups[0]?.[0]?.ai.map(({ settings }) => settings) ?? []);
  assert.deepEqual(merged, { routes: backend.routes, defaults: { p: 1 }, overrides: { b: 1 } });
});

Deno.test("normalise() finds a named backend, with or without its slash, and its policies", () => {
  const backends = [{ name: "b", ...openAi(), policies: key("named") }];
  for (const backend of ["b", "/b"]) {
    const config = oneRoute({ backend, policies: key("own") }, {}, { backends });
    assert.equal(credentialOf(config), "Bearer named");
  }
});
