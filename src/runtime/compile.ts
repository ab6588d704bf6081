import { LLM_ROUTES, routeTypeTable } from "../apis/route_types.ts";
import type { Problem } from "../config/diagnostic.ts";
import type {
  BackendConfig,
  ListenerConfig,
  Normalised,
  PortConfig,
  RouteConfig,
  TargetConfig,
} from "../config/normalised.ts";
import type { Subject } from "../policies/subject.ts";
import { headerEdits } from "../policies/header_edits.ts";
import type { Environment } from "../providers/provider.ts";
import type { ConnectionOptions } from "../host/host.ts";
import { compileListenerTls } from "./tls.ts";
import type {
  AiBackend,
  Backend,
  HostBackend,
  ModelsBackend,
  Target,
  UpstreamClient,
} from "../routing/backend.ts";
import { groups, type Member } from "../routing/groups.ts";
import { type Announcements, announcements } from "../routing/health/announcements.ts";
import type { HealthRules } from "../routing/health/rules.ts";
import { hostTable } from "../routing/hostname.ts";
import { bySpecificity, modelTable } from "../routing/model_table.ts";
import type { RequestHead } from "../lib/request_head.ts";
import { headersMatcher } from "../routing/route_match.ts";
import { matchedPrefix } from "../routing/matched_prefix.ts";
import { routeTable } from "../routing/route_table.ts";
import type { Listener, PortPlan, Route, Snapshot } from "../routing/snapshot.ts";
import type { CalloutEnvironment } from "./callout_to.ts";
import { AuthCompiler, type IdentityEnvironment } from "./compile_auth.ts";
import type { PolicyEnvironment } from "./compile_context.ts";
import { gatewayPolicies, routePolicies } from "./compile_policies.ts";
import {
  compileModel,
  compileTarget,
  place,
  type TargetSurroundings,
  upstreamParts,
} from "./compile_target.ts";
import type { SessionConfig } from "../config/schema/oidc.ts";
import { compileSessionKey } from "./policies/oidc.ts";
import { compileHealth, healthOf } from "./health.ts";
import type { Keep } from "./kept_state.ts";
import type { Limits } from "./limits.ts";
import { policyContext } from "./policy_context.ts";
import { resilience } from "./resilience.ts";
import { compileVirtualModels, FAILOVER_PLAN } from "./virtual_models.ts";

/** What compiling takes from its surroundings. */
export interface CompileEnvironment
  extends Environment, IdentityEnvironment, PolicyEnvironment, CalloutEnvironment {
  readonly startedAtS: number;
  readonly keep: Keep;
  /** What limits and budgets count with. */
  readonly limits: Limits;
}

/** A snapshot, or why there is none; and what holds, but may not be what was meant. */
export type Compiled =
  & { readonly warnings: readonly Problem[] }
  & (Succeeded | { readonly problems: readonly Problem[] });

interface Succeeded {
  readonly snapshot: Snapshot;
  /** The ways to connect that some upstream has of its own. */
  readonly connections: readonly ConnectionOptions[];
}

/** Builds all that serving needs: work done here is not done per request. */
export function compile(config: Normalised, environment: CompileEnvironment): Compiled {
  const compiler = new Compiler(config, environment);
  const ports = new Map(config.ports.map((port) => [port.port, compiler.port(port)]));
  const { problems, warnings, connections } = compiler;
  if (problems.length > 0) return { problems, warnings };
  return { snapshot: { ports }, connections, warnings };
}

/** Owns what is gathered on the way: problems and warnings. */
class Compiler {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  readonly #environment: CompileEnvironment;
  readonly #surroundings: TargetSurroundings;
  readonly #handshakeMsMax: number;
  readonly #session: { readonly session: SessionConfig | undefined; key: Uint8Array | undefined };
  /** The ways to connect that some upstream has of its own. */
  readonly connections: ConnectionOptions[] = [];
  /** What other gateways say of targets. */
  readonly #announced: Announcements | undefined;
  /** Of targets that have some, once for all who use the target. */
  readonly #rules = new Map<TargetConfig, HealthRules>();

