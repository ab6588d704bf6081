import { keys } from "./key_list.ts";
import { REFERENCE_POLICY_KEYS } from "./reference_policy_keys.ts";

/**
 * The keys that the reference's configuration schema knows, for every object of it that this
 * gateway reads; those it does not support are refused with that word.
 */
const REFERENCE_KEYS = {
  ...REFERENCE_POLICY_KEYS,
  Root: keys(`
    config binds frontendPolicies policies workloads services backends routeGroups gateways routes
    tcpRoutes llm mcp ui
  `),
  RawConfig: keys(`
    enableIpv6 dns localXdsPath modelCatalog database storage caAddress caAuthToken xdsAddress
    xdsAuthToken spiffe namespace gateway trustDomain additionalTrustDomains skipValidateTrustDomain
    serviceAccount clusterId network adminAddr standardAttributes statsAddr histograms readinessAddr
    session mcp sensitiveHeaders customFunctions connectionTerminationDeadline
    connectionMinTerminationDeadline workerThreads tracing logging metrics backend hbone
  `),
  RawLogging: keys("filter fields level format database"),
  RawMetrics: keys("remove fields"),
  BackendConfig: keys("keepalives connectTimeout poolIdleTimeout poolMaxSize"),
  LocalFrontendPolicies: keys(`
    http tls tcp networkAuthorization networkExtAuthz proxy proxyProtocol connect accessLog logging
    tracing
  `),
  FrontendHTTP: keys(`
    maxBufferSize http1MaxHeaders http1IdleTimeout http1HeaderCase http2WindowSize
    http2ConnectionWindowSize http2FrameSize http2MaxHeaderSize http2KeepaliveInterval
    http2KeepaliveTimeout maxConnectionDuration
  `),
  LocalGateway: keys(`
    port protocol listeners tls oidc jwtAuth authorization extAuthz extProc cors transformations
    basicAuth apiKey
  `),
  LocalGatewayListener: keys(`
    name hostname protocol tls oidc jwtAuth authorization extAuthz extProc cors transformations
    basicAuth apiKey
  `),
  LocalBind: keys("port listeners tunnelProtocol mode"),
  LocalListener: keys("name namespace hostname protocol tls routes tcpRoutes policies"),
  LocalAttachedRoute: keys("gateways name namespace ruleName hostnames matches policies backends"),
  LocalRoute: keys("name namespace ruleName hostnames matches policies backends"),
  RouteMatch: keys("headers path method query"),
  PathMatch: keys("exact pathPrefix regex"),
  HeaderMatch: keys("name value"),
  HeaderValueMatch: keys("exact regex"),
  QueryMatch: keys("name value"),
  QueryValueMatch: keys("exact regex"),
  FilterOrPolicy: keys(`
    requestHeaderModifier responseHeaderModifier requestRedirect urlRewrite requestMirror
    directResponse cors mcpAuthorization mcpGuardrails authorization mcpAuthentication a2a ai
    backendTLS backendTunnel backendAuth localRateLimit remoteRateLimit jwtAuth oidc basicAuth
    apiKey extAuthz extProc transformations csrf buffer timeout retry delay
  `),
  HeaderModifier: keys("add set remove"),
  Policy: keys(`
    promptGuard defaults overrides transformations finalTransformations prompts modelAliases
    promptCaching routes
  `),
  BackendAuthCompat: keys(`
    key credentials passthrough gcp aws azure jwtSign oauthTokenExchange crossAppAccess
  `),
  AuthorizationLocation: keys("header queryParameter cookie expression"),
  FileOrInline: keys("file"),
  LocalBackendTLS: keys(`
    cert key root hostname insecure insecureHost alpn subjectAltNames keyExchangeGroups spiffe
  `),
  LocalRouteBackend: keys(`
    weight policies service backend host internal dynamic mcp ai aws routeGroup invalid
  `),
  FullLocalBackend: keys("name policies host internal mcp ai aws"),
  LocalBackendPolicies: keys(`
    requestHeaderModifier transformations backendTLS backendAuth http tcp backendTunnel
    responseHeaderModifier requestRedirect health extAuthz authorization mcpAuthorization
    mcpGuardrails a2a inferenceRouting sessionAffinity ai
  `),
  LocalAIBackend: keys(`
    name provider hostOverride pathOverride pathPrefix tokenize policies groups
  `),
  AIProvider: keys("openAI gemini vertex anthropic bedrock azure copilot custom"),
  LocalLLMConfig: keys("gateways port tls providers models virtualModels policies"),
  LocalLLMProvider: keys("name params provider defaults"),
  LocalLLMProviderDefaults: keys(`
    defaults overrides transformation requestHeaders responseHeaders backendTLS tls auth health
    backendTunnel promptCaching
  `),
  LocalLLMModels: keys(`
    id name visibility params provider passthrough authorization defaults overrides transformation
    finalTransformation requestHeaders responseHeaders backendTLS tls auth health backendTunnel
    guardrails promptCaching matches
  `),
  LocalLLMParams: keys(`
    model apiKey awsRegion vertexRegion vertexProject azureResourceName azureResourceType
    azureApiVersion azureProjectName baseUrl hostOverride pathOverride pathPrefix tokenize
  `),
  LLMRouteMatch: keys("headers"),
  LocalBuiltinModelAIProvider: keys("reference custom"),
  OpenAIProvider: keys("model moderation"),
  CustomProvider: keys("model providerOverride formats"),
  ProviderFormatConfig: keys("type path"),
  AnthropicProvider: keys("model"),
  GeminiProvider: keys("model"),
  VertexProvider: keys("model region projectId"),
  BedrockProvider: keys("model region guardrailIdentifier guardrailVersion"),
  AzureProvider: keys("model resourceName resourceType apiVersion projectName"),
  "BackendAuth.passthrough": keys("location"),
  "BackendAuth.key": keys("value location"),
  "BackendAuth.credentials": keys("location key"),
  "BackendAuth.gcp": keys("type audience credential"),
  "BackendAuth.aws": keys(`
    accessKeyId secretAccessKey sessionToken region serviceName assumeRole
  `),
  "BackendAuth.aws.assumeRole": keys("roleArn sessionName tags"),
  "BackendAuth.azure": keys("implicit developerImplicit explicitConfig"),
  "BackendAuth.azure.implicit": keys(""),
  "BackendAuth.azure.developerImplicit": keys(""),
  "BackendAuth.azure.explicitConfig": keys("clientSecret managedIdentity workloadIdentity"),
  "BackendAuth.azure.clientSecret": keys("tenant_id client_id client_secret"),
  "BackendAuth.azure.managedIdentity": keys("userAssignedIdentity"),
  "BackendAuth.azure.userAssigned": keys("clientId objectId resourceId"),
  "BackendAuth.azure.workloadIdentity": keys(""),
  "AuthorizationLocation.header": keys("name prefix"),
  "AuthorizationLocation.queryParameter": keys("name"),
  "AuthorizationLocation.cookie": keys("name"),
} as const satisfies Record<string, readonly string[]>;

/** An object of the reference's schema. */
export type ReferenceObject = keyof typeof REFERENCE_KEYS;

/** Every key of an object of the reference, for `closedObject`. */
export function later(name: ReferenceObject): readonly string[] {
  return REFERENCE_KEYS[name];
}

/** The names of all objects in the table. */
export const referenceObjects: readonly ReferenceObject[] = Object.keys(REFERENCE_KEYS)
  .filter((name) => isReferenceObject(name));

function isReferenceObject(name: string): name is ReferenceObject {
  return Object.hasOwn(REFERENCE_KEYS, name);
}
