import { type LoopName } from "./clients/index.ts";
import { type Question, talkers } from "./clients/talk.ts";
import { Gateway, type GatewayOptions } from "./gateway.ts";
import type { JsonObject } from "./json.ts";
import { MessagesUpstream } from "./upstreams/messages_upstream.ts";
import { OpenAiApisUpstream } from "./upstreams/openai_apis_upstream.ts";
import type { StandIn, UpstreamRecord } from "./upstreams/stand_in.ts";

/** The kinds of providers that stand behind a place, by the names that the configuration has. */
const kinds = {
  openAI: {
    model: "gpt-5",
    start: () => OpenAiApisUpstream.start({ key: providerKey }),
  },
  anthropic: {
    model: "claude-sonnet-4-5",
    start: () => MessagesUpstream.start({ key: providerKey }),
  },
} as const;

/** The kind of a stand-in. */
export type Kind = keyof typeof kinds;

/** The key that only the gateway knows; every stand-in refuses all others. */
export const providerKey = "test-provider-key";

/** A stand-in, and what of a configuration leads to it. */
export interface Provider {
  readonly upstream: StandIn;
  /** The model that it is asked for, unless an entry says another. */
  readonly model: string;
  readonly host: string;
  /** An entry of `llm.models`. */
  readonly entry: (name: string, more?: JsonObject) => JsonObject;
  /** A provider of an `ai` backend or of a group; the settings are those of its kind. */
  readonly backend: (name: string, policies?: JsonObject, settings?: JsonObject) => JsonObject;
}

/** A gateway and the providers behind it. */
export interface Place<Name extends string> extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly upstream: (name: Name) => StandIn;
  /** The whole file for another configuration. */
  readonly render: (configOf: ConfigOf<Name>) => string;
}

/** The sections of a configuration beside `config`. */
export type ConfigOf<Name extends string> = (
  provider: (name: Name) => Provider,
  ports: readonly number[],
) => JsonObject;

/** Starts stand-ins of these kinds, and a gateway before them. */
export async function startPlace<Name extends string>(
  wanted: readonly (readonly [Name, Kind])[],
  configOf: ConfigOf<Name>,
  options: Omit<GatewayOptions, "yaml"> = {},
): Promise<Place<Name>> {
  const providers = new Map<Name, Provider>();
  for (const [name, kind] of wanted) providers.set(name, await providerOf(kind));
  const provider = (name: Name) => {
    const found = providers.get(name);
    if (found === undefined) throw new Error(`no stand-in ${name} was started`);
    return found;
  };
  const yaml = (...ports: readonly number[]) => yamlOf(configOf(provider, ports));
  const gateway = await Gateway.start({ ...options, yaml });
  return {
    gateway,
    upstream: (name) => provider(name).upstream,
    render: (other) => gateway.render(yamlOf(other(provider, gateway.ports))),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      for (const { upstream } of providers.values()) await upstream[Symbol.asyncDispose]();
    },
  };
}

function yamlOf(sections: JsonObject): string {
  return Object.entries(sections).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join("");
}

async function providerOf(kind: Kind): Promise<Provider> {
  const { model, start } = kinds[kind];
  const upstream = await start();
  const host = upstream.url.replace("http://", "");
  return {
    upstream,
    model,
    host,
    entry: (name, { params, ...more }: JsonObject = {}) => ({
      name,
      provider: kind,
      params: { model, apiKey: providerKey, baseUrl: `${upstream.url}/v1`, ...Object(params) },
      ...more,
    }),
    backend: (name, policies = {}, settings = { model }) => ({
      name,
      provider: { [kind]: settings },
      hostOverride: host,
      pathPrefix: "/v1",
      policies: { backendAuth: { key: providerKey }, ...policies },
    }),
  };
}

/** A route for all that begins with `/<name>`, in whatever API it is asked. */
export function chatRoute(
  name: string,
  policies: JsonObject,
  ...backends: readonly JsonObject[]
): JsonObject {
  const ai = { routes: chatPaths, ...Object(policies.ai) };
  const matches = [{ path: { pathPrefix: `/${name}` } }];
  return { name, matches, policies: { ...policies, ai }, backends };
}

const chatPaths = {
  "/v1/chat/completions": "completions",
  "/v1/responses": "responses",
  "/v1/messages": "messages",
  ":generateContent": "generateContent",
  ":streamGenerateContent": "generateContent",
};

/** The official SDKs, each with the APIs that it knows. */
export const officialClients = [
  "openai chat",
  "openai responses",
  "anthropic",
  "genai",
] as const satisfies readonly LoopName[];

/** Has a client ask a question; gives the text of the answer. */
export async function said(
  client: LoopName,
  question: Question,
  stream: boolean,
): Promise<string> {
  const talker = talkers[client];
  if (!stream) return await talker.whole(question);
  return (await Array.fromAsync(talker.streamed(question))).join("");
}

/** Takes note of the requests that stand-ins get from now on, and gives them by name. */
export function requestsSince<Name extends string>(
  place: Place<Name>,
  ...names: readonly Name[]
): () => Readonly<Record<string, readonly UpstreamRecord[]>> {
  const before = names.map((name) => [name, place.upstream(name).records.length] as const);
  return () =>
    Object.fromEntries(
      before.map(([name, count]) => [name, place.upstream(name).records.slice(count)] as const),
    );
}

/** How many requests each of them got. */
export function countsSince<Name extends string>(
  place: Place<Name>,
  ...names: readonly Name[]
): () => Readonly<Record<string, number>> {
  const since = requestsSince(place, ...names);
  return () =>
    Object.fromEntries(Object.entries(since()).map(([name, records]) => [name, records.length]));
}
