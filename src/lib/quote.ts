const LENGTH_MAX = 60;

/** A text as messages show it: in quotes, on one line, cut when it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX)}...` : text);
}
