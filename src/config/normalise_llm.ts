import { bySpecificity } from "../routing/model_table.ts";
import { apiKeyParts, type AuthParts, authParts } from "./normalise_auth.ts";
import { providerOf, urlParts } from "./normalise_target.ts";
import { virtualModelsOf } from "./normalise_virtual_models.ts";
import type {
  AiLayer,
  ConnectionConfig,
  ListenerConfig,
  ModelConfig,
  ProblemPath,
  RouteConfig,
  TargetConfig,
} from "./normalised.ts";
import { defined } from "../lib/defined.ts";
import type { Problems } from "./problems.ts";
import type { Config } from "./schema/index.ts";

type Llm = NonNullable<Config["llm"]>;
type Model = Llm["models"][number];
type Shared = Llm["providers"][number];

/** The `llm` section as a listener with one catch-all route. */
export function modelsListener(llm: Llm, problems: Problems): ListenerConfig {
  const tls = { at: ["llm"], tls: llm.tls };
  return { name: "llm", tls, policies: [], routes: [modelsRoute(llm, problems)] };
}

/** The catch-all route of the `llm` section. */
export function modelsRoute(llm: Llm, problems: Problems): RouteConfig {
  return {
    name: "internal/llm:request",
    hostnames: [],
    matches: [],
    policies: llm.policies === undefined
      ? []
      : [{ settings: llm.policies, at: ["llm", "policies"] }],
    requestHeaders: [],
    responseHeaders: [],
    strict: false,
    backends: [{
      weight: 1,
      backend: {
        type: "models",
        models: modelsOf(llm, problems),
        virtualModels: virtualModelsOf(llm.virtualModels, llm.models, problems),
      },
    }],
  };
}

function modelsOf(llm: Llm, problems: Problems): ModelConfig[] {
  refuseTwins(llm.providers.map(({ name }) => name), ["llm", "providers"], "name", problems);
  refuseTwins(llm.models.map(({ id }) => id), ["llm", "models"], "id", problems);
  const sorted = bySpecificity(llm.models);
  return llm.models.flatMap((model, index) => {
    const key = `llm:model:${model.id ?? `${model.name}:${sorted.indexOf(model)}`}`;
    const found = sharedProvider(llm, model, index, problems);
    if (found === undefined) return [];
    const config: ModelConfig = {
      name: model.name,
      public: model.visibility === "public",
      matches: model.matches.map(({ headers }) => headers),
      detects: model.passthrough === "detect",
      authorization: model.authorization === undefined ? undefined : {
        settings: model.authorization,
        at: ["llm", "models", index, "authorization"],
      },
      target: targetOf(llm, found, model, index, key),
    };
    return [config];
  });
}

function targetOf(
  llm: Llm,
  found: Found,
  model: Model,
  index: number,
  name: string,
): TargetConfig {
  const { shared } = found;
  const base = shared?.defaults;
  const params = { ...shared?.params, ...model.params };
  const { provider, preset } = providerOf(
    shared?.provider ?? model.provider,
    { name: shared?.name, params },
  );
  const url = urlParts(params.baseUrl ?? (params.hostOverride === undefined ? preset : undefined));
  return {
    name,
    form: "llm",
    strict: model.strict ?? base?.strict ?? false,
    provider,
    model: params.model,
    ai: aiLayers(found, model, index),
    guards: guardsOf(llm, model, index),
    health: healthOf(found, model, index),
    tokenize: params.tokenize ?? false,
    policies: [],
    connection: connectionOf(found, model, index),
    requestHeaders: presentOf(model.requestHeaders ?? base?.requestHeaders),
    responseHeaders: presentOf(model.responseHeaders ?? base?.responseHeaders),
    ...authOf(found, model, index),
    tls: url.tls || [model.tls, model.backendTLS, base?.tls, base?.backendTLS]
      .some((tls) => tls !== undefined),
    hostOverride: params.hostOverride ?? url.host,
    pathPrefix: params.pathPrefix ?? url.prefix,
    pathOverride: params.pathOverride,
  };
}

function aiLayers({ shared, sharedIndex }: Found, model: Model, index: number): AiLayer[] {
  return [
    layer(shared?.defaults ?? {}, ["llm", "providers", sharedIndex, "defaults"]),
    layer(model, ["llm", "models", index]),
  ];
}

