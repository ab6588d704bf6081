export { type CachedCall, cachePoints, type PromptCaching } from "../prompt_caching.ts";
