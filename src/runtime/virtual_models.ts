import type {
  ConditionalTargetConfig,
  FailoverRetryConfig,
  VirtualModelConfig,
  VirtualRoutingConfig,
} from "../config/normalise_virtual_models.ts";
import { groups, type Member } from "../routing/groups.ts";
import type { RetryPlan } from "../routing/retry.ts";
import {
  type VirtualModel,
  type VirtualModels,
  virtualModels,
  type VirtualRouting,
} from "../routing/virtual_models.ts";
import type { CompileContext } from "./compile_context.ts";

/**
 * Compiles virtual models. `memberOf` makes a member of the concrete model that a name leads to,
 * with that name as its model where it says no other; undefined where it leads to none, which is a
 * problem already told.
 */
export function compileVirtualModels<Target>(
  configs: readonly VirtualModelConfig[],
  memberOf: (name: string) => Member<Target> | undefined,
  context: CompileContext,
): VirtualModels<Target> {
  const models = configs.flatMap(({ name, routing }): VirtualModel<Target>[] => {
    const compiled = compileRouting(routing, memberOf, context);
    return compiled === undefined ? [] : [{ name, routing: compiled }];
  });
  return virtualModels(models, () => context.environment.random());
}

function compileRouting<Target>(
  routing: VirtualRoutingConfig,
  memberOf: (name: string) => Member<Target> | undefined,
  context: CompileContext,
): VirtualRouting<Target> | undefined {
  switch (routing.type) {
    case "weighted":
      return routing;
    case "conditional":
      return compileConditions(routing.targets, context);
    case "failover": {
      const ranked = routing.groups.map((names) =>
        names.map(memberOf).filter((member) => member !== undefined)
      );
      return {
        type: "groups",
        groups: groups(ranked, () => context.environment.random()),
        retry: retryPlan(routing.retry),
      };
    }
  }
}

function compileConditions(
  targets: readonly ConditionalTargetConfig[],
  context: CompileContext,
) {
  const compiled = targets.map(({ at, model, when }) => {
    if (when === undefined) return { model };
    const condition = context.expression(when, at);
    return condition === undefined ? undefined : { model, when: condition };
  }).filter((target) => target !== undefined);
  return compiled.length < targets.length
    ? undefined
    : { type: "conditional", targets: compiled } as const;
}

/** The longest wait that a target may ask for when it is tried again, having failed before. */
const RETRY_AFTER_MS_MAX = 5_000;

/**
 * Statuses that another target may mend: its provider is down or overloaded, the account there is
 * refused, empty or limited, or it does not know the model. What is wrong with a request itself
 * stays wrong everywhere.
 */
const FAILOVER_CODES: ReadonlySet<number> = new Set([
  ...[401, 402, 403, 404, 408, 409, 424, 425, 429],
  ...Array.from({ length: 100 }, (_, index) => 500 + index),
]);

function retryPlan(retry: FailoverRetryConfig): RetryPlan {
  const { triesMax, codes, headMsMax, firstContentMsMax } = retry;
  return {
    triesMax,
    codes: codes === undefined ? FAILOVER_CODES : new Set(codes),
    backoffMs: 0,
    retryAfterMsMax: RETRY_AFTER_MS_MAX,
    headMsMax,
    firstContentMsMax,
  };
}

/** What a request does when a target of groups fails it, where nothing else is said. */
export const FAILOVER_PLAN = retryPlan({});
