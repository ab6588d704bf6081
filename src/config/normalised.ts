import type { HeaderEdits } from "../policies/header_edits.ts";
import type { CredentialLocation } from "../policies/credential.ts";
import type { RouteType } from "../apis/route_types.ts";
import type { RouteMatch, ValueMatch } from "../routing/route_match.ts";
import type { Problem } from "./diagnostic.ts";
import type { VirtualModelConfig } from "./normalise_virtual_models.ts";
import type { AiPolicyConfig } from "./schema/ai_policy.ts";
import type { AuthorizationConfig } from "./schema/authorization.ts";
import type { BackendTlsConfig } from "./schema/backend_tls.ts";
import type { BackendTunnelConfig } from "./schema/backend_tunnel.ts";
import type { BackendTcpConfig } from "./schema/connection.ts";
import type { ListenerTlsConfig } from "./schema/listener_tls.ts";
import type { CostCatalogSourcesConfig } from "./schema/cost_catalog.ts";
import type { GatewayPoliciesConfig } from "./schema/gateway_policies.ts";
import type { HealthConfig } from "./schema/health.ts";
import type { BackendPoliciesConfig, RoutePoliciesConfig } from "./schema/policies.ts";
import type { SessionConfig } from "./schema/oidc.ts";
import type { PromptGuardConfig } from "./schema/prompt_guard.ts";
import type { SessionAffinityConfig } from "./schema/session_affinity.ts";

/** Where in the file something is written. */
export type ProblemPath = Problem["path"];

/** Settings as they are written, and where. */
export interface Written<Settings> {
  readonly settings: Settings;
  readonly at: ProblemPath;
}

/**
 * The configuration in one form, whichever of the forms the user wrote: every shorthand spelled
 * out, every reference resolved. Paths say where in the file a thing was written.
 */
export interface Normalised {
  readonly ports: readonly PortConfig[];
  readonly bodyBytesMax: number;
  /** How long a client's TLS handshake may take, in milliseconds. */
  readonly handshakeMsMax: number;
  readonly session?: SessionConfig | undefined;
  /** Prices of models, over those built in. */
  readonly modelCatalog: CostCatalogSourcesConfig;
  /** Definitions of functions for expressions. */
  readonly customFunctions: string;
  /** Backends that policies may send requests of their own to, by name. */
  readonly servers: ReadonlyMap<string, ServerUpstream>;
}

/** A named backend that is one plain server. */
export interface ServerUpstream {
  /** `host:port`. */
  readonly host: string;
  readonly upstream: UpstreamConfig;
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
  readonly tls: ListenerTlsConfigs;
  /** What is done before a route is found. */
  readonly policies: readonly Written<GatewayPoliciesConfig>[];
  readonly routes: readonly RouteConfig[];
}

/** What a listener says of its TLS. */
export interface ListenerTlsConfigs {
  /** The object that `tls` and `protocol` are members of. */
  readonly at: ProblemPath;
  /** Undefined where TLS alone decides. */
  readonly protocol?: "HTTP" | "HTTPS" | undefined;
  readonly tls?: ListenerTlsConfig | undefined;
}

/** A route with its policies. */
export interface RouteConfig {
  readonly name: string;
  readonly rule?: string | undefined;
  readonly hostnames: readonly string[];
  readonly matches: readonly RouteMatch[];
  /** The route's own, and those that are attached to it. */
  readonly policies: readonly Written<RoutePoliciesConfig>[];
  readonly requestHeaders: readonly HeaderEdits[];
  readonly responseHeaders: readonly HeaderEdits[];
  /** Whether a request is refused where its translation would lose something. */
  readonly strict: boolean;
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
    /** Targets in groups of falling priority; one target alone is a group of its own. */
    readonly groups: readonly (readonly TargetConfig[])[];
    readonly affinity?: Written<SessionAffinityConfig> | undefined;
  }
  | {
    readonly type: "models";
    readonly models: readonly ModelConfig[];
    readonly virtualModels: readonly VirtualModelConfig[];
  };

/** What is put on every request to an upstream. */
export interface UpstreamConfig {
  readonly name: string;
  readonly auth?: AuthConfig | undefined;
  /** Further secrets that are sent beside `auth`. */
  readonly credentials: readonly KeyAuthConfig[];
  readonly tls: boolean;
  readonly connection: ConnectionConfig;
  /** How long the head of an answer may take, in milliseconds. */
  readonly headMsMax?: number | undefined;
  readonly requestHeaders: readonly HeaderEdits[];
  readonly responseHeaders: readonly HeaderEdits[];
  /** From the least to the most specific; the last that says something counts. */
  readonly policies: readonly Written<BackendPoliciesConfig>[];
}

