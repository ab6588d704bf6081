/** Longer words are no misspellings of a key, and comparing them would only cost time. */
const WORD_LENGTH_MAX = 64;

/** ` (did you mean x?)` when some candidate is within a third of the word in edits. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const best = nearest(word, candidates);
  return best === undefined ? "" : ` (did you mean ${best}?)`;
}

/** The candidate with the fewest edits from the word, if it is near enough to be meant. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > WORD_LENGTH_MAX) return undefined;
  let best: string | undefined;
  let fewest = Math.min(Math.ceil(word.length / 3), word.length - 1) + 1;
  for (const candidate of candidates) {
    const edits = editDistance(word, candidate);
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Levenshtein distance without regard to case, kept one row at a time. */
function editDistance(from: string, to: string): number {
  const target = [...to.toLowerCase()];
  let row = Array.from({ length: target.length + 1 }, (_, index) => index);
  for (const [i, x] of [...from.toLowerCase()].entries()) {
    let left = i + 1;
    const next = [left];
    for (const [j, y] of target.entries()) {
      const replaced = (row[j] ?? 0) + (x === y ? 0 : 1);
      left = Math.min((row[j + 1] ?? 0) + 1, left + 1, replaced);
      next.push(left);
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
