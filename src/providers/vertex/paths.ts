import { geminiMethod } from "../gemini_paths.ts";
import { pathSegment } from "../path_segment.ts";
import type { PathCall } from "../provider.ts";
import { claudeId, googleId } from "./models.ts";

/** The authority of a region (https://cloud.google.com/vertex-ai/docs/general/locations). */
export function originOf(region: string): string {
  if (region === "global") return "https://aiplatform.googleapis.com";
  if (region === "us" || region === "eu") return `https://aiplatform.${region}.rep.googleapis.com`;
  return `https://${region}-aiplatform.googleapis.com`;
}

/** Where rankings are made: not in Vertex AI, but beside it. */
export const RANKING_ORIGIN = "https://discoveryengine.googleapis.com";

/** The paths of a project in a region. */
export function pathsOf(project: string, region: string): (call: PathCall) => string {
  const root = `/v1/projects/${project}/locations/${region}`;
  const google = `${root}/publishers/google/models`;
  const anthropic = `${root}/publishers/anthropic/models`;
  return (call) => {
    switch (call.api) {
      case "gemini":
      case "geminiCount":
        return `${google}/${pathSegment(googleId(call.model))}:${geminiMethod(call)}`;
      case "messages": {
        const method = call.streaming ? "streamRawPredict" : "rawPredict";
        return `${anthropic}/${pathSegment(claudeId(call.model))}:${method}`;
      }
      case "messagesCount":
        return `${anthropic}/count-tokens:rawPredict`;
      case "predict":
        return `${google}/${pathSegment(googleId(call.model))}:predict`;
      case "vertexRank":
        return `${root}/rankingConfigs/default_ranking_config:rank`;
      default:
        return `${root}/endpoints/openapi/chat/completions`;
    }
  };
}
