import type { Written } from "../config/normalised.ts";

/** The most specific settings under a key. */
export function lastWritten<Settings extends object, Key extends keyof Settings & string>(
  written: readonly Written<Settings>[],
  key: Key,
): Written<NonNullable<Settings[Key]>> | undefined {
  for (const { settings, at } of written.toReversed()) {
    const found = settings[key];
    if (found !== undefined && found !== null) return { settings: found, at: [...at, key] };
  }
  return undefined;
}
