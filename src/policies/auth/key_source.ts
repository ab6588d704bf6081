import type { KeySet } from "./key_set.ts";

/** Where the keys of an issuer come from. */
export interface KeySource {
  /** The keys as they are now, without waiting; undefined where there are none yet. */
  current(): KeySet | undefined;
  /** The keys, fetched anew where that may bring the one that is looked for. */
  withKey(kid: string, signal: AbortSignal): KeySet | undefined | Promise<KeySet | undefined>;
}

/** Keys that stay as they are. */
export function fixedKeys(keys: KeySet): KeySource {
  return { current: () => keys, withKey: () => keys };
}
