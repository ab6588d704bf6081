import { compatible } from "./compatible/index.ts";
import { PRESETS } from "./compatible/presets.ts";
import { mock } from "./mock/index.ts";
import { openai } from "./openai/index.ts";
import type { ProviderKind } from "./provider.ts";

/** Every kind of provider; adding one is adding it here. */
export const providerKinds: readonly ProviderKind<unknown>[] = [openai, compatible, mock];

/** Words of the short form that stand for a compatible provider at a known address. */
export const presetNames: readonly string[] = Object.keys(PRESETS);
