import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { closedWords } from "../../lib/closed_words.ts";
import { modelSetting } from "../model_setting.ts";
import type { ProviderKind } from "../provider.ts";
import { connect, type OpenAiSettings } from "./connect.ts";

const Policy = closedObject({
  mode: v.pipe(
    closedWords(["score", "block"]),
    v.description("Whether what is flagged is told in the answer, or refused."),
  ),
});

const Moderation = closedObject({
  model: v.exactOptional(
    v.pipe(
      v.string(),
      v.nonEmpty("must not be empty"),
      v.description("Model that moderates."),
    ),
    "omni-moderation-latest",
  ),
  policy: v.exactOptional(v.pipe(
    closedObject({
      input: v.exactOptional(v.pipe(Policy, v.description("What the client says."))),
      output: v.exactOptional(v.pipe(Policy, v.description("What the model says."))),
    }),
    v.description("What happens to what is flagged."),
  )),
});

const Settings = v.pipe(
  closedObject({
    model: modelSetting,
    moderation: v.exactOptional(v.pipe(
      Moderation,
      v.description("OpenAI's own moderation of every chat, in place of what the client asks for."),
    )),
  }),
  v.description("The OpenAI API."),
);

/** OpenAI. */
export const openai: ProviderKind<OpenAiSettings> = {
  type: "openAI",
  shortNames: ["openAI", "openai"],
  settings: Settings,
  connect,
};
