import * as v from "valibot";

/** One of a few words; `later` ones are known but not built, and are refused with that word. */
export function closedWords<const Words extends readonly string[]>(
  words: Words,
  later: readonly string[] = [],
) {
  return v.picklist(words, ({ input }) => {
    return typeof input === "string" && later.includes(input)
      ? `not supported yet: ${input}`
      : `expected ${alternatives(words)}`;
  });
}

/** `"a", "b" or "c"`. */
export function alternatives(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return [quoted.slice(0, -1).join(", "), ...quoted.slice(-1)].filter(Boolean).join(" or ");
}
