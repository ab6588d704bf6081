const CHARACTERS = "0123456789abcdefghijklmnopqrstuvwxyz";

/** A fresh id: the prefix and 24 characters of [0-9a-z]. */
export function newId(prefix: string, random: () => number): string {
  let id = prefix;
  for (let count = 0; count < 24; count++) {
    id += CHARACTERS[Math.floor(random() * CHARACTERS.length)];
  }
  return id;
}
