import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { modelSetting } from "../model_setting.ts";
import type { ProviderKind } from "../provider.ts";
import { connect, type GeminiSettings } from "./connect.ts";

const Settings = v.pipe(
  closedObject({ model: modelSetting }),
  v.description("The Gemini API, with a key of Google AI Studio."),
);

/** Google's Gemini API. */
export const gemini: ProviderKind<GeminiSettings> = {
  type: "gemini",
  shortNames: ["gemini"],
  settings: Settings,
  connect,
};
