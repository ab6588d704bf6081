/** Policies do what they do wherever the schema takes them, and where they are not they do not. */
import assert from "node:assert/strict";
import { RoutePolicies } from "../../../src/config/schema/policies.ts";
import {
  check,
  gatewayPolicies,
  limitPolicies,
  namesOf,
  type Place,
  type Policy,
  routePolicies,
  upstreamPolicies,
} from "./policies.ts";
import { type Servers } from "./tried.ts";

type Table = (servers: Servers) => Readonly<Record<string, Policy>>;

const route = ({ upstream }: Servers, policies: object = {}, more: object = {}) => ({
  name: "r",
  policies: { ai: { routes: { "/v1/chat/completions": "completions" } }, ...policies },
  backends: [{ ai: { name: "p", provider: { openAI: {} }, hostOverride: upstream } }],
  ...more,
});

/** A route whose upstream is a plain server. */
const plainRoute = ({ upstream }: Servers, policies: object = {}) => ({
  name: "r",
  policies,
  backends: [{ host: upstream }],
});

const model = ({ upstream }: Servers) => ({
  name: "m",
  provider: "openAI",
  params: { baseUrl: `http://${upstream}/v1` },
});

const attached = (target: object, policy: object, phase: string) => ({
  gateways: { default: { port: 1, listeners: [{ name: "l" }] } },
  policies: [{ name: { name: "a" }, target, policy, phase }],
});

/** Where policies run before a route is found. */
const BEFORE_ROUTES: Readonly<Record<string, Place>> = {
  "a gateway": (policies, servers) => ({
    gateways: { default: { port: 1, ...policies } },
    routes: [route(servers)],
  }),
  "a listener of a gateway": (policies, servers) => ({
    gateways: { default: { port: 1, listeners: [{ ...policies }] } },
    routes: [route(servers)],
  }),
  "a listener of a bind": (policies, servers) => ({
    binds: [{ port: 1, listeners: [{ policies, routes: [route(servers)] }] }],
  }),
  "a policy that is attached to a gateway, before routes": (policy, servers) => ({
    ...attached({ gateway: { gatewayName: "default" } }, policy, "gateway"),
    routes: [route(servers)],
  }),
};

const IN_MODELS: Readonly<Record<string, Place>> = {
  "llm": (policies, servers) => ({ llm: { policies, models: [model(servers)] } }),
};

/** Where a policy that is attached to something is the route's. */
const ATTACHED: Readonly<Record<string, Place>> = {
  "a policy that is attached to a route": (policy, servers) => ({
    ...attached({ route: { name: "r", namespace: "default" } }, policy, "route"),
    routes: [route(servers)],
  }),
  "a policy that is attached to a listener": (policy, servers) => ({
    ...attached({ gateway: { gatewayName: "default", listenerName: "l" } }, policy, "route"),
    routes: [route(servers)],
  }),
};

const IN_ROUTES: Readonly<Record<string, Place>> = {
  "a route": (policies, servers) => ({
    gateways: { default: { port: 1 } },
    routes: [route(servers, policies)],
  }),
};

const IN_PLAIN_ROUTES: Readonly<Record<string, Place>> = {
  "a route to a plain server": (policies, servers) => ({
    gateways: { default: { port: 1 } },
    routes: [plainRoute(servers, policies)],
  }),
  "a policy that is attached to a route to a plain server": (policy, servers) => ({
    ...attached({ route: { name: "r", namespace: "default" } }, policy, "route"),
    routes: [plainRoute(servers)],
  }),
};

test(gatewayPolicies, { ...BEFORE_ROUTES, ...IN_MODELS, ...ATTACHED, ...IN_ROUTES });
test(limitPolicies, { ...IN_MODELS, ...ATTACHED, ...IN_ROUTES });
test(upstreamPolicies, IN_ROUTES);
test(routePolicies, IN_PLAIN_ROUTES);

function test(table: Table, places: Readonly<Record<string, Place>>): void {
  for (const [place, configOf] of Object.entries(places)) {
    for (const name of namesOf(table)) {
      testOf(`${name} has its effect in ${place}`, () => check(table, name, configOf));
    }
  }
}

/** Connections to services outlive the configuration that asks them, so the test may leave them. */
function testOf(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });
}

Deno.test("there is a case for every policy of a route", () => {
  const tables = [gatewayPolicies, limitPolicies, upstreamPolicies, routePolicies];
  const names = tables.flatMap((table) => namesOf(table));
  assert.deepEqual(names.sort(), Object.keys(RoutePolicies.entries).sort());
});

const NO_UPSTREAM = ["ai", "backendAuth", "backendTLS", "backendTunnel"];

for (const name of namesOf(upstreamPolicies)) {
  const isRefused = NO_UPSTREAM.includes(name);
  for (const [place, configOf] of Object.entries(ATTACHED)) {
    testOf(`${name} ${isRefused ? "is refused" : "has its effect"} in ${place}`, async () => {
      const checked = check(upstreamPolicies, name, configOf);
      if (!isRefused) return await checked;
      await assert.rejects(
        checked,
        (error) => String(error).includes(`policy.${name}: not supported yet`),
      );
    });
  }
}
