/** The words of a text, for lists of keys. */
export function keys(text: string): readonly string[] {
  return text.split(/\s+/).filter((key) => key !== "");
}
