/**
 * Leaves that no test sets through the configuration: what they are compiled to has tests of its
 * own. The list may only become shorter.
 */
export const UNSET: readonly string[] = [
  ".config.modelCatalog[].inline.providers.*.models.*.tags",
  ".llm.models[].promptCaching.cacheMessageOffset",
  ".llm.models[].promptCaching.cacheMessages",
  ".llm.models[].promptCaching.cacheSystem",
  ".llm.models[].provider.mock.responses[].chunking",
  ".llm.models[].provider.mock.responses[].finishReason=length",
  ".llm.models[].provider.mock.responses[].finishReason=stop",
  ".llm.models[].provider.mock.responses[].finishReason=tool_calls",
  ".llm.models[].provider.mock.responses[].pace",
  ".llm.policies.apiKey.keys[].budgets[].usd (string)",
  ".llm.policies.jwtAuth.providers[].jwtValidationOptions",
  ".routes[].policies.ai.prompts.prepend[].role=developer",
  ".routes[].policies.buffer.request.failureMode=failClosed",
  ".routes[].policies.requestRedirect.scheme=http",
];
