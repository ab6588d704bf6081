import type { Allowed } from "./check.ts";

/** A query with other parameters; those that stay are left as they are written. */
export function changedQuery(query: string, changes: Allowed["query"]): string {
  const changed = new Set(changes.map(([name]) => name));
  const kept = query.slice(1).split("&").filter((pair) =>
    pair !== "" && !changed.has(nameOf(pair))
  );
  const added = changes.flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`]
  );
  const pairs = [...kept, ...added];
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

function nameOf(pair: string): string {
  const [[name = ""] = []] = [...new URLSearchParams(pair)];
  return name;
}
