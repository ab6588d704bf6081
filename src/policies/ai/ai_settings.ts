import type { PromptCaching } from "../../apis/prompt_caching.ts";
import type { Prompts } from "../../apis/prompts.ts";
import type { BodySettings } from "./body_edits.ts";

/** Everything that a policy `ai` does to bodies, compiled; what a level leaves out is undefined. */
export interface AiSettings extends BodySettings {
  readonly prompts?: Prompts | undefined;
  readonly promptCaching?: PromptCaching | undefined;
}
