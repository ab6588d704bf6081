import { isMapping } from "../../../lib/mapping.ts";
import type { Callout } from "../../callout.ts";
import type { Guard } from "../guard.ts";
import { ask, unexpected } from "./ask.ts";
import { PASS, REJECT, serviceGuard, type ServiceSettings } from "./service_guard.ts";

/** A moderation endpoint. */
export interface ModerationSettings extends ServiceSettings {
  readonly callout: Callout;
  readonly model: string;
}

/**
 * Rejects what a moderation model flags:
 * https://platform.openai.com/docs/api-reference/moderations
 */
export function moderationGuard(settings: ModerationSettings): Guard {
  return serviceGuard(settings, async (texts, { signal }) => {
    const body = { input: texts.map(({ text }) => text), model: settings.model };
    const reply = await ask(settings.callout, { path: "/v1/moderations", body, signal });
    const results = isMapping(reply) ? reply["results"] : undefined;
    if (!Array.isArray(results) || results.length !== texts.length) throw unexpected("results");
    const flags = results.map((result: unknown) =>
      isMapping(result) ? result["flagged"] : undefined
    );
    if (!flags.every((flag) => typeof flag === "boolean")) throw unexpected("flagged");
    return flags.includes(true) ? REJECT : PASS;
  });
}
