import { isMapping } from "../../../lib/mapping.ts";
import type { Callout } from "../../callout.ts";
import type { Guard } from "../guard.ts";
import { ask, unexpected } from "./ask.ts";
import { PASS, REJECT, serviceGuard, type ServiceSettings } from "./service_guard.ts";
import { GuardFailure } from "../guard_failure.ts";

/** A template of Model Armor. */
export interface ModelArmorSettings extends ServiceSettings {
  readonly callout: Callout;
  readonly project: string;
  readonly location: string;
  readonly template: string;
}

/**
 * Rejects what a filter of the template matches:
 * https://cloud.google.com/security-command-center/docs/reference/model-armor/rest
 */
export function modelArmorGuard(settings: ModelArmorSettings): Guard {
  const { callout, project, location, template } = settings;
  const name = `/v1/projects/${project}/locations/${location}/templates/${template}`;
  return serviceGuard(settings, async (texts, { phase, signal }) => {
    const text = texts.map((one) => one.text).join("\n");
    const question = phase === "request"
      ? { path: `${name}:sanitizeUserPrompt`, body: { userPromptData: { text } } }
      : { path: `${name}:sanitizeModelResponse`, body: { modelResponseData: { text } } };
    const reply = await ask(callout, { ...question, signal });
    const result = isMapping(reply) ? reply["sanitizationResult"] : undefined;
    if (!isMapping(result)) throw unexpected("sanitizationResult");
    switch (result["filterMatchState"]) {
      case "MATCH_FOUND":
        return REJECT;
      case "NO_MATCH_FOUND":
        if (result["invocationResult"] !== "FAILURE") return PASS;
        throw new GuardFailure("its server ran none of the filters");
      default:
        throw unexpected("filterMatchState");
    }
  });
}
