import { parseDurationMs } from "../lib/duration.ts";
import { attachedTo } from "./attached_policies.ts";
import { authParts } from "./normalise_auth.ts";
import { providerOf } from "./normalise_target.ts";
import type {
  BackendConfig,
  ListenerConfig,
  ProblemPath,
  RouteConfig,
  ServerUpstream,
  TargetConfig,
  WeightedConfig,
  Written,
} from "./normalised.ts";
import type { Problems } from "./problems.ts";
import type { Config } from "./schema/index.ts";

type Bind = Config["binds"][number];
type Route = Bind["listeners"][number]["routes"][number];
type RouteBackend = Route["backends"][number];
type RoutePolicies = NonNullable<Route["policies"]>;
type BackendPolicies = NonNullable<RouteBackend["policies"]>;
type AiProvider = Exclude<NonNullable<RouteBackend["ai"]>, { readonly groups: unknown }>;

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
    tls: {
      at: [...at, "listeners", index],
      protocol: listener.protocol,
      tls: listener.tls,
    },
    policies: listener.policies === undefined
      ? []
      : [{ settings: listener.policies, at: [...at, "listeners", index, "policies"] }],
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
    policies: [{ settings: policies, at: [...at, "policies"] }],
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

/** The named backends that are plain servers. */
export function serversOf(config: Config): ReadonlyMap<string, ServerUpstream> {
  return new Map(config.backends.flatMap(({ name, host, policies }, index) => {
    if (host === undefined) return [];
    const layers: Layers = {
      route: { settings: {}, at: [] },
      backend: [
        ...written(policies, ["backends", index, "policies"]),
        ...attachedTo(config, name),
      ],
    };
    return [[name, { host, upstream: { name, ...upstreamOf(layers) } }] as const];
  }));
}

/** What a backend is: written in place, or a named one. */
interface Found {
  readonly host?: string | undefined;
  readonly ai?: RouteBackend["ai"];
  readonly policies?: BackendPolicies | undefined;
  /** Policies that are attached to a named one. */
  readonly attached: readonly Written<BackendPolicies>[];
  readonly at: ProblemPath;
}

