import { Gateway, type GatewayOptions } from "./gateway.ts";
import type { JsonObject } from "./json.ts";
import { CompletionsUpstream } from "./upstreams/completions_upstream.ts";
import { ConverseUpstream, testCredentials } from "./upstreams/converse_upstream.ts";
import { GeminiUpstream } from "./upstreams/gemini_upstream.ts";
import { MessagesUpstream } from "./upstreams/messages_upstream.ts";
import { OpenAiApisUpstream } from "./upstreams/openai_apis_upstream.ts";
import { ResponsesUpstream } from "./upstreams/responses_upstream.ts";
import type { StandIn } from "./upstreams/stand_in.ts";

/** A provider: its stand-in, and the entry of the configuration that leads there. */
interface ProviderRow {
  /** The provider's name in telemetry. */
  readonly system: string;
  /** The API that it is asked in, unless its client speaks another of its APIs. */
  readonly api: "completions" | "responses" | "messages" | "gemini" | "converse";
  /** The model that is asked for. */
  readonly model: string;
  readonly start: () => Promise<StandIn>;
  readonly provider: unknown;
  /** Of the stand-in's URL: what stands in `params` besides the model. */
  readonly params: (url: string) => JsonObject;
  readonly auth?: unknown;
}

/** The key that only the gateway knows; every stand-in refuses all others. */
const apiKey = "test-upstream-key";
const googleKey = "AIzaTestUpstreamKey";

const { region, ...awsKeys } = testCredentials;
const vertexPlace = { vertexProject: "my-project", vertexRegion: "us-central1" };
const azureKind = (kind: string) => ({ azureResourceName: "res", azureResourceType: kind });
const custom = (format: string, providerOverride: string) => ({
  custom: { formats: [{ type: format }], providerOverride },
});

/** Every provider that the gateway can be told to call, by the name of its model. */
export const providers = {
  "openai": {
    system: "openai",
    api: "completions",
    model: "gpt-5",
    start: () => OpenAiApisUpstream.start({ key: apiKey }),
    provider: "openAI",
    params: (url) => ({ apiKey, baseUrl: `${url}/v1` }),
  },
  "openai-responses": {
    system: "responses-only",
    api: "responses",
    model: "gpt-5",
    start: () => ResponsesUpstream.start({ key: apiKey }),
    provider: custom("responses", "responses-only"),
    params: (url) => ({ apiKey, baseUrl: `${url}/v1` }),
  },
  "azure": {
    system: "azure",
    api: "completions",
    model: "gpt-5",
    start: () => OpenAiApisUpstream.start({ key: apiKey, prefix: "/openai/v1" }),
    provider: "azure",
    params: (url) => ({ ...azureKind("openAI"), apiKey, baseUrl: url }),
  },
  "deepseek": {
    system: "deepseek-like",
    api: "completions",
    model: "deepseek-reasoner",
    start: () => CompletionsUpstream.start({ key: apiKey, flavour: "deepseek" }),
    provider: custom("completions", "deepseek-like"),
    params: (url) => ({ apiKey, baseUrl: `${url}/v1` }),
  },
  "openrouter": {
    system: "openrouter-like",
    api: "completions",
    model: "anthropic/claude-sonnet-4.5",
    start: () => CompletionsUpstream.start({ key: apiKey, flavour: "openrouter" }),
    provider: custom("completions", "openrouter-like"),
    params: (url) => ({ apiKey, baseUrl: `${url}/v1` }),
  },
  "anthropic": {
    system: "anthropic",
    api: "messages",
    model: "claude-sonnet-4-5",
    start: () => MessagesUpstream.start({ key: apiKey }),
    provider: "anthropic",
    params: (url) => ({ apiKey, baseUrl: `${url}/v1` }),
  },
  "vertex-claude": {
    system: "gcp.vertex_ai",
    api: "messages",
    model: "claude-sonnet-4-5-20250929",
    start: () => MessagesUpstream.start({ key: apiKey }),
    provider: "vertex",
    params: (url) => ({ ...vertexPlace, apiKey, baseUrl: url }),
  },
  "azure-claude": {
    system: "azure",
    api: "messages",
    model: "claude-opus-4-5",
    start: () => MessagesUpstream.start({ key: apiKey, prefix: "/anthropic" }),
    provider: "azure",
    params: (url) => ({ ...azureKind("foundry"), apiKey, baseUrl: url }),
  },
  "bedrock": {
    system: "aws.bedrock",
    api: "converse",
    model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    start: () => ConverseUpstream.start(),
    provider: "bedrock",
    params: (url) => ({ awsRegion: region, baseUrl: url }),
    auth: { aws: awsKeys },
  },
  "gemini": {
    system: "gcp.gemini",
    api: "gemini",
    model: "gemini-3-pro-preview",
    start: () => GeminiUpstream.start({ key: googleKey }),
    provider: "gemini",
    params: (url) => ({ apiKey: googleKey, baseUrl: url }),
  },
  "vertex-gemini": {
    system: "gcp.vertex_ai",
    api: "gemini",
    model: "gemini-2.5-pro",
    start: () => GeminiUpstream.start({ key: apiKey }),
    provider: "vertex",
    params: (url) => ({ ...vertexPlace, apiKey, baseUrl: url }),
  },
} as const satisfies Record<string, ProviderRow>;

/** The name of a provider's model in the configuration. */
export type ProviderName = keyof typeof providers;

/** The names of all providers. */
export const providerNames: readonly ProviderName[] = Object.keys(providers).filter(isProvider);

function isProvider(name: string): name is ProviderName {
  return Object.hasOwn(providers, name);
}

/** A gateway with all providers as its models. */
export interface AllProviders extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly upstream: (name: ProviderName) => StandIn;
}

/** How the gateway is started, and which providers there are. */
export interface AllProvidersOptions extends Omit<GatewayOptions, "yaml"> {
  readonly names?: readonly ProviderName[];
  /** More models, and what stands beside the `llm` section. */
  readonly more?: (places: Places) => {
    readonly models?: readonly JsonObject[];
    readonly beside?: JsonObject;
  };
}

/** Where things are when the configuration is written. */
export interface Places {
  readonly urlOf: (name: ProviderName) => string;
  readonly ports: readonly number[];
}

/** Starts the stand-ins and a gateway before them. */
export async function startAllProviders(options: AllProvidersOptions = {}): Promise<AllProviders> {
  const { names = providerNames, more, ...rest } = options;
  const standIns = new Map<ProviderName, StandIn>();
  for (const name of names) standIns.set(name, await providers[name].start());
  const upstream = (name: ProviderName) => {
    const standIn = standIns.get(name);
    if (standIn === undefined) throw new Error(`no stand-in of ${name} was started`);
    return standIn;
  };
  const urlOf = (name: ProviderName) => upstream(name).url;
  const gateway = await Gateway.start({
    ...rest,
    yaml: (...ports) => {
      const { models = [], beside = {} } = more?.({ urlOf, ports }) ?? {};
      const own = names.map((name) => entryOf(name, urlOf(name)));
      const llm = { port: ports[0], models: [...own, ...models] };
      return Object.entries({ ...beside, llm })
        .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`).join("");
    },
  });
  return {
    gateway,
    upstream,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      for (const standIn of standIns.values()) await standIn[Symbol.asyncDispose]();
    },
  };
}

/** The entry of a provider's model in the `llm` section. */
export function entryOf(name: ProviderName, url: string): JsonObject {
  const { provider, model, params, auth }: ProviderRow = providers[name];
  return { name, provider, params: { model, ...params(url) }, ...(auth !== undefined && { auth }) };
}
