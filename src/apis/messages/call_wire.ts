import type { CacheHint } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import type { JsonObject } from "../api.ts";
import type { Renaming } from "./renaming.ts";

/** What the parts of one request share while they are written. */
export interface Wire {
  readonly losses: Losses;
  readonly toolNames: Renaming;
  readonly callIds: Renaming;
  /** The member that marks a block or tool for the cache. */
  cacheMark(hint: CacheHint | undefined): JsonObject;
}

/**
 * Marks for the cache, of which a request may have four, each for five minutes or an hour
 * (https://platform.claude.com/docs/en/build-with-claude/prompt-caching).
 */
export function cacheMarks(losses: Losses): Wire["cacheMark"] {
  let left = MARKS_MAX;
  return (hint) => {
    if (hint === undefined) return {};
    if (left === 0) {
      losses.changed("cache");
      return {};
    }
    left--;
    const { ttlSeconds } = hint;
    if (ttlSeconds === undefined) return { cache_control: { type: "ephemeral" } };
    if (ttlSeconds !== 300 && ttlSeconds !== 3600) losses.changed("cache");
    return { cache_control: { type: "ephemeral", ttl: ttlSeconds > 300 ? "1h" : "5m" } };
  };
}

const MARKS_MAX = 4;
