import { type Alias, isAlias, isMap, isScalar, isSeq, type Node } from "yaml";
import type { NodePath } from "./read_values.ts";

/** What a path leads to in a document. */
export interface Found {
  /** The node that the path names; undefined if there is none, as for a missing key. */
  readonly node?: Node;
  /** The key of that node, if it is in a mapping. */
  readonly key?: Node;
  /** The innermost node on the path that exists. */
  readonly nearest: Node | null;
}

/** Follows a path from the root; what stands behind an alias is found where it is written. */
export function findNode(
  root: Node | null,
  path: NodePath,
  targets: ReadonlyMap<Alias, Node>,
): Found {
  let found: Found = root === null ? { nearest: null } : { node: root, nearest: root };
  for (const step of path) {
    const inside = followAlias(found.node, targets);
    const next = inside === undefined ? undefined : enter(inside, step);
    if (next === undefined) return { nearest: found.nearest };
    found = { ...next, nearest: next.node ?? next.key ?? found.nearest };
  }
  return found;
}

/** The node that an alias stands for, or the node itself. */
export function followAlias(
  node: Node | undefined,
  targets: ReadonlyMap<Alias, Node>,
): Node | undefined {
  return isAlias(node) ? targets.get(node) : node;
}

function enter(node: Node, step: string | number): Omit<Found, "nearest"> | undefined {
  if (isSeq<Node>(node)) {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : { node: item };
  }
  if (!isMap<Node, Node | null>(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (pair === undefined) return undefined;
  return pair.value === null ? { key: pair.key } : { key: pair.key, node: pair.value };
}

/** Where in the text a found thing is: its value or, if that is empty or asked for, its key. */
export function offsetOf({ node, key, nearest }: Found, at: "key" | "value"): number {
  const [start, end] = node?.range ?? [0, 0];
  if (key?.range && (at === "key" || start === end)) return key.range[0];
  return (node ?? nearest)?.range?.[0] ?? 0;
}
