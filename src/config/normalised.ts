import type { HeaderEdits } from "../policies/header_edits.ts";
import type { CredentialLocation } from "../policies/credential.ts";
import type { RouteType } from "../apis/route_types.ts";
import type { RouteMatch, ValueMatch } from "../routing/route_match.ts";
import type { Problem } from "./diagnostic.ts";

/** Where in the file something is written. */
export type ProblemPath = Problem["path"];

/**
 * The configuration in one form, whichever of the forms the user wrote: every shorthand spelled
 * out, every reference resolved. Paths say where in the file a thing was written.
 */
export interface Normalised {
  readonly ports: readonly PortConfig[];
  readonly bodyBytesMax: number;
}

/** One port to listen on. */
export interface PortConfig {
  readonly at: ProblemPath;
  readonly port: number;
  readonly gateway: string;
  readonly listeners: readonly ListenerConfig[];
}

/** Routes for some host names of a port. */
export interface ListenerConfig {
  readonly name: string;
  readonly hostname?: string | undefined;
  readonly routes: readonly RouteConfig[];
}

/** A route with its policies. */
export interface RouteConfig {
  readonly name: string;
  readonly rule?: string | undefined;
  readonly hostnames: readonly string[];
  readonly matches: readonly RouteMatch[];
  readonly requestHeaders: readonly HeaderEdits[];
  readonly responseHeaders: readonly HeaderEdits[];
  readonly backends: readonly WeightedConfig[];
}

/** A backend and how often it is picked. */
export interface WeightedConfig {
  readonly weight: number;
  readonly backend: BackendConfig;
}

/** What a route leads to. */
export type BackendConfig =
  | { readonly type: "host"; readonly upstream: UpstreamConfig; readonly host: string }
  | {
    readonly type: "ai";
    readonly routes: Readonly<Record<string, RouteType>>;
    readonly target: TargetConfig;
  }
  | { readonly type: "models"; readonly models: readonly ModelConfig[] };

/** What is put on every request to an upstream. */
export interface UpstreamConfig {
  readonly name: string;
  readonly auth?: AuthConfig | undefined;
  readonly tls: boolean;
  readonly requestHeaders: readonly HeaderEdits[];
  readonly responseHeaders: readonly HeaderEdits[];
}

/** A credential and where it goes. */
export interface AuthConfig {
  readonly at: ProblemPath;
  readonly secret: SecretConfig;
  readonly location?: CredentialLocation | undefined;
}

/** A secret as it is written: its value, or the file that holds it. */
export type SecretConfig = string | { readonly file: string };

/** A provider and how it is called. */
export interface TargetConfig extends UpstreamConfig {
  readonly provider: ProviderConfig;
  readonly model?: string | undefined;
  readonly defaults?: Readonly<Record<string, unknown>> | undefined;
  readonly overrides?: Readonly<Record<string, unknown>> | undefined;
  /** `host:port`. */
  readonly hostOverride?: string | undefined;
  readonly pathOverride?: string | undefined;
  readonly pathPrefix?: string | undefined;
}

/** A kind of provider with settings that its own schema has checked. */
export interface ProviderConfig {
  readonly kind: string;
  readonly settings: unknown;
}

/** A model of the `llm` section. */
export interface ModelConfig {
  readonly name: string;
  readonly public: boolean;
  /** Any one of them is enough; none means always. */
  readonly matches: readonly (readonly ValueMatch[])[];
  readonly target: TargetConfig;
}
