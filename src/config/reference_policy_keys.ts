import { keys } from "./key_list.ts";

/** As `reference_keys.ts`, for the objects of policies. */
export const REFERENCE_POLICY_KEYS = {
  ModelCatalogSource: keys("file inline"),
  Catalog: keys("providers"),
  Provider: keys("models"),
  Model: keys("rates tiers tags"),
  Rates: keys("input output cacheRead cacheWrite reasoning inputAudio outputAudio"),
  Tier: keys("contextOver rates"),
  LocalTLSServerConfig: keys(`
    mode cert key root spiffe cipherSuites minTLSVersion minTlsVersion maxTLSVersion maxTlsVersion
    keyExchangeGroups
  `),
  RequestRedirect: keys("scheme authority path status"),
  HostRedirect: keys("full host port"),
  PathRedirect: keys("full prefix"),
  UrlRewrite: keys("authority path"),
  RequestMirror: keys("backend percentage"),
  SimpleLocalBackendSerde: keys("service host backend"),
  DirectResponse: keys("body bodyExpression headers status"),
  LocalConditionalPolicy_DirectResponse: keys("condition body bodyExpression headers status"),
  CorsSerde: keys("allowCredentials allowHeaders allowMethods allowOrigins exposeHeaders maxAge"),
  RuleSet: keys("rules"),
  LocalTransformationConfig: keys("request response"),
  LocalTransform: keys("add set remove replace body metadata"),
  LocalConditionalPolicy_LocalTransformationConfig: keys("condition request response"),
  SimpleLocalBackendPolicies: keys(`
    requestHeaderModifier transformations backendTLS backendAuth http tcp backendTunnel
  `),
  HTTP: keys("version requestTimeout"),
  TCP: keys("keepalives connectTimeout"),
  KeepaliveConfig: keys("enabled time interval retries"),
  Tunnel: keys("proxy policies"),
  FileInlineOrRemote: keys("file url"),
  JWTValidationOptions: keys("requiredClaims"),
  PromptGuard: keys("streaming request response"),
  RequestGuard: keys(`
    rejection scope regex webhook openAIModeration bedrockGuardrails googleModelArmor
    azureContentSafety
  `),
  ResponseGuard: keys(`
    rejection regex webhook bedrockGuardrails googleModelArmor azureContentSafety
  `),
  RequestRejection: keys("body status headers"),
  RegexRules: keys("action rules"),
  RegexRule: keys("builtin pattern"),
  Webhook: keys("target headers forwardHeaderMatches failureMode"),
  Moderation: keys("model policies"),
  BedrockGuardrails: keys("guardrailIdentifier guardrailVersion region policies"),
  GoogleModelArmor: keys("templateId projectId location policies"),
  AzureContentSafety: keys("endpoint policies analyzeText detectJailbreak"),
  AnalyzeTextConfig: keys("severityThreshold apiVersion blocklistNames haltOnBlocklistHit"),
  DetectJailbreakConfig: keys("apiVersion"),
  PromptEnrichment: keys("append prepend"),
  SimpleChatCompletionMessage: keys("role content"),
  PromptCachingConfig: keys("cacheSystem cacheMessages cacheTools minTokens cacheMessageOffset"),
  RateLimitSpec: keys("maxTokens tokensPerFill fillInterval type"),
  LocalConditionalPolicy_RateLimitSpec: keys("condition maxTokens tokensPerFill fillInterval type"),
  RemoteRateLimit: keys("domain policies descriptors failureMode service host backend"),
  LocalConditionalPolicy_RemoteRateLimit: keys(`
    condition domain policies descriptors failureMode service host backend
  `),
  DescriptorEntry: keys("entries type cost limitOverride"),
  KV: keys("key value"),
  LocalJwtConfig: keys("mode location providers issuer audiences jwks jwtValidationOptions"),
  ProviderConfig: keys("issuer audiences jwks jwtValidationOptions"),
  LocalOidcConfig: keys(`
    issuer discovery authorizationEndpoint tokenEndpoint tokenEndpointAuth jwks clientId
    clientSecret redirectURI scopes
  `),
  LocalBasicAuth: keys("htpasswd realm mode authorizationLocation"),
  LocalAPIKeys: keys("keys mode location"),
  LocalAPIKey: keys("key metadata allowedModels keyHash"),
  ExtAuthz: keys(`
    policies protocol failureMode includeRequestHeaders includeRequestBody cache service host
    backend
  `),
  LocalConditionalPolicy_ExtAuthz: keys(`
    condition policies protocol failureMode includeRequestHeaders includeRequestBody cache service
    host backend
  `),
  ExtAuthzProtocol: keys("grpc http"),
  ExtAuthzFailureMode: keys("denyWithStatus"),
  BodyOptions: keys("maxRequestBytes allowPartialMessage packAsBytes"),
  CacheConfig: keys("key ttl maxEntries"),
  Csrf: keys("additionalOrigins"),
  Buffer: keys("request response"),
  BufferBody: keys("maxBytes failureMode"),
  TimeoutPolicy: keys("requestTimeout backendRequestTimeout"),
  RetryPolicy: keys("attempts backoff codes precondition condition"),
  DelayPolicy: keys("duration"),
  LocalHealthPolicy: keys("unhealthyExpression eviction"),
  LocalEviction: keys("duration restoreHealth consecutiveFailures healthThreshold"),
  SessionAffinityPolicy: keys("source"),
  LocalAIProviders: keys("providers"),
  LocalPolicy: keys("name target phase policy"),
  ResourceName: keys("name namespace"),
  PolicyTarget: keys("gateway route backend listenerSet"),
  ListenerTarget: keys("gatewayName gatewayNamespace listenerName port"),
  RouteName: keys("name namespace ruleName kind"),
  BackendTarget: keys("backend service"),
  LocalLLMVirtualModel: keys("name routing"),
  LocalLLMVirtualModelRouting: keys("weighted failover conditional"),
  LocalLLMWeightedRouting: keys("targets"),
  LocalLLMWeightedTarget: keys("model weight"),
  LocalLLMFailoverRouting: keys("targets"),
  LocalLLMFailoverTarget: keys("model priority"),
  LocalLLMConditionalRouting: keys("targets"),
  LocalLLMConditionalTarget: keys("when model"),
  LocalLLMPolicy: keys(`
    oidc jwtAuth authorization extAuthz extProc cors transformations basicAuth apiKey guardrails
    localRateLimit remoteRateLimit
  `),
  LocalGatewayPolicy: keys(`
    oidc jwtAuth authorization extAuthz extProc cors transformations basicAuth apiKey
  `),
  "ExtAuthzProtocol.grpc": keys("context metadata"),
  "ExtAuthzProtocol.http": keys(`
    redirect path body includeResponseHeaders addRequestHeaders metadata
  `),
} as const satisfies Readonly<Record<string, readonly string[]>>;