type BodySettings = Pick<Model, "defaults" | "overrides"> & {
  readonly transformation?: Model["transformation"];
  readonly finalTransformation?: Model["finalTransformation"];
  readonly promptCaching?: Model["promptCaching"];
};

function layer(written: BodySettings, at: ProblemPath): AiLayer {
  const { defaults, overrides, transformation, finalTransformation, promptCaching } = written;
  return {
    at,
    names: "model",
    settings: defined({
      defaults,
      overrides,
      transformations: transformation,
      finalTransformations: finalTransformation,
      promptCaching,
    }),
  };
}

/** Those of all models come before those of one. */
function guardsOf({ policies }: Llm, { guardrails }: Model, index: number) {
  return [
    ...presentOf(policies?.guardrails)
      .map((settings) => ({ settings, at: ["llm", "policies", "guardrails"] })),
    ...presentOf(guardrails)
      .map((settings) => ({ settings, at: ["llm", "models", index, "guardrails"] })),
  ];
}

function healthOf({ shared, sharedIndex }: Found, model: Model, index: number) {
  if (model.health !== undefined) {
    return { settings: model.health, at: ["llm", "models", index, "health"] };
  }
  if (shared?.defaults?.health === undefined) return undefined;
  const at = ["llm", "providers", sharedIndex, "defaults", "health"];
  return { settings: shared.defaults.health, at };
}

function connectionOf(
  { shared, sharedIndex }: Found,
  model: Model,
  index: number,
): ConnectionConfig {
  const levels = [
    { written: model, at: ["llm", "models", index] },
    { written: shared?.defaults ?? {}, at: ["llm", "providers", sharedIndex, "defaults"] },
  ];
  const [tls] = levels.flatMap(({ written, at }) => {
    const settings = written.tls ?? written.backendTLS;
    const key = written.tls === undefined ? "backendTLS" : "tls";
    return settings === undefined ? [] : [{ settings, at: [...at, key] }];
  });
  const [tunnel] = levels.flatMap(({ written: { backendTunnel: settings }, at }) =>
    settings === undefined ? [] : [{ settings, at: [...at, "backendTunnel"] }]
  );
  return { tls, tunnel };
}

/**
 * An `auth` that is written counts, even where it says that no credential is added; one that only
 * has further secrets stands beside the API key.
 */
function authOf({ shared, sharedIndex }: Found, model: Model, index: number): AuthParts {
  const ownAt = ["llm", "models", index];
  const sharedAt = ["llm", "providers", sharedIndex];
  const written = model.auth === undefined
    ? authParts(shared?.defaults?.auth, [...sharedAt, "defaults", "auth"])
    : authParts(model.auth, [...ownAt, "auth"]);
  if (written.auth !== undefined) return written;
  const own = model.params?.apiKey;
  const secret = own ?? shared?.params?.apiKey;
  if (secret === undefined) return written;
  const at = [...(own === undefined ? sharedAt : ownAt), "params", "apiKey"];
  return { ...apiKeyParts(secret, at), credentials: written.credentials };
}

/** The entry of `llm.providers` that a model refers to, if it refers to one. */
interface Found {
  readonly shared?: Shared;
  readonly sharedIndex: number;
}

/** Undefined when the reference leads nowhere. */
function sharedProvider(
  llm: Llm,
  model: Model,
  index: number,
  problems: Problems,
): Found | undefined {
  const { provider } = model;
  const reference = typeof provider === "object" && "reference" in provider
    ? provider.reference
    : undefined;
  if (typeof reference !== "string") return { sharedIndex: 0 };
  const sharedIndex = llm.providers.findIndex(({ name }) => name === reference);
  const shared: Shared | undefined = llm.providers[sharedIndex];
  if (shared !== undefined) return { shared, sharedIndex };
  problems.addDangling(
    ["llm", "models", index, "provider", "reference"],
    "provider",
    reference,
    llm.providers.map(({ name }) => name),
  );
  return undefined;
}

function refuseTwins(
  names: readonly (string | undefined)[],
  at: readonly string[],
  key: string,
  problems: Problems,
): void {
  for (const [index, name] of names.entries()) {
    const first = names.indexOf(name);
    if (name === undefined || first === index) continue;
    problems.add(
      [...at, index, key],
      `${JSON.stringify(name)} is already at ${at.join(".")}.${first}`,
    );
  }
}

function presentOf<Value>(value: Value | undefined): Value[] {
  return value === undefined ? [] : [value];
}
