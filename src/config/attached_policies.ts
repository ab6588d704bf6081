import * as v from "valibot";
import { didYouMean } from "../lib/did_you_mean.ts";
import type { HeaderEdits } from "../policies/header_edits.ts";
import type { ListenerConfig, PortConfig, RouteConfig, Written } from "./normalised.ts";
import type { Problems } from "./problems.ts";
import type { Config } from "./schema/index.ts";
import { BackendPolicies, type BackendPoliciesConfig } from "./schema/policies.ts";

type Attached = Config["policies"][number];

const UPSTREAM_KEYS = ["ai", "backendAuth", "backendTLS", "backendTunnel"] as const;

const NO_UPSTREAM = "not supported yet where it is attached to a gateway or a route: write it in " +
  "the route, or attach it to a backend";

/** The policies that are attached to a named backend. */
export function attachedTo(
  { policies }: Config,
  name: string,
): Written<BackendPoliciesConfig>[] {
  return policies.flatMap(({ target, policy }, index) => {
    const settings = backendOf(target) === name ? ofBackend(policy) : undefined;
    return settings === undefined ? [] : [{ settings, at: ["policies", index, "policy"] }];
  });
}

/** The named backend that a policy is attached to: all of them are in one namespace. */
function backendOf({ backend }: Attached["target"]): string | undefined {
  if (backend === undefined) return undefined;
  const { name, namespace = "default" } = backend.backend;
  return namespace === "default" ? name : `${namespace}/${name}`;
}

/** The policies of a route as those of a backend; undefined where a backend has no such ones. */
function ofBackend(policy: Attached["policy"]): BackendPoliciesConfig | undefined {
  const { success, output } = v.safeParse(BackendPolicies, policy);
  return success ? output : undefined;
}

/** The ports with the policies that are attached to their gateways and routes. */
export function withAttached(
  { policies, backends }: Config,
  ports: readonly PortConfig[],
  problems: Problems,
): readonly PortConfig[] {
  const used = new Set<Attached>();
  const attached = ports.map((port) => ({
    ...port,
    listeners: port.listeners.map((listener) => withPolicies(port, listener, policies, used)),
  }));
  const names = backends.map(({ name }) => name);
  for (const [index, one] of policies.entries()) {
    const at = ["policies", index, "target"];
    const named = backendOf(one.target);
    if (named === undefined) {
      for (const key of UPSTREAM_KEYS.filter((key) => one.policy[key] !== undefined)) {
        problems.add(["policies", index, "policy", key], NO_UPSTREAM);
      }
      if (!used.has(one)) problems.add(at, `leads to nothing: ${wanted(one)}`);
    } else if (!names.includes(named)) {
      problems.add(at, `no backend named ${JSON.stringify(named)}${didYouMean(named, names)}`);
    } else if (ofBackend(one.policy) === undefined) {
      const known = Object.keys(BackendPolicies.entries).join(", ");
      problems.add(["policies", index, "policy"], `a backend takes only ${known}`);
    }
  }
  return attached;
}

function withPolicies(
  port: PortConfig,
  listener: ListenerConfig,
  policies: readonly Attached[],
  used: Set<Attached>,
): ListenerConfig {
  const fits = policies.map((one, index) => ({ one, at: ["policies", index, "policy"] }))
    .filter(({ one }) => isFor(one, port, listener));
  for (const { one } of fits) used.add(one);
  const early = fits.filter(({ one }) => one.phase === "gateway");
  const late = fits.filter(({ one }) => one.phase === "route");
  return {
    ...listener,
    policies: [...listener.policies, ...early.map(({ one, at }) => ({ settings: one.policy, at }))],
    routes: listener.routes.map((route) => {
      const own = policies.map((one, index) => ({ one, at: ["policies", index, "policy"] }))
        .filter(({ one }) => isForRoute(one, route));
      for (const { one } of own) used.add(one);
      const all = [...late, ...own].map(({ one, at }) => ({ settings: one.policy, at }));
      const { requestHeaders, responseHeaders } = route;
      return {
        ...route,
        policies: [...all, ...route.policies],
        requestHeaders: requestHeaders.length > 0 ? requestHeaders : headersIn(all, "request"),
        responseHeaders: responseHeaders.length > 0 ? responseHeaders : headersIn(all, "response"),
      };
    }),
  };
}

/** The header edits of the most specific policy that has some. */
function headersIn(
  attached: readonly Written<Attached["policy"]>[],
  side: "request" | "response",
): readonly HeaderEdits[] {
  return attached.flatMap(({ settings }) => settings[`${side}HeaderModifier`] ?? []).slice(-1);
}

function isFor({ target: { gateway } }: Attached, port: PortConfig, listener: ListenerConfig) {
  if (gateway === undefined) return false;
  const { gatewayName, gatewayNamespace = "default", listenerName } = gateway;
  return port.gateway === `${gatewayNamespace}/${gatewayName}` &&
    (gateway.port === undefined || gateway.port === port.port) &&
    (listenerName === undefined || listenerName === listener.name);
}

function isForRoute({ target: { route } }: Attached, { name, rule }: RouteConfig): boolean {
  return route !== undefined && name === `${route.namespace ?? "default"}/${route.name}` &&
    (route.ruleName === undefined || route.ruleName === rule);
}

function wanted({ target: { gateway, route } }: Attached): string {
  if (route !== undefined) return `there is no route ${JSON.stringify(route.name)}`;
  const { gatewayName = "", listenerName } = gateway ?? {};
  const name = listenerName === undefined ? gatewayName : `${gatewayName}/${listenerName}`;
  return `there is no gateway ${JSON.stringify(name)}`;
}
