import { defined } from "../../lib/defined.ts";
import { type JsonEdits, mergeEdits } from "../../lib/json_edit.ts";
import { openAiEdits } from "../openai_edits.ts";
import { spokenByOpenAi, translatedByOpenAi } from "../openai_spoken.ts";
import type { Provider, ProviderCall } from "../provider.ts";

/** OpenAI's settings, checked. */
export interface OpenAiSettings {
  readonly model?: string;
  readonly moderation?: ModerationSettings;
}

/** What OpenAI's moderation does, as a request says it. */
export interface ModerationSettings {
  readonly model: string;
  readonly policy?: {
    readonly input?: { readonly mode: "score" | "block" };
    readonly output?: { readonly mode: "score" | "block" };
  };
}

/** OpenAI's own API. */
export function connect({ model, moderation }: OpenAiSettings): Provider {
  return {
    name: "openai",
    ...defined({ model }),
    speaks: (_model, place) => spokenByOpenAi(place),
    translatesTo: (_model, place) => translatedByOpenAi(place),
    origin: "https://api.openai.com",
    paths: { base: "/v1", keepsClientPath: true, dropsVersion: true },
    accountHeaders: ["openai-organization", "openai-project"],
    adapt: moderation === undefined
      ? openAiEdits
      : (call) => mergeEdits(openAiEdits(call), moderate(call, moderation)),
  };
}

function moderate({ api }: ProviderCall, moderation: ModerationSettings): JsonEdits | undefined {
  return api === "completions" || api === "responses" ? { set: { moderation } } : undefined;
}
