/** What becomes of a path. */
export type PathChange =
  | { readonly type: "full"; readonly path: string }
  | { readonly type: "prefix"; readonly prefix: string };

/** The path as it is to be; `matchedPrefix` is the one by which the route was found. */
export function changePath(change: PathChange, path: string, matchedPrefix: string): string {
  if (change.type === "full") return change.path;
  const matched = matchedPrefix.replace(/\/+$/, "");
  const rest = covers(matched, path) ? path.slice(matched.length) : path;
  const changed = change.prefix.replace(/\/+$/, "") + rest;
  return changed === "" ? "/" : changed;
}

/** Prefixes are of whole segments; one that no longer holds has been rewritten before. */
function covers(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === "/");
}
