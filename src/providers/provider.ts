import type * as v from "valibot";
import type { ApiName, JsonObject } from "../apis/api.ts";
import type { Losses } from "../chat/losses.ts";
import type { HeaderRecord } from "../lib/header_record.ts";
import type { JsonEdits } from "../lib/json_edit.ts";

/** A kind of provider that a config can name. */
export interface ProviderKind<Settings> {
  /** Its key in the long form, `provider: {openAI: {}}`. */
  readonly type: string;
  /** Its words in the short form, `provider: openAI`; empty if it has none. */
  readonly shortNames: readonly string[];
  readonly settings: v.GenericSchema<unknown, Settings>;
  /** The settings that `llm` models give it by `params`, by their names there. */
  readonly params?: Readonly<Record<string, string>>;
  connect(settings: Settings, environment: Environment): Provider;
}

/** What providers may take from their surroundings. */
export interface Environment {
  /** Monotonic clock, in milliseconds. */
  now(): number;
}

/** Who and where: one upstream, ready to be called. */
export interface Provider {
  /** The name that telemetry and the cost catalog use. */
  readonly name: string;
  /** The model that is sent instead of the client's. */
  readonly model?: string;
  /** The APIs it speaks for a model, preferred first. */
  speaks(model: string, place: Place): readonly ApiName[];
  /** Those of them that a translation may choose from, if not all. */
  translatesTo?(model: string, place: Place): readonly ApiName[];
  /** Scheme and authority when the config names none. */
  readonly origin?: string;
  /** Tasks that the provider offers at another authority than `origin`. */
  readonly origins?: Readonly<Partial<Record<ApiName, string>>>;
  /** How the path of a call is made. */
  readonly paths: PathRule;
  /** Who the gateway is to this provider when the config does not say. */
  readonly auth?: ProviderAuth;
  /** Where a configured key stands in a request; a bearer token by default. */
  readonly placeKey?: (key: string, api: ApiName | undefined) => KeyPlace | undefined;
  /** Headers with which a caller says whose account pays, of those that its key may use. */
  readonly accountHeaders?: readonly string[];
  /** Changes without which this provider would refuse a request that the API allows. */
  adapt?(call: ProviderCall): JsonEdits | undefined;
  /** Edits the headers of a call in an API: versions that it requires, what it refuses. */
  editHeaders?(headers: HeaderRecord, call: ProviderCall): void;
  /** Answers in this process, in place of an HTTP call. */
  answer?(call: LocalCall): Response | Promise<Response>;
}

/** Whether the provider is called at its own address or at one that the config names. */
export interface Place {
  readonly hostOverridden: boolean;
}

/** A call as a provider sees it. */
export interface ProviderCall {
  readonly api: ApiName;
  /** The body as it would be sent. */
  readonly request: JsonObject;
  readonly model: string;
  readonly streaming: boolean;
  /** The client's headers. */
  readonly headers: Headers;
  readonly place: Place;
  /** Whether the client's own body goes on, in the API that it came in. */
  readonly forwarded: boolean;
  /** Where a provider tells what it takes out of a translated request. */
  readonly losses?: Losses;
}

/** The ambient identity that a cloud provider is called with. */
export type ProviderAuth =
  | { readonly type: "aws"; readonly region: string; readonly serviceName: string }
  | { readonly type: "gcp" }
  | { readonly type: "azure"; readonly scope: string };

/** A header for a key: its name in lower case and what stands before the key. */
export interface KeyPlace {
  readonly header: string;
  readonly prefix?: string;
}

/** A request that is answered in this process. */
export interface LocalCall {
  readonly method: string;
  /** Path and query as they would be sent upstream. */
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** How the upstream path of a call is made. */
export interface PathRule {
  /** Stands before an API's path; a configured prefix replaces it. */
  readonly base: string;
  /** Whole paths that differ from `base` + the API's own. */
  readonly exact?: Readonly<Partial<Record<ApiName, string>>>;
  /**
   * The path where it depends on the model, in place of `base` and the API's own: a configured
   * prefix stands before it. It may bring a query. Undefined where it does not depend.
   */
  of?(call: PathCall): string | undefined;
  /** Whether the client's own path is kept when only a host is configured. */
  readonly keepsClientPath: boolean;
  /** Whether passthrough drops a leading `/v1` before it prepends a configured prefix. */
  readonly dropsVersion: boolean;
}

/** What a path may depend on. */
export interface PathCall {
  readonly api: ApiName;
  readonly model: string;
  readonly streaming: boolean;
}
