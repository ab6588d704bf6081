/** Names, hosts and targets of listeners and routes say what serves a request. */
import assert from "node:assert/strict";
import { authority } from "../../support/certificates.ts";
import { inProcess } from "../../support/in_process.ts";
import { compiled } from "../compiled.ts";

const answer = (status: number) => ({ directResponse: { status, body: "" } });

/** The facts of one request, and its status. */
async function factsOf(config: object, url = "http://gateway.test/") {
  using gateway = inProcess(JSON.stringify(config));
  const response = await gateway.ask(new Request(url));
  await response.text();
  const [facts] = gateway.settled;
  assert.ok(facts);
  return facts;
}

const named = { name: "n", namespace: "team", ruleName: "rule", policies: answer(200) };

/** The places of routes; all of them have the listener `ears`. */
const PLACES = {
  "a bind": {
    binds: [{ port: 1, listeners: [{ name: "ears", routes: [named] }] }],
  },
  "a gateway": {
    gateways: { default: { port: 1, listeners: [{ name: "ears" }] } },
    routes: [named],
  },
};

for (const [place, config] of Object.entries(PLACES)) {
  Deno.test(`a route of ${place} is known by its name, its namespace and its rule`, async () => {
    const { route, routeRule, listener } = await factsOf(config);
    assert.deepEqual([route, routeRule, listener], ["team/n", "rule", "ears"]);
  });
}

const HOSTED = {
  "routes of a bind": {
    binds: [{
      port: 1,
      listeners: [{
        routes: [
          { hostnames: ["a.test"], policies: answer(201) },
          { hostnames: ["*.b.test"], policies: answer(202) },
        ],
      }],
    }],
  },
  "routes of a gateway": {
    gateways: { default: { port: 1 } },
    routes: [
      { hostnames: ["a.test"], policies: answer(201) },
      { hostnames: ["*.b.test"], policies: answer(202) },
    ],
  },
  "listeners of a bind": {
    binds: [{
      port: 1,
      listeners: [
        { hostname: "a.test", routes: [{ policies: answer(201) }] },
        { hostname: "*.b.test", routes: [{ policies: answer(202) }] },
      ],
    }],
  },
  "listeners of a gateway": {
    gateways: {
      default: {
        port: 1,
        listeners: [{ name: "a", hostname: "a.test" }, { name: "b", hostname: "*.b.test" }],
      },
    },
    routes: [
      { gateways: "default/a", policies: answer(201) },
      { gateways: ["default/b"], policies: answer(202) },
    ],
  },
};

for (const [place, config] of Object.entries(HOSTED)) {
  Deno.test(`the hosts of ${place} are those that it serves`, async () => {
    const statuses = [];
    for (const host of ["a.test", "x.b.test", "c.test"]) {
      statuses.push((await factsOf(config, `http://${host}/`)).status);
    }
    assert.deepEqual(statuses, [201, 202, 404]);
  });
}

const attached = (target: object) => ({
  gateways: { default: { port: 1, listeners: [{ name: "l" }] } },
  routes: [named],
  policies: [{ name: { name: "a", namespace: "default" }, target, policy: answer(418) }],
});

/** Each target, and another that is the same but for one part and leads to nothing. */
const TARGETS = [
  [
    { gateway: { gatewayName: "default", gatewayNamespace: "default" } },
    { gateway: { gatewayName: "default", gatewayNamespace: "team" } },
  ],
  [
    { gateway: { gatewayName: "default", port: 1 } },
    { gateway: { gatewayName: "default", port: 2 } },
  ],
  [
    { gateway: { gatewayName: "default", listenerName: "l" } },
    { gateway: { gatewayName: "default", listenerName: "m" } },
  ],
  [
    { route: { name: "n", namespace: "team" } },
    { route: { name: "n" } },
  ],
  [
    { route: { name: "n", namespace: "team", ruleName: "rule" } },
    { route: { name: "n", namespace: "team", ruleName: "other" } },
  ],
];

for (const [target = {}, other = {}] of TARGETS) {
  Deno.test(`a policy is attached to ${JSON.stringify(target)} by every part of it`, async () => {
    const apart = { ...attached(target), routes: [{ ...named, policies: {} }] };
    assert.equal((await factsOf(apart)).status, 418);
    assert.match(
      compiled(attached(other)).problems.join(),
      /policies\[0\]\.target: leads to nothing/,
    );
  });
}

Deno.test("a policy is attached to a backend by its name and namespace", () => {
  const target = (namespace: string) => ({
    gateways: { default: { port: 1 } },
    routes: [{ backends: [{ backend: "b" }] }],
    backends: [{ name: "b", host: "127.0.0.1:1" }],
    policies: [{
      name: { name: "a" },
      target: { backend: { backend: { name: "b", namespace } } },
      policy: { backendAuth: { key: "k" } },
    }],
  });
  assert.deepEqual(compiled(target("default")).problems, []);
  assert.match(compiled(target("team")).problems.join(), /no backend named "team\/b"/);
});

const ca = authority();
const { certPem, keyPem } = ca.issue({ names: ["gateway.test"] });
const FILES = { "/cert": certPem, "/key": keyPem };
const tls = { mode: "static", cert: "/cert", key: "/key" };
const routes = [named];

const listening = (listener: object) => [
  { gateways: { default: { port: 1, ...listener } }, routes },
  { gateways: { default: { port: 1, listeners: [listener] } }, routes },
  { binds: [{ port: 1, listeners: [{ ...listener, routes }] }] },
];

Deno.test("tls makes a port one of HTTPS, wherever it is written", () => {
  const llm = { llm: { port: 1, tls, models: [{ name: "m", provider: "mock" }] } };
  for (const config of [...listening({ protocol: "HTTPS", tls }), llm]) {
    const { problems, snapshot } = compiled(config, FILES);
    assert.deepEqual(problems, []);
    const found = snapshot?.ports.get(1)?.tls?.certificateFor("gateway.test");
    assert.equal(found?.certPem, certPem);
  }
  for (const config of listening({ protocol: "HTTP" })) {
    assert.equal(compiled(config, FILES).snapshot?.ports.get(1)?.tls, undefined);
  }
});

Deno.test("a protocol that does not fit the tls beside it is refused, wherever it is written", () => {
  for (const config of listening({ protocol: "HTTPS" })) {
    assert.match(compiled(config, FILES).problems.join(), /protocol: HTTPS needs tls beside it/);
  }
  for (const config of listening({ protocol: "HTTP", tls })) {
    assert.match(compiled(config, FILES).problems.join(), /tls: needs `protocol: HTTPS` beside it/);
  }
});

Deno.test("the time for a handshake is that of all ports", () => {
  const [config] = listening({ tls });
  const frontendPolicies = { tls: { handshakeTimeout: "3s" } };
  const { snapshot } = compiled({ ...config, frontendPolicies }, FILES);
  assert.equal(snapshot?.ports.get(1)?.tls?.handshakeMsMax, 3_000);
});