function lookUp(
  config: Config,
  { backend, host, ai }: RouteBackend,
  at: ProblemPath,
  problems: Problems,
): Found | undefined {
  if (backend === undefined) return { host, ai, attached: [], at };
  const { backends } = config;
  const name = backend.replace(/^\//, "");
  const index = backends.findIndex((named) => named.name === name);
  const named = backends[index];
  if (named !== undefined) {
    return { ...named, attached: attachedTo(config, name), at: ["backends", index] };
  }
  problems.addDangling([...at, "backend"], "backend", name, backends.map((it) => it.name));
  return undefined;
}

/** Policies from the least to the most specific: route, route backend, named backend, provider. */
function backendConfig(
  { host, ai, policies: named, attached, at: foundAt }: Found,
  { policies: own }: RouteBackend,
  route: RoutePolicies,
  routeAt: ProblemPath,
  at: ProblemPath,
): BackendConfig {
  const layers: Layers = {
    route: { settings: route, at: [...routeAt, "policies"] },
    backend: [
      ...written(own, [...at, "policies"]),
      ...written(named, [...foundAt, "policies"]),
      ...attached,
    ],
  };
  if (ai === undefined) {
    const name = host ?? "";
    return { type: "host", host: name, upstream: { name, ...upstreamOf(layers) } };
  }
  const aiAt = [...foundAt, "ai"];
  const affinity = lastWritten(layers.backend, "sessionAffinity");
  const routes = lastOf(aiLayers(layers), ({ settings }) => settings.routes) ?? {};
  if (!("groups" in ai)) {
    return { type: "ai", routes, affinity, groups: [[targetOf(ai, layers, aiAt)]] };
  }
  const groups = ai.groups.map(({ providers }, group) =>
    providers.map((provider, index) =>
      targetOf(provider, layers, [...aiAt, "groups", group, "providers", index])
    )
  );
  return { type: "ai", routes, affinity, groups };
}

function targetOf(provider: AiProvider, outer: Layers, at: ProblemPath): TargetConfig {
  const layers: Layers = {
    ...outer,
    backend: [...outer.backend, ...written(provider.policies, [...at, "policies"])],
  };
  const ai = aiLayers(layers);
  const guards = lastOf(
    ai,
    ({ settings, at: layerAt }) =>
      settings.promptGuard === undefined
        ? undefined
        : { settings: settings.promptGuard, at: [...layerAt, "promptGuard"] },
  );
  return {
    name: provider.name,
    form: "long",
    strict: provider.strict ?? false,
    ...upstreamOf(layers),
    provider: providerOf(provider.provider).provider,
    ai,
    guards: present(guards),
    health: lastWritten(layers.backend, "health"),
    tokenize: provider.tokenize ?? false,
    hostOverride: provider.hostOverride,
    pathOverride: provider.pathOverride,
    pathPrefix: provider.pathPrefix,
  };
}

/** What the reference does, and few expect. */
function warnOfKeptPath({ ai, at }: Found, problems: Problems): void {
  if (ai === undefined) return;
  const providers = "groups" in ai
    ? ai.groups.flatMap((group, groupIndex) =>
      group.providers.map((provider, index) => ({
        provider,
        place: ["groups", groupIndex, "providers", index],
      }))
    )
    : [{ provider: ai, place: [] }];
  for (const { provider, place } of providers) {
    const { hostOverride, pathPrefix, pathOverride } = provider;
    if (hostOverride === undefined || pathPrefix !== undefined) continue;
    if (pathOverride !== undefined) continue;
    if (providerOf(provider.provider).provider.kind === "custom") continue;
    problems.warn(
      [...at, "ai", ...place, "hostOverride"],
      "without a pathPrefix the client's own path is kept; set one for the provider's paths",
    );
  }
}

interface Layers {
  readonly route: Written<RoutePolicies>;
  /** From the least to the most specific. */
  readonly backend: readonly Written<BackendPolicies>[];
}

function upstreamOf({ route, backend }: Layers) {
  // The most specific one counts even where it says that no credential is added.
  const authorised = backend.findLast(({ settings }) => settings.backendAuth !== undefined) ??
    route;
  const { backendAuth } = authorised.settings;
  const tls = [route, ...backend].some(({ settings }) => settings.backendTLS !== undefined);
  return {
    ...authParts(backendAuth, [...authorised.at, "backendAuth"]),
    tls,
    connection: {
      tls: lastWritten(backend, "backendTLS") ?? writtenIn(route, "backendTLS"),
      tunnel: lastWritten(backend, "backendTunnel") ?? writtenIn(route, "backendTunnel"),
      tcp: lastWritten(backend, "tcp"),
    },
    headMsMax: parseDurationMs(lastWritten(backend, "http")?.settings.requestTimeout ?? ""),
    requestHeaders: present(lastOf(backend, ({ settings }) => settings.requestHeaderModifier)),
    responseHeaders: present(lastOf(backend, ({ settings }) => settings.responseHeaderModifier)),
    policies: backend,
  };
}

function writtenIn<Key extends "backendTLS" | "backendTunnel">(
  { settings, at }: Written<RoutePolicies>,
  key: Key,
): Written<NonNullable<RoutePolicies[Key]>> | undefined {
  const found = settings[key];
  return found === undefined || found === null ? undefined : { settings: found, at: [...at, key] };
}

/** Field by field, the more specific layer wins as a whole. */
function aiLayers({ route, backend }: Layers) {
  return [route, ...backend].flatMap(({ settings: { ai }, at }) =>
    ai === undefined ? [] : [{ settings: ai, at: [...at, "ai"], names: "policy" as const }]
  );
}

/** The most specific policy of a kind, and where it is written. */
function lastWritten<Key extends keyof BackendPolicies>(
  layers: readonly Written<BackendPolicies>[],
  key: Key,
): Written<NonNullable<BackendPolicies[Key]>> | undefined {
  return lastOf(layers, ({ settings, at }) => {
    const found = settings[key];
    return found === undefined || found === null
      ? undefined
      : { settings: found, at: [...at, key] };
  });
}

function lastOf<Item, Value>(
  items: readonly Item[],
  pick: (item: Item) => Value | undefined,
): Value | undefined {
  return items.map(pick).findLast((value) => value !== undefined);
}

function written<Settings>(
  settings: Settings | undefined,
  at: ProblemPath,
): Written<Settings>[] {
  return settings === undefined ? [] : [{ settings, at }];
}

function present<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}
