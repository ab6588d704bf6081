import { modelsRoute } from "./normalise_llm.ts";
import { routeConfig } from "./normalise_routes.ts";
import type { ListenerConfig, PortConfig, ProblemPath, RouteConfig } from "./normalised.ts";
import type { Problems } from "./problems.ts";
import type { Config } from "./schema/index.ts";

/** The gateway that takes everything which names none. */
const DEFAULT = "default";

interface Attached {
  readonly references: readonly string[];
  readonly at: ProblemPath;
  readonly route: RouteConfig;
}

/** The named gateways with what is attached to them. */
export function gatewaysOf(config: Config, problems: Problems): PortConfig[] {
  const attached = [...attachedRoutes(config, problems), ...attachedLlm(config, problems)];
  const gateways = Object.entries(config.gateways).map(([name, gateway]) => ({
    at: ["gateways", name, "port"],
    name,
    port: gateway.port,
    listeners: listenersOf(gateway, ["gateways", name]),
  }));
  for (const { references, at, route } of attached) {
    for (const reference of references) {
      const [gatewayName = "", listenerName] = reference.split("/");
      const listeners = gateways.find(({ name }) => name === gatewayName)?.listeners
        .filter(({ name }) => listenerName === undefined || name === listenerName) ?? [];
      if (listeners.length === 0) problems.add(at, unknown(reference, gateways));
      for (const listener of listeners) listener.routes.push(route);
    }
  }
  return gateways.map(({ name, ...port }) => ({ ...port, gateway: `default/${name}` }));
}

/** Without listeners of its own a gateway is one. */
function listenersOf(gateway: Config["gateways"][string], at: ProblemPath) {
  if (gateway.listeners === undefined) {
    return [{
      name: "listener0",
      tls: { at, protocol: gateway.protocol, tls: gateway.tls },
      policies: [{ settings: gateway, at }],
      routes: new Array<RouteConfig>(),
    }];
  }
  return gateway.listeners.map((listener, index) => ({
    name: listener.name ?? `listener${index}`,
    hostname: listener.hostname,
    tls: { at: [...at, "listeners", index], protocol: listener.protocol, tls: listener.tls },
    policies: [{ settings: listener, at: [...at, "listeners", index] }],
    routes: new Array<RouteConfig>(),
  }));
}

function attachedRoutes(config: Config, problems: Problems): Attached[] {
  return config.routes.map((route, index) => {
    const at = ["routes", index];
    const named = listOf(route.gateways);
    if (named === undefined && !Object.hasOwn(config.gateways, DEFAULT)) {
      problems.add(at, "names no gateway, and there is none called default");
    }
    return {
      references: named ?? (Object.hasOwn(config.gateways, DEFAULT) ? [DEFAULT] : []),
      at: named === undefined ? at : [...at, "gateways"],
      route: routeConfig(config, route, index, at, problems),
    };
  });
}

function attachedLlm({ llm, gateways }: Config, problems: Problems): Attached[] {
  if (llm === undefined) return [];
  const named = listOf(llm.gateways);
  const isImplicit = named === undefined && llm.port === undefined && llm.tls === undefined &&
    Object.hasOwn(gateways, DEFAULT);
  const references = named ?? (isImplicit ? [DEFAULT] : []);
  if (references.length === 0) return [];
  return [{ references, at: ["llm", "gateways"], route: modelsRoute(llm, problems) }];
}

function unknown(
  reference: string,
  gateways: readonly { readonly name: string; readonly listeners: readonly ListenerConfig[] }[],
): string {
  const known = gateways.flatMap(({ name, listeners }) => [
    name,
    ...listeners.map((listener) => `${name}/${listener.name}`),
  ]);
  return `unknown gateway reference ${JSON.stringify(reference)}; known: ${known.join(", ")}`;
}

function listOf(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === "string" ? [value] : value;
}
