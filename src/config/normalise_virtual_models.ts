import { didYouMean } from "../lib/did_you_mean.ts";
import { parseDurationMs } from "../lib/duration.ts";
import { namePattern } from "../routing/model_table.ts";
import type { Problem } from "./diagnostic.ts";
import type { Problems } from "./problems.ts";
import type { VirtualModelEntry } from "./schema/virtual_models.ts";

/** A virtual model; its targets are names that the models of the `llm` section cover. */
export interface VirtualModelConfig {
  readonly at: Problem["path"];
  readonly name: string;
  readonly routing: VirtualRoutingConfig;
}

/** How a virtual model chooses. */
export type VirtualRoutingConfig =
  | { readonly type: "weighted"; readonly targets: readonly WeightedTargetConfig[] }
  | { readonly type: "conditional"; readonly targets: readonly ConditionalTargetConfig[] }
  | {
    readonly type: "failover";
    /** By rising priority number: the first is the best. */
    readonly groups: readonly (readonly string[])[];
    readonly retry: FailoverRetryConfig;
  };

/** A model and its share of the requests. */
export interface WeightedTargetConfig {
  readonly model: string;
  readonly weight: number;
}

/** A model and the CEL text that says whether a request is for it. */
export interface ConditionalTargetConfig {
  readonly at: Problem["path"];
  readonly model: string;
  readonly when?: string | undefined;
}

/** What a request does when a target fails it. */
export interface FailoverRetryConfig {
  /** Tries in all; undefined for one of each target. */
  readonly triesMax?: number | undefined;
  /** Undefined for the default ones. */
  readonly codes?: readonly number[] | undefined;
  readonly headMsMax?: number | undefined;
  readonly firstContentMsMax?: number | undefined;
}

/** What of a model matters to virtual ones. */
interface ConcreteModel {
  readonly name: string;
  readonly health?: unknown;
}

const AT = ["llm", "virtualModels"];

/** The virtual models of the `llm` section; what leads nowhere is a problem. */
export function virtualModelsOf(
  entries: readonly VirtualModelEntry[],
  models: readonly ConcreteModel[],
  problems: Problems,
): VirtualModelConfig[] {
  warnOfTwins(entries, problems);
  for (const [index, entry] of entries.entries()) {
    for (const { model, at } of namedTargets(entry, [...AT, index])) {
      checkTarget(model, at, { entries, models }, problems);
    }
  }
  warnOfIdleHealth(entries, models, problems);
  return entries.flatMap((entry, index) => {
    const routing = routingOf(entry, [...AT, index, "routing"], problems);
    return routing === undefined ? [] : [{ at: [...AT, index], name: entry.name, routing }];
  });
}

function routingOf(
  { routing }: VirtualModelEntry,
  at: Problem["path"],
  problems: Problems,
): VirtualRoutingConfig | undefined {
  const { weighted, conditional, failover } = routing;
  if (weighted !== undefined) {
    const { targets } = weighted;
    if (targets.every(({ weight }) => weight === 0)) {
      problems.warn([...at, "weighted", "targets"], "serves no request: all weights are 0");
    }
    return { type: "weighted", targets };
  }
  if (conditional !== undefined) {
    const targets = conditional.targets.map((target, index) => ({
      at: [...at, "conditional", "targets", index, "when"],
      ...target,
    }));
    return { type: "conditional", targets };
  }
  if (failover === undefined) return undefined;
  const { targets, retry = {} } = failover;
  return { type: "failover", groups: byPriority(targets), retry: retryConfig(retry) };
}

type Failover = NonNullable<VirtualModelEntry["routing"]["failover"]>;

function byPriority(targets: Failover["targets"]): string[][] {
  const priorities = [...new Set(targets.map(({ priority }) => priority))]
    .sort((left, right) => left - right);
  return priorities.map((wanted) =>
    targets.filter(({ priority }) => priority === wanted).map(({ model }) => model)
  );
}

function retryConfig(retry: NonNullable<Failover["retry"]>): FailoverRetryConfig {
  const { enabled, attempts, codes, perTryTimeout, firstTokenTimeout } = retry;
  return {
    triesMax: enabled === false ? 1 : attempts === undefined ? undefined : attempts + 1,
    codes,
    headMsMax: parseDurationMs(perTryTimeout ?? ""),
    firstContentMsMax: parseDurationMs(firstTokenTimeout ?? ""),
  };
}

interface NamedTarget {
  readonly model: string;
  readonly at: Problem["path"];
}

function namedTargets({ routing }: VirtualModelEntry, at: Problem["path"]): NamedTarget[] {
  return Object.entries(routing).flatMap(([strategy, { targets }]) =>
    targets.map(({ model }, index) => ({
      model,
      at: [...at, "routing", strategy, "targets", index, "model"],
    }))
  );
}

interface Known {
  readonly entries: readonly VirtualModelEntry[];
  readonly models: readonly ConcreteModel[];
}

function checkTarget(
  target: string,
  at: Problem["path"],
  { entries, models }: Known,
  problems: Problems,
): void {
  if (models.some(({ name }) => namePattern(name)(target))) return;
  const isVirtual = entries.some(({ name }) => name === target);
  const hint = isVirtual
    ? ": it is a virtual model, and those cannot be targets"
    : didYouMean(target, models.map(({ name }) => name).filter((name) => !name.includes("*")));
  problems.add(
    at,
    `virtual model target ${JSON.stringify(target)} does not match any llm.models entry${hint}`,
  );
}

/** As in the reference, the first of a name serves. */
function warnOfTwins(entries: readonly VirtualModelEntry[], problems: Problems): void {
  for (const [index, { name }] of entries.entries()) {
    const first = entries.findIndex((entry) => entry.name === name);
    if (first === index) continue;
    problems.warn(
      [...AT, index, "name"],
      `is never asked for: ${JSON.stringify(name)} is already at ${AT.join(".")}.${first}`,
    );
  }
}

/** Health is looked at where there is something to choose from. */
function warnOfIdleHealth(
  entries: readonly VirtualModelEntry[],
  models: readonly ConcreteModel[],
  problems: Problems,
): void {
  const targets = entries.flatMap(({ routing }) => routing.failover?.targets ?? []);
  for (const [index, { name, health }] of models.entries()) {
    const fits = namePattern(name);
    if (health === undefined || targets.some(({ model }) => fits(model))) continue;
    problems.warn(
      ["llm", "models", index, "health"],
      "has no effect: no virtual model has this model among its failover targets",
    );
  }
}
