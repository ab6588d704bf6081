/** What each variable of expressions is, from plain data; read when it is looked at. */
export {
  destinationVariable,
  type DestinationView,
  proxyVariable,
  type ProxyView,
  sourceVariable,
  type SourceView,
} from "./variables/connection.ts";
export {
  requestVariable,
  type RequestView,
  responseVariable,
  type ResponseView,
} from "./variables/http.ts";
export { apiKeyVariable, jwtVariable } from "./variables/identity.ts";
export {
  llmVariable,
  type LlmView,
  type ParametersView,
  type TokensView,
} from "./variables/llm.ts";
