import * as v from "valibot";
import { closedObject } from "../../lib/closed_object.ts";
import { modelSetting } from "../model_setting.ts";
import type { ProviderKind } from "../provider.ts";
import { type AnthropicSettings, connect } from "./connect.ts";

const Settings = v.pipe(
  closedObject({ model: modelSetting }),
  v.description("The Anthropic API."),
);

/** Anthropic. */
export const anthropic: ProviderKind<AnthropicSettings> = {
  type: "anthropic",
  shortNames: ["anthropic"],
  settings: Settings,
  connect,
};
