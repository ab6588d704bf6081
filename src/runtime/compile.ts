import { LLM_ROUTES, routeTypeTable } from "../apis/route_types.ts";
import type { Problem } from "../config/diagnostic.ts";
import type {
  AuthConfig,
  BackendConfig,
  ListenerConfig,
  ModelConfig,
  Normalised,
  PortConfig,
  ProblemPath,
  ProviderConfig,
  RouteConfig,
  SecretConfig,
  TargetConfig,
  UpstreamConfig,
} from "../config/normalised.ts";
import { type Credential, credential } from "../policies/credential.ts";
import { headerEdits } from "../policies/header_edits.ts";
import { providerKinds } from "../providers/index.ts";
import type { Environment, Provider } from "../providers/provider.ts";
import type { Backend, Target, Upstream } from "../routing/backend.ts";
import { hostTable } from "../routing/hostname.ts";
import { bySpecificity, modelTable } from "../routing/model_table.ts";
import type { RequestHead } from "../routing/request_head.ts";
import { headersMatcher } from "../routing/route_match.ts";
import { routeTable } from "../routing/route_table.ts";
import type { Listener, PortPlan, Route, Snapshot } from "../routing/snapshot.ts";

/** What compiling takes from its surroundings. */
export interface CompileEnvironment extends Environment {
  /** The text of a file; throws when it cannot be read. */
  readFile(path: string): string;
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
  readonly #environment: CompileEnvironment;
  readonly #bodyBytesMax: number;

  constructor(environment: CompileEnvironment, bodyBytesMax: number) {
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
        return { type: "host", upstream: { ...this.#upstream(upstream), ...place(origin) } };
      }
      case "ai":
        return {
          type: "ai",
          routeTypeOf: routeTypeTable(backend.routes),
          target: this.#target(backend.target),
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
        model: this.#target(model.target),
      })),
    );
  }

  #target(target: TargetConfig): Target {
    const provider = this.#provider(target.provider);
    const origin = target.hostOverride === undefined
      ? provider.origin
      : `${target.tls ? "https" : "http"}://${target.hostOverride}`;
    return {
      ...this.#upstream(target),
      ...place(origin),
      provider,
      model: target.model ?? provider.model,
      defaults: target.defaults,
      overrides: target.overrides,
      paths: {
        hostOverridden: target.hostOverride !== undefined,
        prefix: target.pathPrefix?.replace(/\/+$/, ""),
        whole: target.pathOverride,
      },
    };
  }

  #upstream(upstream: UpstreamConfig): Upstream {
    return {
      name: upstream.name,
      credential: upstream.auth === undefined ? undefined : this.#credential(upstream.auth),
      editRequestHeaders: headerEdits(...upstream.requestHeaders),
      editResponseHeaders: headerEdits(...upstream.responseHeaders),
    };
  }

  #credential({ at, secret, location }: AuthConfig): Credential | undefined {
    const value = this.#secret(secret, at);
    return value === undefined ? undefined : credential(value, location);
  }

  #secret(secret: SecretConfig, at: ProblemPath): string | undefined {
    const text = typeof secret === "string" ? secret : this.#read(secret.file, at);
    const value = text?.trim();
    if (value === undefined) return undefined;
    if (value !== "" && !/[^\x20-\x7e]/.test(value)) return value;
    this.problems.push({
      path: at,
      message: value === "" ? "must not be empty" : "must be printable ASCII to fit in a header",
    });
    return undefined;
  }

  #read(path: string, at: ProblemPath): string | undefined {
    try {
      return this.#environment.readFile(path);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.problems.push({ path: [...at, "file"], message: `cannot read the file: ${reason}` });
      return undefined;
    }
  }

  #provider({ kind, settings }: ProviderConfig): Provider {
    const known = providerKinds.find(({ type }) => type === kind);
    if (known === undefined) throw new Error(`no provider kind ${kind}`);
    return known.connect(settings, this.#environment);
  }
}

function place(origin: string | undefined): Pick<Upstream, "origin" | "endpoint"> {
  if (origin === undefined) return {};
  const { protocol, hostname, port } = new URL(origin);
  const shown = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  return { origin, endpoint: `${hostname}:${shown}` };
}

function anyOf(conditions: readonly ((head: RequestHead) => boolean)[]) {
  return (head: RequestHead) => conditions.some((condition) => condition(head));
}
