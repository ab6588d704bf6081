import type { ApiName } from "../apis/api.ts";
import { LLM_ROUTES, routeTypeTable } from "../apis/route_types.ts";
import type { Problem } from "../config/diagnostic.ts";
import type {
  BackendConfig,
  ListenerConfig,
  ModelConfig,
  Normalised,
  PortConfig,
  ProviderConfig,
  RouteConfig,
  TargetConfig,
  UpstreamConfig,
} from "../config/normalised.ts";
import { headerEdits } from "../policies/header_edits.ts";
import { providerKinds } from "../providers/index.ts";
import type { Environment, Provider } from "../providers/provider.ts";
import type { Backend, Target, UpstreamPlace } from "../routing/backend.ts";
import { hostTable } from "../routing/hostname.ts";
import { bySpecificity, modelTable } from "../routing/model_table.ts";
import type { RequestHead } from "../lib/request_head.ts";
import { headersMatcher } from "../routing/route_match.ts";
import { routeTable } from "../routing/route_table.ts";
import type { Listener, PortPlan, Route, Snapshot } from "../routing/snapshot.ts";
import { AuthCompiler, type IdentityEnvironment } from "./compile_auth.ts";

/** What compiling takes from its surroundings. */
export interface CompileEnvironment extends Environment, IdentityEnvironment {
  readonly startedAtS: number;
}

/** A snapshot, or why there is none. */
export type Compiled = { readonly snapshot: Snapshot } | { readonly problems: readonly Problem[] };

/** Builds all that serving needs: work done here is not done per request. */
export function compile(config: Normalised, environment: CompileEnvironment): Compiled {
  const compiler = new Compiler(environment, config.bodyBytesMax);
  const ports = new Map(config.ports.map((port) => [port.port, compiler.port(port)]));
  const { problems } = compiler;
  return problems.length > 0 ? { problems } : { snapshot: { ports } };
}

/** Owns the problems that are gathered on the way. */
class Compiler {
  readonly problems: Problem[] = [];
  readonly #auth: AuthCompiler;
  readonly #environment: CompileEnvironment;
  readonly #bodyBytesMax: number;

  constructor(environment: CompileEnvironment, bodyBytesMax: number) {
    this.#auth = new AuthCompiler(environment, this.problems);
    this.#environment = environment;
    this.#bodyBytesMax = bodyBytesMax;
  }

  port({ port, gateway, listeners }: PortConfig): PortPlan {
    return {
      port,
      bind: `bind/${port}`,
      gateway,
      bodyBytesMax: this.#bodyBytesMax,
      listeners: hostTable(listeners.map((listener) => ({
        hostnames: listener.hostname === undefined ? [] : [listener.hostname],
        entry: this.#listener(listener),
      }))),
    };
  }

  #listener({ name, routes }: ListenerConfig): Listener {
    return {
      name,
      findRoute: routeTable(routes.map((route) => ({
        hostnames: route.hostnames,
        matches: route.matches,
        route: this.#route(route),
      }))),
    };
  }

  #route(route: RouteConfig): Route {
    return {
      name: route.name,
      rule: route.rule,
      strict: route.strict,
      editRequestHeaders: headerEdits(...route.requestHeaders),
      editResponseHeaders: headerEdits(...route.responseHeaders),
      backends: route.backends.map(({ weight, backend }) => ({
        weight,
        backend: this.#backend(backend),
      })),
    };
  }

  #backend(backend: BackendConfig): Backend {
    switch (backend.type) {
      case "host": {
        const { host, upstream } = backend;
        const origin = `${upstream.tls ? "https" : "http"}://${host}`;
        return {
          type: "host",
          upstream: {
            ...this.#edits(upstream),
            ...this.#auth.upstream(upstream),
            ...place(origin),
            name: upstream.name,
          },
        };
      }
      case "ai":
        return {
          type: "ai",
          routeTypeOf: routeTypeTable(backend.routes),
          choice: { type: "one", target: this.#target(backend.target) },
        };
      case "models":
        return {
          type: "models",
          routeTypeOf: routeTypeTable(LLM_ROUTES),
          models: this.#models(backend.models),
          createdAtS: this.#environment.startedAtS,
        };
    }
  }

  #models(models: readonly ModelConfig[]) {
    return modelTable(
      bySpecificity(models).map((model) => ({
        name: model.name,
        public: model.public,
        ...(model.matches.length === 0 ? {} : { when: anyOf(model.matches.map(headersMatcher)) }),
        model: { ...this.#target(model.target), detects: model.detects },
      })),
    );
  }

  #target(target: TargetConfig): Target {
    const provider = this.#provider(target.provider);
    const hostOverridden = target.hostOverride !== undefined;
    const origin = hostOverridden
      ? `${target.tls ? "https" : "http"}://${target.hostOverride}`
      : provider.origin;
    const upstream = this.#auth.upstream(target, provider);
    return {
      ...this.#edits(target),
      ...(origin === undefined ? {} : place(origin)),
      ...upstream,
      name: target.name,
      places: hostOverridden ? undefined : placesOf(provider),
      provider,
      strict: target.strict,
      model: target.model ?? provider.model,
      defaults: target.defaults,
      overrides: target.overrides,
      paths: {
        hostOverridden,
        keepsClientPath: target.form === "long" && hostOverridden &&
          target.pathPrefix === undefined && provider.paths.keepsClientPath,
        prefix: target.pathPrefix?.replace(/\/+$/, ""),
        whole: target.pathOverride,
      },
    };
  }

  #edits({ requestHeaders, responseHeaders }: UpstreamConfig) {
    return {
      editRequestHeaders: headerEdits(...requestHeaders),
      editResponseHeaders: headerEdits(...responseHeaders),
    };
  }

  #provider({ kind, settings }: ProviderConfig): Provider {
    const known = providerKinds.find(({ type }) => type === kind);
    if (known === undefined) throw new Error(`no provider kind ${kind}`);
    return known.connect(settings, this.#environment);
  }
}

function placesOf({ origins }: Provider): Target["places"] {
  if (origins === undefined) return undefined;
  const places: Partial<Record<ApiName, UpstreamPlace>> = {};
  for (const [name, origin] of Object.entries(origins)) {
    if (origin !== undefined) Object.assign(places, { [name]: place(origin) });
  }
  return places;
}

function place(origin: string): UpstreamPlace {
  const { protocol, hostname, port } = new URL(origin);
  const shown = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  return { origin, endpoint: `${hostname}:${shown}` };
}

function anyOf(conditions: readonly ((head: RequestHead) => boolean)[]) {
  return (head: RequestHead) => conditions.some((condition) => condition(head));
}
