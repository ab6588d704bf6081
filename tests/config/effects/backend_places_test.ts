/** Policies of backends do what they do wherever a backend or a provider of models can be. */
import assert from "node:assert/strict";
import { BackendPolicies } from "../../../src/config/schema/policies.ts";
import { digBlackHole } from "../../support/black_hole.ts";
import { inProcess } from "../../support/in_process.ts";
import { backendPolicies, check, namesOf, type Place, upstreamPolicies } from "./policies.ts";
import { type Servers, tried } from "./tried.ts";

const routed = (backend: object, more: object = {}) => ({
  gateways: { default: { port: 1 } },
  routes: [{
    policies: { ai: { routes: { "/v1/chat/completions": "completions" } } },
    backends: [backend],
  }],
  ...more,
});

const provider = (servers: Servers, more: object = {}) => ({
  name: "p",
  provider: { openAI: {} },
  hostOverride: servers.upstream,
  ...more,
});

const PLAIN_PLACES: Readonly<Record<string, Place>> = {
  "a plain server of a route": (policies, { upstream }) => routed({ host: upstream, policies }),
  "a plain server with a name": (policies, { upstream }) =>
    routed({ backend: "b" }, { backends: [{ name: "b", host: upstream, policies }] }),
};

const MODEL_PLACES: Readonly<Record<string, Place>> = {
  "a backend of a route": (policies, servers) => routed({ ai: provider(servers), policies }),
  "a backend with a name": (policies, servers) =>
    routed({ backend: "b" }, { backends: [{ name: "b", ai: provider(servers), policies }] }),
  "what leads to a backend with a name": (policies, servers) =>
    routed({ backend: "b", policies }, { backends: [{ name: "b", ai: provider(servers) }] }),
  "a policy that is attached to a backend": (policy, servers) =>
    routed({ backend: "b" }, {
      backends: [{ name: "b", ai: provider(servers) }],
      policies: [{
        name: { name: "a" },
        target: { backend: { backend: { name: "b", namespace: "default" } } },
        policy,
      }],
    }),
  "a provider": (policies, servers) => routed({ ai: provider(servers, { policies }) }),
  "a provider of a group": (policies, servers) =>
    routed({ ai: { groups: [{ providers: [provider(servers, { policies })] }] } }),
};

for (const table of [upstreamPolicies, backendPolicies]) {
  for (const name of namesOf(table)) {
    for (const [place, configOf] of Object.entries(MODEL_PLACES)) {
      // What is attached is a policy of routes, too.
      if (name === "http" && place.includes("attached")) continue;
      Deno.test(`${name} has its effect in ${place}`, () => check(table, name, configOf));
    }
    if (name === "ai") continue;
    for (const [place, configOf] of Object.entries(PLAIN_PLACES)) {
      Deno.test(`${name} has its effect in ${place}`, () => check(table, name, configOf));
    }
  }
}

Deno.test("there is a case for every policy of a backend", () => {
  const names = [...namesOf(upstreamPolicies), ...namesOf(backendPolicies)];
  const here = ["tcp", "health", "sessionAffinity"];
  assert.deepEqual([...names, ...here].sort(), Object.keys(BackendPolicies.entries).sort());
});

const REFUSED = ["ai", "health", "sessionAffinity"];

for (const key of REFUSED) {
  for (const [place, configOf] of Object.entries(PLAIN_PLACES)) {
    Deno.test(`${key} is refused in ${place}`, async () => {
      const settings = { ai: {}, health: {}, sessionAffinity: { source: "'one'" } };
      const policies = Object.fromEntries(
        Object.entries(settings).filter(([name]) => name === key),
      );
      await assert.rejects(
        tried((servers) => configOf(policies, servers)),
        (error) => String(error).includes(`policies.${key}: has no effect on a plain server`),
      );
    });
  }
}

Deno.test("tcp.connectTimeout ends the wait for a connection", async () => {
  using hole = await digBlackHole();
  const policies = { tcp: { connectTimeout: "60ms" } };
  using gateway = inProcess(JSON.stringify(
    routed({ host: `127.0.0.1:${hole.port}`, policies }),
  ));
  const startedMs = performance.now();
  const { status } = await gateway.ask(new Request("http://gateway.test/"));
  assert.ok(status >= 500);
  assert.ok(performance.now() - startedMs < 2_000);
});

/** Two groups: what fails in the first goes to the second. */
const inTurn = (servers: Servers, policies: object) =>
  routed({
    ai: {
      groups: [
        { providers: [provider(servers, { name: "first", pathPrefix: "/1" })] },
        { providers: [provider(servers, { name: "second", pathPrefix: "/2" })] },
      ],
    },
    policies,
  });

/** One group of two. */
const together = (servers: Servers, policies: object) =>
  routed({
    ai: {
      groups: [{
        providers: [
          provider(servers, { name: "first", pathPrefix: "/1" }),
          provider(servers, { name: "second", pathPrefix: "/2" }),
        ],
      }],
    },
    policies,
  });

Deno.test("health of a backend leaves out a provider that fails by its rule", async () => {
  const asks = [{ headers: { "x-status": "418" } }, {}];
  const groupsAsked = async (policies: object) => {
    const { sent } = await tried((servers) => inTurn(servers, policies), asks);
    return sent.map(({ target }) => target.slice(1, 2)).join("");
  };
  assert.equal(await groupsAsked({}), "11");
  const health = { unhealthyExpression: "response.code == 418", eviction: { duration: "1h" } };
  assert.equal(await groupsAsked({ health }), "12");
});

Deno.test("sessionAffinity of a backend keeps a session at one provider", async () => {
  const asks = Array.from({ length: 24 }, () => ({ headers: { "x-session": "s" } }));
  const providersAsked = async (policies: object) => {
    const { sent } = await tried((servers) => together(servers, policies), asks);
    assert.equal(sent.length, asks.length);
    return new Set(sent.map(({ target }) => target.slice(1, 2))).size;
  };
  assert.equal(await providersAsked({}), 2);
  const sessionAffinity = { source: 'request.headers["x-session"]' };
  assert.equal(await providersAsked({ sessionAffinity }), 1);
});

Deno.test("sessionAffinity is refused where there is one provider", async () => {
  const policies = { sessionAffinity: { source: "'one'" } };
  await assert.rejects(
    tried((servers) => routed({ ai: provider(servers, { policies }) })),
    (error) => String(error).includes("policies.sessionAffinity: has no effect on one provider"),
  );
});
