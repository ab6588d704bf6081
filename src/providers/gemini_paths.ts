import type { PathCall } from "./provider.ts";
import { pathSegment } from "./path_segment.ts";

/** The path of a call in Gemini's own API (https://ai.google.dev/api/generate-content). */
export function geminiPath(call: PathCall): string {
  const collection = /^(?:models|tunedModels)(?=\/.)/.exec(call.model)?.[0];
  const id = collection === undefined ? call.model : call.model.slice(collection.length + 1);
  return `/v1beta/${collection ?? "models"}/${pathSegment(id)}:${geminiMethod(call)}`;
}

/** The method at the end of a path of Gemini's API, with the framing that streams come in. */
export function geminiMethod({ api, streaming }: PathCall): string {
  if (api === "geminiCount") return "countTokens";
  return streaming ? "streamGenerateContent?alt=sse" : "generateContent";
}