  constructor(config: Normalised, environment: CompileEnvironment) {
    const { bodyBytesMax, servers, handshakeMsMax } = config;
    this.#handshakeMsMax = handshakeMsMax;
    this.#session = { session: config.session, key: undefined };
    const { problems, warnings } = this;
    const auth = new AuthCompiler(environment, problems);
    const { readFile, keep } = environment;
    this.#environment = environment;
    const { limits: { healthHints }, epochMs } = environment;
    this.#announced = healthHints === undefined
      ? undefined
      : keep("health hints", () => announcements(healthHints, epochMs));
    this.#surroundings = {
      auth,
      bodyBytesMax,
      environment,
      limits: environment.limits,
      sessionKey: () => this.#sessionKey(),
      clientOf: (connection) => this.#clientOf(connection),
      context: policyContext({ problems, warnings, servers, auth, environment, readFile, keep }),
    };
  }

  /** The client is looked up when it is used: there is none before the process serves. */
  #clientOf(connection: ConnectionOptions): UpstreamClient {
    this.connections.push(connection);
    const client = () => this.#environment.client(connection);
    return {
      get decodes() {
        return client().decodes;
      },
      fetch: (url, init) => client().fetch(url, init),
    };
  }

  /** Read where somebody logs in, and told of once where something is wrong with it. */
  #sessionKey(): Uint8Array | undefined {
    const { session, key } = this.#session;
    if (session === undefined || key !== undefined) return key;
    const { context } = this.#surroundings;
    return this.#session.key = compileSessionKey(session, ["config", "session"], context);
  }

  port({ port, gateway, listeners }: PortConfig): PortPlan {
    const tls = compileListenerTls(
      listeners.map(({ tls, hostname }) => ({ ...tls, hostname })),
      { handshakeMsMax: this.#handshakeMsMax },
      this.#surroundings.context,
    );
    return {
      tls,
      port,
      bind: `bind/${port}`,
      gateway,
      bodyBytesMax: this.#surroundings.bodyBytesMax,
      listeners: hostTable(listeners.map((listener) => ({
        hostnames: listener.hostname === undefined ? [] : [listener.hostname],
        entry: this.#listener(listener),
      }))),
    };
  }

  #listener({ name, policies, routes }: ListenerConfig): Listener {
    return {
      name,
      policies: gatewayPolicies(policies, this.#surroundings),
      findRoute: routeTable(routes.map((route) => ({
        hostnames: route.hostnames,
        matches: route.matches,
        route: this.#route(route, policies),
      }))),
    };
  }

  #route(route: RouteConfig, before: ListenerConfig["policies"]): Route {
    const prefixOf = matchedPrefix(route.matches);
    const matchedPrefixOf = ({ head }: Subject) => prefixOf(head);
    return {
      name: route.name,
      rule: route.rule,
      strict: route.strict,
      ...routePolicies(route.policies, this.#surroundings, { matchedPrefixOf, before }),
      ...resilience(route.policies, this.#surroundings.context),
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
      case "host":
        return this.#host(backend);
      case "ai":
        return this.#ai(backend);
      case "models":
        return this.#models(backend);
    }
  }

  #host({ host, upstream }: Extract<BackendConfig, { type: "host" }>): HostBackend {
    return {
      type: "host",
      upstream: {
        ...upstreamParts(upstream, this.#surroundings),
        ...this.#surroundings.auth.upstream(upstream),
        ...place(`${upstream.tls ? "https" : "http"}://${host}`),
        name: upstream.name,
      },
    };
  }

  #ai(backend: Extract<BackendConfig, { type: "ai" }>): AiBackend {
    const routeTypeOf = routeTypeTable(backend.routes);
    const [[only, ...others] = [], ...further] = backend.groups;
    if (only !== undefined && others.length === 0 && further.length === 0) {
      const target = compileTarget(only, this.#surroundings);
      return { type: "ai", routeTypeOf, choice: { type: "one", target } };
    }
    const { context } = this.#surroundings;
    const { settings, at = [] } = backend.affinity ?? {};
    const members = backend.groups.map((group) =>
      group.map((config) =>
        this.#member(config.name, config, compileTarget(config, this.#surroundings))
      )
    );
    return {
      type: "ai",
      routeTypeOf,
      choice: {
        type: "groups",
        groups: groups(members, () => context.environment.random()),
        affinity: settings === undefined
          ? undefined
          : context.expression(settings.source, [...at, "source"]),
        retry: FAILOVER_PLAN,
      },
    };
  }

  /** Its health, told apart from that of others by who and where it is. */
  #member(name: string, config: TargetConfig, target: Target): Member<Target> {
    const { context } = this.#surroundings;
    const key = [name, target.endpoint, target.provider.name, target.model].join(" ");
    const rules = this.#health(config);
    return { name, target, health: healthOf({ name, key, rules }, context, this.#announced) };
  }

  #health(config: TargetConfig): HealthRules | undefined {
    const known = this.#rules.get(config);
    if (known !== undefined) return known;
    const { settings, at = [] } = config.health ?? {};
    const rules = compileHealth(settings, at, this.#surroundings.context);
    if (rules !== undefined) this.#rules.set(config, rules);
    return rules;
  }

  #models({ models, virtualModels }: Extract<BackendConfig, { type: "models" }>): ModelsBackend {
    const entries = bySpecificity(models).map((model) => {
      this.#health(model.target);
      return {
        name: model.name,
        public: model.public,
        ...(model.matches.length === 0 ? {} : { when: anyOf(model.matches.map(headersMatcher)) }),
        model: compileModel(model, this.#surroundings),
        config: model.target,
      };
    });
    const table = modelTable(entries);
    const memberOf = (name: string) => {
      const target = table.named(name);
      const entry = entries.find(({ model }) => model === target);
      if (target === undefined || entry === undefined) return undefined;
      return this.#member(name, entry.config, { ...target, model: target.model ?? name });
    };
    return {
      type: "models",
      routeTypeOf: routeTypeTable(LLM_ROUTES),
      models: table,
      virtualModels: compileVirtualModels(virtualModels, memberOf, this.#surroundings.context),
      createdAtS: this.#environment.startedAtS,
    };
  }
}

function anyOf(conditions: readonly ((head: RequestHead) => boolean)[]) {
  return (head: RequestHead) => conditions.some((condition) => condition(head));
}
