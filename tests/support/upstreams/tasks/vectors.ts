import { createHash } from "node:crypto";

/** A vector that equal texts share; all of its numbers are exact in 32 bits. */
export function vectorOf(text: string, dimensions: number): number[] {
  const seed = createHash("sha256").update(text).digest();
  return Array.from(
    { length: dimensions },
    (_, index) => ((seed[index % seed.length] ?? 0) - 128) / 256,
  );
}

/** The tokens of a text, as the stand-ins count them. */
export function tokensOf(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}

/** A document in a ranking. */
export interface Ranked {
  readonly index: number;
  readonly score: number;
}

/** Texts by how many words of a query they have, the best first. */
export function rank(query: string, texts: readonly string[], count = texts.length): Ranked[] {
  const wanted = new Set(query.toLowerCase().split(/\W+/));
  const ranked = texts.map((text, index) => {
    const words = text.toLowerCase().split(/\W+/);
    return { index, score: words.filter((word) => wanted.has(word)).length / words.length };
  });
  return ranked.sort((left, right) => right.score - left.score || left.index - right.index)
    .slice(0, count);
}
