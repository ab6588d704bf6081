import * as v from "valibot";
import { didYouMean } from "./did_you_mean.ts";
import { isMapping, type Mapping, noMapping } from "./mapping.ts";
import { quote } from "./quote.ts";

/**
 * An object without unknown keys; every one of them is an issue of its own.
 *
 * `later` names keys that are known but not built, and are refused with that word. An optional key
 * without a value (null, as `key:` in YAML) counts as absent.
 */
export function closedObject<const Entries extends v.ObjectEntries>(
  entries: Entries,
  later: readonly string[] = [],
) {
  const strict = v.strictObject(entries);
  const known = Object.keys(entries);
  function run({ value: input }: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) {
    if (!isMapping(input)) return noMapping["~run"]({ value: input }, config);
    const result = strict["~run"]({ value: withKnownKeys(input, entries) }, config);
    for (const key of Object.keys(input)) {
      if (Object.hasOwn(entries, key)) continue;
      v._addIssue(strict, "key", result, config, {
        input: key,
        expected: "never",
        path: [{ type: "object", origin: "key", input, key, value: input[key] }],
        message: later.includes(key)
          ? `not supported yet: ${key}`
          : `unknown key ${quote(key)}${didYouMean(key, known)}`,
      });
    }
    return result;
  }
  return { ...strict, later, "~run": run };
}

function withKnownKeys(
  input: Mapping,
  entries: v.ObjectEntries,
): Record<string, unknown> {
  const known: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(entries)) {
    if (!Object.hasOwn(input, key)) continue;
    if (input[key] === null && isOptional(entry)) continue;
    known[key] = input[key];
  }
  return known;
}

function isOptional(entry: v.ObjectEntries[string]): boolean {
  return entry.type === "optional" || entry.type === "exact_optional";
}
