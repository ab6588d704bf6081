import type { Expression, Variables } from "../cel/expression.ts";
import { GatewayError } from "../errors.ts";
import type { RequestHead } from "../lib/request_head.ts";
import type { Groups } from "./groups.ts";
import type { ModelTable } from "./model_table.ts";
import type { RetryPlan } from "./retry.ts";

/** A name that clients ask for and how it leads to models. */
export interface VirtualModel<Target> {
  readonly name: string;
  readonly routing: VirtualRouting<Target>;
}

/** How a virtual model chooses. */
export type VirtualRouting<Target> =
  | {
    readonly type: "weighted";
    readonly targets: readonly { readonly model: string; readonly weight: number }[];
  }
  | {
    readonly type: "conditional";
    readonly targets: readonly { readonly model: string; readonly when?: Expression }[];
  }
  | TargetGroups<Target>;

/** Several targets, and when a request goes from one to the next. */
export interface TargetGroups<Target> {
  readonly type: "groups";
  readonly groups: Groups<Target>;
  readonly retry: RetryPlan;
}

/** What a virtual model comes to for one request. */
export type VirtualChoice<Target> =
  | { readonly type: "target"; readonly model: string }
  | TargetGroups<Target>;

/** Finds virtual models by the whole name that a client asks for. */
export interface VirtualModels<Target> {
  /** In the order of the file. */
  readonly names: readonly string[];
  /**
   * What a virtual model comes to; undefined where the name is that of none. Throws the refusal
   * where none of its targets is for the request.
   */
  resolve(name: string, variables: Variables): VirtualChoice<Target> | undefined;
}

/** Builds the lookup; of several with one name the first counts. */
export function virtualModels<Target>(
  models: readonly VirtualModel<Target>[],
  random: () => number,
): VirtualModels<Target> {
  const byName = new Map(models.toReversed().map(({ name, routing }) => [name, routing]));
  return {
    names: models.map(({ name }) => name),
    resolve(name, variables) {
      const routing = byName.get(name);
      switch (routing?.type) {
        case undefined:
          return undefined;
        case "weighted":
          return {
            type: "target",
            model: drawn(routing.targets, random) ?? refuseUnresolved(name),
          };
        case "conditional": {
          const model = routing.targets
            .find(({ when }) => when === undefined || when.test(variables))?.model;
          return { type: "target", model: model ?? refuseUnmatched(name) };
        }
        case "groups":
          return routing;
      }
    },
  };
}

/** A request that asks for a model. */
export interface ModelRequest<Target> {
  readonly head: RequestHead;
  /** What the conditions of virtual models see. */
  readonly variables: Variables;
  /** Whether the authorization of a model lets the client use it. */
  readonly allowed: (target: Target) => boolean;
}

/** Who serves a request, and the model's name for them. */
export interface ResolvedModel<Target> {
  readonly choice: { readonly type: "one"; readonly target: Target } | TargetGroups<Target>;
  readonly model: string;
}

/** Who serves a request that asks for a model: virtual ones first; throws the refusal if nobody. */
export function resolveModel<Target>(
  asked: string,
  models: ModelTable<Target>,
  virtual: VirtualModels<Target>,
  { head, variables, allowed }: ModelRequest<Target>,
): ResolvedModel<Target> {
  const choice = virtual.resolve(asked, variables);
  if (choice?.type === "groups") return { choice, model: asked };
  const model = choice?.model ?? asked;
  const target = models.find(model, head, { internal: choice !== undefined, allowed });
  if (target === undefined) {
    throw choice === undefined ? modelNotFound(asked) : targetNotFound(asked, model);
  }
  if (target === "denied") throw modelDenied();
  return { choice: { type: "one", target }, model };
}

/** The names that a client may see: concrete models, then virtual ones. */
export function shownModels<Target>(
  models: ModelTable<Target>,
  virtual: VirtualModels<Target>,
  shown: (name: string) => readonly string[],
  allowed: (target: Target) => boolean,
): readonly string[] {
  return [...models.list(shown, { allowed }), ...virtual.names.flatMap(shown)];
}

function drawn(
  targets: readonly { readonly model: string; readonly weight: number }[],
  random: () => number,
): string | undefined {
  let rest = random() * targets.reduce((sum, { weight }) => sum + weight, 0);
  for (const { model, weight } of targets) {
    if (rest < weight) return model;
    rest -= weight;
  }
  return undefined;
}

/** No model has the name, or none that the client may see. */
export function modelNotFound(name: string): GatewayError {
  return new GatewayError("not-found", `Model not found: ${JSON.stringify(name.slice(0, 200))}`, {
    code: "model_not_found",
    param: "model",
    reason: "DirectResponse",
  });
}

/** Models have the name, but the client may use none of them. */
export function modelDenied(): GatewayError {
  return new GatewayError("forbidden", "Model authorization denied", {
    code: "model_authorization_denied",
    param: "model",
    reason: "DirectResponse",
  });
}

/** The client's key has a list of models, and the one that is asked for is not on it. */
export function modelNotAllowed(): GatewayError {
  return new GatewayError("forbidden", "Model is not allowed for this API key", {
    code: "model_not_allowed",
    param: "model",
    reason: "DirectResponse",
  });
}

function targetNotFound(name: string, target: string): GatewayError {
  return new GatewayError(
    "not-found",
    `Virtual model ${name} selected target ${target}, but no matching model was found`,
    { code: "virtual_model_target_not_found", param: "model", reason: "DirectResponse" },
  );
}

function refuseUnresolved(name: string): never {
  throw new GatewayError("not-found", `Virtual model ${name} could not be resolved`, {
    code: "virtual_model_not_resolved",
    param: "model",
    reason: "DirectResponse",
  });
}

function refuseUnmatched(name: string): never {
  throw new GatewayError(
    "invalid-request",
    `Virtual model ${name} did not match any conditional target`,
    { code: "virtual_model_no_matching_target", reason: "DirectResponse" },
  );
}
