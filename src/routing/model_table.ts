import type { RequestHead } from "../lib/request_head.ts";

/** A concrete model of the `llm` section as the table needs it. */
export interface ModelEntry<Model> {
  /** Exact, `*`, `prefix*` or `*suffix`. */
  readonly name: string;
  readonly public: boolean;
  /** A further condition on the request. */
  readonly when?: (head: RequestHead) => boolean;
  readonly model: Model;
}

/** Finds models by the name a client asks for. */
export interface ModelTable<Model> {
  find(name: string, head: RequestHead): Model | undefined;
  /** Names that a client may see, most specific first. */
  readonly listed: readonly string[];
}

/** The order in which names are tried: most literal characters first, ties as in the file. */
export function bySpecificity<Entry extends { readonly name: string }>(
  entries: readonly Entry[],
): readonly Entry[] {
  return [...entries].sort((left, right) => literalLength(right) - literalLength(left));
}

/** Builds the lookup; `entries` must be in the order of `bySpecificity`. */
export function modelTable<Model>(entries: readonly ModelEntry<Model>[]): ModelTable<Model> {
  const visible = entries.filter((entry) => entry.public)
    .map((entry) => ({ ...entry, fits: namePattern(entry.name) }));
  return {
    find: (name, head) =>
      visible.find(({ fits, when }) => fits(name) && (when === undefined || when(head)))?.model,
    listed: visible.map((entry) => entry.name),
  };
}

function literalLength({ name }: { readonly name: string }): number {
  return name.replaceAll("*", "").length;
}

function namePattern(pattern: string): (name: string) => boolean {
  if (pattern === "*") return () => true;
  if (pattern.endsWith("*")) {
    const prefix = pattern.slice(0, -1);
    return (name) => name.startsWith(prefix);
  }
  if (pattern.startsWith("*")) {
    const suffix = pattern.slice(1);
    return (name) => name.endsWith(suffix);
  }
  return (name) => name === pattern;
}
