import type { ApiName } from "../apis/api.ts";
import type { RouteType } from "../apis/route_types.ts";
import type { BodyPolicy } from "../policies/ai/body_edits.ts";
import type { Authorizer } from "../policies/cloud_auth/authorizer.ts";
import type { Credential } from "../policies/credential.ts";
import type { Policy } from "../policies/policy.ts";
import type { Guards } from "../policies/guards/guards.ts";
import type { EditHeaders } from "../policies/header_edits.ts";
import type { Provider } from "../providers/provider.ts";
import type { PromptCaching } from "../apis/prompt_caching.ts";
import type { Prompts } from "../apis/prompts.ts";
import type { Expression, Variables } from "../cel/expression.ts";
import type { Groups } from "./groups.ts";
import type { ModelTable } from "./model_table.ts";
import type { RetryPlan } from "./retry.ts";
import type { VirtualModels } from "./virtual_models.ts";

/** What a route leads to. */
export type Backend = HostBackend | AiBackend | ModelsBackend;

/** A plain HTTP upstream. */
export interface HostBackend {
  readonly type: "host";
  readonly upstream: Upstream;
}

/** One provider or several, with route types told apart by path. */
export interface AiBackend {
  readonly type: "ai";
  readonly routeTypeOf: (path: string) => RouteType;
  readonly choice: Choice;
}

/** Who answers a request: one target, or one after the other of those in groups. */
export type Choice =
  | { readonly type: "one"; readonly target: Target }
  | {
    readonly type: "groups";
    readonly groups: Groups<Target>;
    /** The value pins requests to a member. */
    readonly affinity?: Expression | undefined;
    /** When the next member is tried within one request. */
    readonly retry?: RetryPlan | undefined;
  };

/** The models of the `llm` section; the request's model picks the target. */
export interface ModelsBackend {
  readonly type: "models";
  readonly routeTypeOf: (path: string) => RouteType;
  readonly models: ModelTable<Target>;
  readonly virtualModels: VirtualModels<Target>;
  /** What the model list gives as the birth of every model, in Unix seconds. */
  readonly createdAtS: number;
}

/** Where a request goes and what is put on it there. */
export interface Upstream {
  /** The name that metrics carry. */
  readonly name: string;
  /** Scheme and authority, without a path; absent when the provider answers in this process. */
  readonly origin?: string;
  /** `host:port` for the access log. */
  readonly endpoint?: string;
  readonly credential?: Credential | undefined;
  /** Signs a request, or gets a token for it, when all else of it is done. */
  readonly authorizer?: Authorizer | undefined;
  readonly editRequestHeaders?: EditHeaders | undefined;
  readonly editResponseHeaders?: EditHeaders | undefined;
  /** The way to it, where it is not the one that all upstreams share. */
  readonly client?: UpstreamClient | undefined;
  /** What is done to a request when it is known to go here. */
  readonly policies?: readonly Policy[] | undefined;
  /** Whether a client may send requests here, by what expressions see of its request. */
  readonly allows?: ((variables: Variables) => boolean) | undefined;
  /** How long the head of its answer may take, in milliseconds. */
  readonly headMsMax?: number | undefined;
}

/** Sends requests over connections of its own. */
export interface UpstreamClient {
  readonly decodes: ReadonlySet<string>;
  fetch(url: string, init: UpstreamRequest): Promise<Response>;
}

/** One request to an upstream. */
export interface UpstreamRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array> | null;
  readonly signal: AbortSignal;
  /** Whether a compressed answer is unfolded; false hands its bytes through. */
  readonly decode: boolean;
}

/** A provider with what the config says about calling it. */
export interface Target extends Upstream {
  readonly provider: Provider;
  /** The model that is sent instead of the client's. */
  readonly model?: string | undefined;
  /** What is done to bodies. */
  readonly body?: BodyPolicy | undefined;
  /** Messages that every chat gets. */
  readonly prompts?: Prompts | undefined;
  readonly promptCaching?: PromptCaching | undefined;
  readonly guards?: Guards | undefined;
  /** Whether the tokens of a prompt are counted before it is sent. */
  readonly tokenize?: boolean;
  readonly paths: TargetPaths;
  /** Tasks that are served at another authority. */
  readonly places?: Readonly<Partial<Record<ApiName, UpstreamPlace>>> | undefined;
  /** The credential where its place depends on the API that is spoken. */
  readonly credentialFor?: ((api: ApiName) => Credential | undefined) | undefined;
  /** Whether what a translation cannot carry is refused instead of reported. */
  readonly strict: boolean;
  /** Whether answers on paths of no known API are metered by what they say. */
  readonly detects?: boolean;
}

/** An authority as calls and as logs need it. */
export interface UpstreamPlace {
  readonly origin: string;
  readonly endpoint: string;
}

/** The configured parts of an upstream path. */
export interface TargetPaths {
  readonly hostOverridden: boolean;
  /** Whether the client's own path is kept when only a host is configured. */
  readonly keepsClientPath: boolean;
  /** Without a trailing slash. */
  readonly prefix?: string | undefined;
  /** A fixed path and query for every request. */
  readonly whole?: string | undefined;
}

/** Backends with weights; a weight of 0 is never picked. */
export interface Weighted {
  readonly weight: number;
  readonly backend: Backend;
}

/** Picks a backend; `random` is a number in [0, 1). */
export function pickBackend(weighted: readonly Weighted[], random: () => number) {
  const [first, second] = weighted;
  if (second === undefined) {
    return first !== undefined && first.weight > 0 ? first.backend : undefined;
  }
  let rest = random() * weighted.reduce((sum, { weight }) => sum + weight, 0);
  for (const { weight, backend } of weighted) {
    if (rest < weight) return backend;
    rest -= weight;
  }
  return undefined;
}
