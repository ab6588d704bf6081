import type { ApiName } from "../../apis/api.ts";
import { pathSegment } from "../path_segment.ts";
import type { PathCall } from "../provider.ts";

/**
 * The paths of an OpenAI resource
 * (https://learn.microsoft.com/azure/ai-services/openai/reference).
 */
export function openAiPaths(apiVersion: string): (call: PathCall) => string {
  const query = apiVersion === "v1" ? "" : `?api-version=${apiVersion}`;
  if (!isDated(apiVersion)) return ({ api }) => `/openai/v1/${suffixOf(api)}${query}`;
  return ({ api, model }) =>
    api === "responses"
      ? `/openai/responses${query}`
      : `/openai/deployments/${pathSegment(model)}/${suffixOf(api)}${query}`;
}

/** Whether a version is one of those before v1, where the path names the deployment. */
export function isDated(apiVersion: string): boolean {
  return apiVersion !== "v1" && apiVersion !== "preview";
}

/** The paths of a Foundry resource, where Claude is spoken to in Anthropic's API. */
export function foundryPaths(project: string): (call: PathCall) => string {
  return ({ api }) => {
    if (api === "messages") return "/anthropic/v1/messages";
    if (api === "messagesCount") return "/anthropic/v1/messages/count_tokens";
    return `/api/projects/${pathSegment(project)}/openai/v1/${suffixOf(api)}`;
  };
}

function suffixOf(api: ApiName): string {
  return api === "embeddings" || api === "responses" || api === "rerank" ? api : "chat/completions";
}
