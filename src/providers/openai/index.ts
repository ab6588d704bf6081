import * as v from "valibot";
import type { JsonObject } from "../../apis/api.ts";
import { closedObject } from "../../lib/closed_object.ts";
import type { JsonEdits } from "../../lib/json_edit.ts";
import type { ProviderKind } from "../provider.ts";

const Settings = v.pipe(
  closedObject({
    model: v.optional(
      v.pipe(v.string(), v.description("Model that is sent instead of the client's.")),
    ),
  }, ["moderation"]),
  v.description("The OpenAI API."),
);

/** OpenAI. */
export const openai: ProviderKind<v.InferOutput<typeof Settings>> = {
  type: "openAI",
  shortNames: ["openAI", "openai"],
  settings: Settings,
  connect: ({ model }) => ({
    name: "openai",
    ...(model === undefined ? {} : { model }),
    speaks: ["completions"],
    origin: "https://api.openai.com",
    paths: { base: "/v1", keepsClientPath: true, dropsVersion: true },
    adapt: (_api, request, sentModel) => renameMaxTokens(request, sentModel),
  }),
};

/**
 * Newer models refuse the deprecated `max_tokens`
 * (https://platform.openai.com/docs/api-reference/chat/create, `max_completion_tokens`).
 */
function renameMaxTokens(request: JsonObject, model: string): JsonEdits | undefined {
  if (!model.startsWith("gpt-") || !("max_tokens" in request)) return undefined;
  return {
    remove: ["max_tokens"],
    set: { max_completion_tokens: request.max_completion_tokens ?? request.max_tokens },
  };
}
