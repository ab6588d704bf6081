import type { PromptCaching } from "../../src/apis/prompt_caching.ts";

/** Every part is marked, however short. */
export const EVERYTHING: PromptCaching = {
  cacheSystem: true,
  cacheMessages: true,
  cacheTools: true,
  minTokens: 0,
  cacheMessageOffset: 0,
};

/** Some parts are marked, however short. */
export function only(settings: Partial<PromptCaching>): PromptCaching {
  const nothing = { cacheSystem: false, cacheMessages: false, cacheTools: false };
  return { ...EVERYTHING, ...nothing, ...settings };
}
