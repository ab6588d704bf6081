import type * as v from "valibot";
import type { ApiName, JsonObject } from "../apis/api.ts";
import type { JsonEdits } from "../lib/json_edit.ts";

/** A kind of provider that a config can name. */
export interface ProviderKind<Settings> {
  /** Its key in the long form, `provider: {openAI: {}}`. */
  readonly type: string;
  /** Its words in the short form, `provider: openAI`; empty if it has none. */
  readonly shortNames: readonly string[];
  readonly settings: v.GenericSchema<unknown, Settings>;
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
  /** The APIs it speaks, preferred first. */
  readonly speaks: readonly ApiName[];
  /** Scheme and authority when the config names none. */
  readonly origin?: string;
  /** How the path of a call is made. */
  readonly paths: PathRule;
  /** Changes without which this provider would refuse a body that the API allows. */
  adapt?(api: ApiName, request: JsonObject, model: string): JsonEdits | undefined;
  /** Answers in this process, in place of an HTTP call. */
  answer?(call: LocalCall): Response | Promise<Response>;
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
  /** Whether the client's own path is kept when only a host is configured. */
  readonly keepsClientPath: boolean;
  /** Whether passthrough drops a leading `/v1` before it prepends a configured prefix. */
  readonly dropsVersion: boolean;
}
