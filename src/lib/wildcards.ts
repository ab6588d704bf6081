/**
 * Whether a text is what a pattern says: every `*` stands for any text, or none. The work grows at
 * most with the product of both lengths, whatever the pattern.
 */
export function matchesWildcards(pattern: string, text: string): boolean {
  let at = 0, inPattern = 0, star = -1, resume = 0;
  while (at < text.length) {
    if (pattern[inPattern] === "*") {
      star = inPattern++;
      resume = at;
    } else if (pattern[inPattern] === text[at]) {
      inPattern++;
      at++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === "*") inPattern++;
  return inPattern === pattern.length;
}
