import type { HeaderEdits } from "../policies/header_edits.ts";
import { authParts } from "./normalise_auth.ts";
import { providerOf } from "./normalise_target.ts";
import type {
  BackendConfig,
  ListenerConfig,
  ProblemPath,
  RouteConfig,
  WeightedConfig,
} from "./normalised.ts";
import type { Problems } from "./problems.ts";
import type { Config } from "./schema/index.ts";

type Bind = Config["binds"][number];
type Route = Bind["listeners"][number]["routes"][number];
type RouteBackend = Route["backends"][number];
type RoutePolicies = NonNullable<Route["policies"]>;
type BackendPolicies = NonNullable<RouteBackend["policies"]>;
type AiProvider = NonNullable<RouteBackend["ai"]>;

/** The listeners of a bind with their routes. */
export function listenersOfBind(
  config: Config,
  bind: Bind,
  at: ProblemPath,
  problems: Problems,
): ListenerConfig[] {
  return bind.listeners.map((listener, index) => ({
    name: listener.name ?? `listener${index}`,
    hostname: listener.hostname,
    routes: listener.routes.map((route, place) =>
      routeConfig(config, route, place, [...at, "listeners", index, "routes", place], problems)
    ),
  }));
}

/** A route with its backends looked up and its policies laid over each other. */
export function routeConfig(
  config: Config,
  route: Route,
  index: number,
  at: ProblemPath,
  problems: Problems,
): RouteConfig {
  const policies: RoutePolicies = route.policies ?? {};
  return {
    name: `${route.namespace ?? "default"}/${route.name ?? `route${index}`}`,
    rule: route.ruleName,
    hostnames: route.hostnames,
    matches: route.matches,
    requestHeaders: present(policies.requestHeaderModifier),
    responseHeaders: present(policies.responseHeaderModifier),
    strict: route.strict ?? false,
    backends: route.backends.flatMap((backend, place) => {
      const where = [...at, "backends", place];
      const found = lookUp(config, backend, where, problems);
      if (found === undefined) return [];
      warnOfKeptPath(found, problems);
      const weighted: WeightedConfig = {
        weight: backend.weight,
        backend: backendConfig(found, backend, policies, at, where),
      };
      return [weighted];
    }),
  };
}

/** What a backend is: written in place, or a named one. */
interface Found {
  readonly host?: string | undefined;
  readonly ai?: AiProvider | undefined;
  readonly policies?: BackendPolicies | undefined;
  readonly at: ProblemPath;
}

function lookUp(
  { backends }: Config,
  { backend, host, ai }: RouteBackend,
  at: ProblemPath,
  problems: Problems,
): Found | undefined {
  if (backend === undefined) return { host, ai, at };
  const name = backend.replace(/^\//, "");
  const index = backends.findIndex((named) => named.name === name);
  const named = backends[index];
  if (named !== undefined) return { ...named, at: ["backends", index] };
  problems.addDangling([...at, "backend"], "backend", name, backends.map((it) => it.name));
  return undefined;
}

/** Policies from the least to the most specific: route, route backend, named backend, provider. */
function backendConfig(
  { host, ai, policies: named, at: foundAt }: Found,
  { policies: own }: RouteBackend,
  route: RoutePolicies,
  routeAt: ProblemPath,
  at: ProblemPath,
): BackendConfig {
  const layers: readonly [BackendPolicies | undefined, ProblemPath][] = [
    [route, [...routeAt, "policies"]],
    [own, [...at, "policies"]],
    [named, [...foundAt, "policies"]],
    [ai?.policies, [...foundAt, "ai", "policies"]],
  ];
  const upstream = upstreamOf(layers);
  if (ai === undefined) {
    const name = host ?? "";
    return { type: "host", host: name, upstream: { name, ...upstream } };
  }
  const { provider } = providerOf(ai.provider);
  const { routes, defaults, overrides } = aiPolicy(layers);
  return {
    type: "ai",
    routes,
    target: {
      name: ai.name,
      form: "long",
      strict: ai.strict ?? false,
      ...upstream,
      provider,
      defaults,
      overrides,
      hostOverride: ai.hostOverride,
      pathOverride: ai.pathOverride,
      pathPrefix: ai.pathPrefix,
    },
  };
}

/** What the reference does, and few expect. */
function warnOfKeptPath({ ai, at }: Found, problems: Problems): void {
  if (ai?.hostOverride === undefined || providerOf(ai.provider).provider.kind === "custom") return;
  if (ai.pathPrefix !== undefined || ai.pathOverride !== undefined) return;
  problems.warn(
    [...at, "ai", "hostOverride"],
    "without a pathPrefix the client's own path is kept; set one for the provider's paths",
  );
}

type Layers = readonly (readonly [BackendPolicies | undefined, ProblemPath])[];

function upstreamOf(layers: Layers) {
  const backendLayers = layers.slice(1);
  // The most specific one counts even where it says that no credential is added.
  const [authorised, authAt] = layers.findLast(([it]) => it?.backendAuth !== undefined) ?? [];
  return {
    ...authParts(authorised?.backendAuth, [...authAt ?? [], "backendAuth"]),
    tls: layers.some(([policies]) => policies?.backendTLS !== undefined),
    requestHeaders: last(backendLayers, (policies) => policies.requestHeaderModifier),
    responseHeaders: last(backendLayers, (policies) => policies.responseHeaderModifier),
  };
}

/** Field by field, the more specific layer wins as a whole. */
function aiPolicy(layers: Layers) {
  const found = layers.map(([policies]) => policies?.ai).filter((ai) => ai !== undefined);
  return {
    routes: found.findLast(({ routes }) => routes !== undefined)?.routes ?? {},
    defaults: found.findLast(({ defaults }) => defaults !== undefined)?.defaults,
    overrides: found.findLast(({ overrides }) => overrides !== undefined)?.overrides,
  };
}

function last(layers: Layers, pick: (policies: BackendPolicies) => HeaderEdits | undefined) {
  return present(
    layers.map(([policies]) => policies === undefined ? undefined : pick(policies))
      .findLast((edits) => edits !== undefined),
  );
}

function present<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}
