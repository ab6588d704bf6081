import type { Problem } from "../config/diagnostic.ts";
import type { ListenerConfig, Normalised, PortConfig, RouteConfig } from "../config/normalised.ts";
import type { Subject } from "../policies/subject.ts";
import type { PriceCatalog } from "../cost/price_catalog.ts";
import { headerEdits } from "../policies/header_edits.ts";
import type { Environment } from "../providers/provider.ts";
import type { ConnectionOptions } from "../host/host.ts";
import { compileListenerTls } from "./tls.ts";
import { hostTable } from "../routing/hostname.ts";
import { matchedPrefix } from "../routing/matched_prefix.ts";
import { mostSpecific } from "../routing/port_tls.ts";
import { routeTable } from "../routing/route_table.ts";
import type { Listener, PortPlan, Route, Snapshot } from "../routing/snapshot.ts";
import type { CalloutEnvironment } from "./callout_to.ts";
import { AuthCompiler, type IdentityEnvironment } from "./compile_auth.ts";
import type { PolicyEnvironment } from "./compile_context.ts";
import { BackendCompiler } from "./compile_backend.ts";
import type { TargetSurroundings } from "./compile_target.ts";
import { announcements } from "../routing/health/announcements.ts";
import type { UpstreamClient } from "../routing/backend.ts";
import { gatewayPolicies, routePolicies } from "./compile_policies.ts";
import type { SessionConfig } from "../config/schema/oidc.ts";
import { compileCostCatalog } from "./cost_catalog.ts";
import { compileSessionKey } from "./policies/oidc.ts";
import type { Keep } from "./kept_state.ts";
import type { Limits } from "./limits.ts";
import { policyContext } from "./policy_context.ts";
import { resilience } from "./resilience.ts";

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
  readonly #prices: PriceCatalog;
  readonly #session: { readonly session: SessionConfig | undefined; key: Uint8Array | undefined };
  /** The ways to connect that some upstream has of its own. */
  readonly connections: ConnectionOptions[] = [];
  readonly #backends: BackendCompiler;

  constructor(config: Normalised, environment: CompileEnvironment) {
    const { bodyBytesMax, servers, handshakeMsMax, customFunctions } = config;
    this.#handshakeMsMax = handshakeMsMax;
    this.#session = { session: config.session, key: undefined };
    const { problems, warnings } = this;
    const auth = new AuthCompiler(environment, problems);
    const { readFile, keep } = environment;
    this.#environment = environment;
    const { limits: { healthHints }, epochMs } = environment;
    const announced = healthHints === undefined
      ? undefined
      : keep("health hints", () => announcements(healthHints, epochMs));
    this.#surroundings = {
      auth,
      bodyBytesMax,
      environment,
      limits: environment.limits,
      sessionKey: () => this.#sessionKey(),
      clientOf: (connection) => this.#clientOf(connection),
      context: policyContext({
        problems,
        warnings,
        servers,
        auth,
        environment,
        readFile,
        keep,
        customFunctions,
      }),
    };
    const { startedAtS } = environment;
    this.#backends = new BackendCompiler({
      surroundings: this.#surroundings,
      announced,
      startedAtS,
    });
    const at = ["config", "modelCatalog"];
    this.#prices = compileCostCatalog(config.modelCatalog, at, this.#surroundings.context);
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
    const table = hostTable(listeners.map((listener) => ({
      hostnames: listener.hostname === undefined ? [] : [listener.hostname],
      entry: this.#listener(listener),
    })));
    return {
      tls,
      port,
      bind: `bind/${port}`,
      gateway,
      bodyBytesMax: this.#surroundings.bodyBytesMax,
      prices: this.#prices,
      listeners: tls === undefined ? table : mostSpecific(table),
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
        backend: this.#backends.backend(backend),
      })),
    };
  }
}
