/**
 * Splits a text into the pieces that the mock counts and streams as one token each.
 *
 * A token is a word (letters, digits, `_` and all that is not ASCII) or one other character, with
 * the white space before it; white space at the end is a token too. The pieces join to the text.
 */
export function tokens(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = tokenEnd(text, start);
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

/** How many tokens a text has. */
export function countTokens(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at = tokenEnd(text, at)) count++;
  return count;
}

function tokenEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  if (at === text.length) return at;
  if (!isWord(text.charCodeAt(at))) return at + 1;
  while (at < text.length && isWord(text.charCodeAt(at))) at++;
  return at;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** Classes are ASCII's own, because those of Unicode differ between runtimes. */
function isWord(code: number): boolean {
  return code > 127 ||
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95;
}
