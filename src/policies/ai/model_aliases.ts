import { matchesWildcards } from "../../lib/wildcards.ts";

/** The model that is meant by a name; undefined where the name means itself. */
export type ModelAliases = (model: string) => string | undefined;

/**
 * Compiles aliases: a name's own comes first, then those with wildcards, the longest first and the
 * earlier of two that are equally long.
 */
export function modelAliases(aliases: Readonly<Record<string, string>>): ModelAliases {
  const exact = new Map(Object.entries(aliases));
  const wildcards = [...exact]
    .filter(([pattern]) => pattern.includes("*"))
    .sort(([left], [right]) => right.length - left.length);
  return (model) =>
    exact.get(model) ?? wildcards.find(([pattern]) => matchesWildcards(pattern, model))?.[1];
}
