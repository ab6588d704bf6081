import type { ApiName } from "../../apis/api.ts";
import { defined } from "../../lib/defined.ts";
import { withoutModel } from "../gemini_edits.ts";
import { geminiPath } from "../gemini_paths.ts";
import type { KeyPlace, PathCall, Provider } from "../provider.ts";

/** Gemini's settings, checked. */
export interface GeminiSettings {
  readonly model?: string;
}

/**
 * Google's Gemini API. Of the OpenAI paths on top of it only that of embeddings is used: chats lose
 * thoughts and their signatures there (https://ai.google.dev/gemini-api/docs/openai).
 */
export function connect({ model }: GeminiSettings): Provider {
  return {
    name: "gcp.gemini",
    ...defined({ model }),
    speaks: () => ["gemini", "embeddings", "geminiCount"],
    origin: "https://generativelanguage.googleapis.com",
    paths: { base: "", of: pathOf, keepsClientPath: true, dropsVersion: false },
    placeKey,
    adapt: withoutModel,
  };
}

/** The paths of https://ai.google.dev/gemini-api/docs/openai. */
function pathOf(call: PathCall): string {
  if (isNative(call.api)) return geminiPath(call);
  return call.api === "embeddings"
    ? "/v1beta/openai/embeddings"
    : "/v1beta/openai/chat/completions";
}

/**
 * Keys of AI Studio, which start like this, have a header of their own; other tokens, and what
 * goes to the OpenAI paths, are bearer tokens (https://ai.google.dev/gemini-api/docs/openai).
 */
function placeKey(key: string, api: ApiName | undefined): KeyPlace | undefined {
  const native = api === undefined || isNative(api);
  return native && key.startsWith("AIza") ? { header: "x-goog-api-key" } : undefined;
}

function isNative(api: ApiName): boolean {
  return api === "gemini" || api === "geminiCount";
}
