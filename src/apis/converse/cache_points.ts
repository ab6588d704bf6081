import type { CacheHint } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import type { ModelTraits } from "./model_traits.ts";

/** Cache points of one request, which may have a few only. */
export interface CachePoints {
  /** What stands behind a part of the request that a hint marks: a cache point, or nothing. */
  after(hint: CacheHint | undefined, part: "text" | "other" | "tool"): readonly CachePoint[];
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
export interface CachePoint {
  readonly cachePoint: { readonly type: "default"; readonly ttl?: "1h" };
}

const COUNT_MAX = 4;
const FIVE_MINUTES_S = 300, ONE_HOUR_S = 3600;

/** Hands out cache points in the order of asking, as many as there may be. */
export function cachePoints(model: ModelTraits, losses: Losses): CachePoints {
  let count = 0;
  return {
    after(hint, part) {
      if (hint === undefined) return [];
      const isAllowed = model.cachePoints === "anywhere" ||
        (model.cachePoints === "after-text" && part === "text");
      if (!isAllowed || count === COUNT_MAX) {
        losses.dropped("cache");
        return [];
      }
      count++;
      return [cachePoint(hint, model, losses)];
    },
  };
}

function cachePoint(
  { ttlSeconds = FIVE_MINUTES_S }: CacheHint,
  model: ModelTraits,
  losses: Losses,
): CachePoint {
  const forAnHour = ttlSeconds >= ONE_HOUR_S && model.cachesForAnHour;
  if (ttlSeconds !== (forAnHour ? ONE_HOUR_S : FIVE_MINUTES_S)) losses.changed("cache");
  return { cachePoint: { type: "default", ...(forAnHour ? { ttl: "1h" } : {}) } };
}
