import { llmRouteTypes, routeTypeTable } from "../apis/route_types.ts";
import type { BackendConfig, TargetConfig } from "../config/normalised.ts";
import type { RequestHead } from "../lib/request_head.ts";
import type { AiBackend, Backend, HostBackend, ModelsBackend, Target } from "../routing/backend.ts";
import { groups, type Member } from "../routing/groups.ts";
import type { Announcements } from "../routing/health/announcements.ts";
import type { HealthRules } from "../routing/health/rules.ts";
import { bySpecificity, modelTable } from "../routing/model_table.ts";
import { headersMatcher } from "../routing/route_match.ts";
import {
  compileModel,
  compileTarget,
  place,
  type TargetSurroundings,
  upstreamParts,
} from "./compile_target.ts";
import { compileHealth, healthOf } from "./health.ts";
import { compileVirtualModels, FAILOVER_PLAN } from "./virtual_models.ts";

interface BackendSurroundings {
  readonly surroundings: TargetSurroundings;
  /** What other gateways say of targets. */
  readonly announced: Announcements | undefined;
  readonly startedAtS: number;
}

/** Builds backends; owns the health rules of targets that several of them have. */
export class BackendCompiler {
  readonly #surroundings: TargetSurroundings;
  readonly #announced: Announcements | undefined;
  readonly #startedAtS: number;
  /** Of targets that have some, once for all who use the target. */
  readonly #rules = new Map<TargetConfig, HealthRules>();

  constructor({ surroundings, announced, startedAtS }: BackendSurroundings) {
    this.#surroundings = surroundings;
    this.#announced = announced;
    this.#startedAtS = startedAtS;
  }

  /** Builds what a route leads to. */
  backend(backend: BackendConfig): Backend {
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
      routeTypeOf: llmRouteTypes(),
      models: table,
      virtualModels: compileVirtualModels(virtualModels, memberOf, this.#surroundings.context),
      createdAtS: this.#startedAtS,
    };
  }
}

function anyOf(conditions: readonly ((head: RequestHead) => boolean)[]) {
  return (head: RequestHead) => conditions.some((condition) => condition(head));
}
