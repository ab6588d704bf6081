import { anthropic } from "./anthropic/index.ts";
import { azure } from "./azure/index.ts";
import { bedrock } from "./bedrock/index.ts";
import { compatible } from "./compatible/index.ts";
import { type Preset, PRESETS } from "./compatible/presets.ts";
import { gemini } from "./gemini/index.ts";
import { mock } from "./mock/index.ts";
import { openai } from "./openai/index.ts";
import type { ProviderKind } from "./provider.ts";
import { vertex } from "./vertex/index.ts";

/** Every kind of provider; adding one is adding it here. */
export const providerKinds: readonly ProviderKind<unknown>[] = [
  openai,
  anthropic,
  gemini,
  vertex,
  bedrock,
  azure,
  compatible,
  mock,
];

/** Compatible providers at a known address, by their word in the short form. */
export const presets: Readonly<Record<string, Preset>> = PRESETS;

/** The words of the presets. */
export const presetNames: readonly string[] = Object.keys(PRESETS);
