import { isMapping } from "../../../lib/mapping.ts";
import type { Callout } from "../../callout.ts";
import type { Guard } from "../guard.ts";
import { ask, unexpected } from "./ask.ts";
import { PASS, REJECT, serviceGuard, type ServiceSettings } from "./service_guard.ts";

/** A guardrail of AWS. */
export interface ApplyGuardrailSettings extends ServiceSettings {
  readonly callout: Callout;
  readonly guardrail: string;
  readonly version: string;
}

/**
 * Rejects what a guardrail blocks, and takes over what it only makes anonymous:
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html
 */
export function applyGuardrailGuard(settings: ApplyGuardrailSettings): Guard {
  const { callout, guardrail, version } = settings;
  const path = `/guardrail/${encodeURIComponent(guardrail)}/version/${version}/apply`;
  return serviceGuard(settings, async (texts, { phase, signal }) => {
    const body = {
      source: phase === "request" ? "INPUT" : "OUTPUT",
      content: texts.map(({ text }) => ({ text: { text } })),
    };
    const reply = await ask(callout, { path, body, signal });
    if (!isMapping(reply) || typeof reply["action"] !== "string") throw unexpected("action");
    if (reply["action"] === "NONE") return PASS;
    const outputs = textsIn(reply["outputs"]);
    const isMask = isAnonymized(reply["assessments"]) && outputs?.length === texts.length;
    return isMask ? { type: "mask", texts: outputs } : REJECT;
  });
}

function textsIn(outputs: unknown): readonly string[] | undefined {
  if (!Array.isArray(outputs)) return undefined;
  const texts = outputs.map((output: unknown) => isMapping(output) ? output["text"] : undefined);
  return texts.every((text) => typeof text === "string") ? texts : undefined;
}

/** Whether something was found, and all of it is only to be made anonymous. */
function isAnonymized(assessments: unknown): boolean {
  const actions = new Set(actionsIn(assessments));
  actions.delete("NONE");
  return actions.size === 1 && actions.has("ANONYMIZED");
}

/** Every policy has its findings, each with its action. */
function actionsIn(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(actionsIn);
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === "action" ? [inner] : actionsIn(inner)
  );
}