/** How connections to an upstream are made, where it is not as to any other. */
export interface ConnectionConfig {
  readonly tls?: Written<BackendTlsConfig> | undefined;
  readonly tunnel?: Written<BackendTunnelConfig> | undefined;
  readonly tcp?: Written<BackendTcpConfig> | undefined;
}

/** How the gateway shows an upstream who it is. */
export type AuthConfig =
  | KeyAuthConfig
  | PassthroughAuthConfig
  | AwsAuthConfig
  | GcpAuthConfig
  | AzureAuthConfig;

/** A secret and where it goes. */
export interface KeyAuthConfig {
  readonly type: "key";
  readonly at: ProblemPath;
  readonly secret: SecretConfig;
  readonly location?: CredentialLocation | undefined;
}

/** The client's own credential; not even the provider's ambient identity is added. */
export interface PassthroughAuthConfig {
  readonly type: "passthrough";
  readonly at: ProblemPath;
}

/** A signature with the keys of an AWS account: fixed ones, or those of the surroundings. */
export interface AwsAuthConfig {
  readonly type: "aws";
  readonly at: ProblemPath;
  readonly region?: string | undefined;
  readonly serviceName?: string | undefined;
  readonly static?: AwsKeysConfig | undefined;
  readonly assumeRole?: AwsRoleConfig | undefined;
}

/** Fixed keys of an AWS account. */
export interface AwsKeysConfig {
  readonly accessKeyId: SecretConfig;
  readonly secretAccessKey: SecretConfig;
  readonly sessionToken?: SecretConfig | undefined;
}

/** A role that is taken on before anything is signed. */
export interface AwsRoleConfig {
  readonly roleArn: string;
  readonly sessionName?: string | undefined;
}

/** A token of Google Cloud; without a credential that of the surroundings. */
export interface GcpAuthConfig {
  readonly type: "gcp";
  readonly at: ProblemPath;
  readonly token: "access" | "id";
  /** For an id token; the upstream's host if there is none. */
  readonly audience?: string | undefined;
  /** The JSON text of a key file. */
  readonly credential?: SecretConfig | undefined;
}

/** A token of Microsoft Entra ID. */
export interface AzureAuthConfig {
  readonly type: "azure";
  readonly at: ProblemPath;
  readonly identity: AzureIdentityConfig;
}

/** Who asks for the token. */
export type AzureIdentityConfig =
  | { readonly kind: "implicit" | "developer" | "workload" }
  | {
    readonly kind: "clientSecret";
    readonly tenantId: string;
    readonly clientId: string;
    readonly clientSecret: SecretConfig;
  }
  | {
    readonly kind: "managed";
    readonly clientId?: string | undefined;
    readonly objectId?: string | undefined;
    readonly resourceId?: string | undefined;
  };

/** A secret as it is written: its value, or the file that holds it. */
export type SecretConfig = string | { readonly file: string };

/** A provider and how it is called. */
export interface TargetConfig extends UpstreamConfig {
  /** Where it is written; only the long form keeps the client's path on a bare host override. */
  readonly form: "llm" | "long";
  /** Whether a request is refused where its translation would lose something. */
  readonly strict: boolean;
  readonly provider: ProviderConfig;
  readonly model?: string | undefined;
  /** What is done to bodies, from the least to the most specific. */
  readonly ai: readonly AiLayer[];
  /** Guards, in their order. */
  readonly guards: readonly Written<PromptGuardConfig>[];
  readonly health?: Written<HealthConfig> | undefined;
  readonly tokenize: boolean;
  /** `host:port`. */
  readonly hostOverride?: string | undefined;
  readonly pathOverride?: string | undefined;
  readonly pathPrefix?: string | undefined;
}

/** One level of what is done to bodies. */
export interface AiLayer extends Written<AiPolicyConfig> {
  /** Which names the settings have there. */
  readonly names: "policy" | "model";
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
  /** Whether answers on paths of no known API are metered by what they say. */
  readonly detects: boolean;
  readonly authorization?: Written<AuthorizationConfig> | undefined;
  readonly target: TargetConfig;
}
