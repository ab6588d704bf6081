import type { ApiName } from "../apis/api.ts";
import type {
  AiLayer,
  ModelConfig,
  ProviderConfig,
  TargetConfig,
  UpstreamConfig,
  Written,
} from "../config/normalised.ts";
import type { PromptGuardConfig } from "../config/schema/prompt_guard.ts";
import { bodyPolicy } from "../policies/ai/body_edits.ts";
import type { AiSettings } from "../policies/ai/ai_settings.ts";
import { mergeAi, mergeModelAi } from "../policies/ai/merge_ai.ts";
import { allowed, authorization } from "../policies/auth/authorization.ts";
import { allGuards, type Guards } from "../policies/guards/guards.ts";
import { headerEdits } from "../policies/header_edits.ts";
import { providerKinds } from "../providers/index.ts";
import type { Environment, Provider } from "../providers/provider.ts";
import type { ConnectionOptions } from "../host/host.ts";
import { compileConnection } from "./connection.ts";
import type { Target, UpstreamClient, UpstreamPlace } from "../routing/backend.ts";
import type { AuthCompiler } from "./compile_auth.ts";
import type { CompileContext } from "./compile_context.ts";
import { backendPolicies, type PolicyPlace } from "./compile_policies.ts";
import { compileAi, MODEL_KEYS, POLICY_KEYS } from "./policies/ai_policy.ts";
import { compileRules } from "./policies/authorization.ts";
import { compilePromptGuard } from "./policies/prompt_guard.ts";

/** What targets are built with. */
export interface TargetSurroundings extends PolicyPlace {
  readonly auth: AuthCompiler;
  readonly environment: Environment;
  /** The client for connections of their own. */
  readonly clientOf: (connection: ConnectionOptions) => UpstreamClient;
}

/** Builds a target: a provider, ready to be called, and what is done to its requests. */
export function compileTarget(config: TargetConfig, surroundings: TargetSurroundings): Target {
  const { auth, context, environment } = surroundings;
  const provider = connected(config.provider, environment);
  const hostOverridden = config.hostOverride !== undefined;
  const origin = hostOverridden
    ? `${config.tls ? "https" : "http"}://${config.hostOverride}`
    : provider.origin;
  const ai = aiSettings(config.ai, config.form, context);
  return {
    ...upstreamParts(config, surroundings),
    ...(origin === undefined ? {} : place(origin)),
    ...auth.upstream(config, provider),
    name: config.name,
    places: hostOverridden ? undefined : placesOf(provider),
    provider,
    strict: config.strict,
    model: config.model ?? provider.model,
    body: ai === undefined ? undefined : bodyPolicy(ai),
    prompts: ai?.prompts,
    promptCaching: ai?.promptCaching,
    guards: guardsOf(config.guards, context),
    tokenize: config.tokenize,
    paths: {
      hostOverridden,
      keepsClientPath: config.form === "long" && hostOverridden &&
        config.pathPrefix === undefined && provider.paths.keepsClientPath,
      prefix: config.pathPrefix?.replace(/\/+$/, ""),
      whole: config.pathOverride,
    },
  };
}

/** The target of a model of `llm`, which the model's own rules guard. */
export function compileModel(config: ModelConfig, surroundings: TargetSurroundings): Target {
  const target = compileTarget(config.target, surroundings);
  const { settings, at } = config.authorization ?? {};
  if (settings === undefined || at === undefined || settings.rules.length === 0) {
    return { ...target, detects: config.detects };
  }
  const rules = compileRules(settings, at, surroundings.context);
  return {
    ...target,
    detects: config.detects,
    policies: [authorization([rules]), ...target.policies ?? []],
    allows: (variables) => allowed(rules, variables),
  };
}

type UpstreamParts = Pick<
  Target,
  "editRequestHeaders" | "editResponseHeaders" | "policies" | "client" | "headMsMax"
>;

/** What any upstream has. */
export function upstreamParts(
  { requestHeaders, responseHeaders, policies, connection, headMsMax }: UpstreamConfig,
  place: TargetSurroundings,
): UpstreamParts {
  const own = compileConnection(connection, place.context);
  return {
    client: own === undefined ? undefined : place.clientOf(own),
    headMsMax,
    editRequestHeaders: headerEdits(...requestHeaders),
    editResponseHeaders: headerEdits(...responseHeaders),
    policies: backendPolicies(policies, place),
  };
}

/** An origin as calls and logs need it. */
export function place(origin: string): UpstreamPlace {
  const { protocol, hostname, port } = new URL(origin);
  const shown = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  return { origin, endpoint: `${hostname}:${shown}` };
}

function connected({ kind, settings }: ProviderConfig, environment: Environment): Provider {
  const known = providerKinds.find(({ type }) => type === kind);
  if (known === undefined) throw new Error(`no provider kind ${kind}`);
  return known.connect(settings, environment);
}

function aiSettings(
  layers: readonly AiLayer[],
  form: TargetConfig["form"],
  context: CompileContext,
): AiSettings | undefined {
  const compiled = layers.map(({ settings, at, names }) =>
    compileAi(settings, at, context, names === "model" ? MODEL_KEYS : POLICY_KEYS)
  );
  if (form === "long") return mergeAi(compiled);
  const [provider, model] = compiled;
  return mergeModelAi(provider, model);
}

function guardsOf(
  written: readonly Written<PromptGuardConfig>[],
  context: CompileContext,
): Guards | undefined {
  return allGuards(written.map(({ settings, at }) => compilePromptGuard(settings, at, context)));
}

function placesOf({ origins }: Provider): Target["places"] {
  if (origins === undefined) return undefined;
  const places: Partial<Record<ApiName, UpstreamPlace>> = {};
  for (const [name, origin] of Object.entries(origins)) {
    if (origin !== undefined) Object.assign(places, { [name]: place(origin) });
  }
  return places;
}
