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
  find(name: string, head: RequestHead, query?: FindQuery): Model | undefined;
  /** Also "denied", where models are found and none of them is allowed. */
  find(
    name: string,
    head: RequestHead,
    query: FindQuery & AllowedModels<Model>,
  ): Model | "denied" | undefined;
  /** The first model whose name fits, whatever the request and whoever may see it. */
  named(name: string): Model | undefined;
  /** The public names, most specific first, each as what `shown` makes of it. */
  list(shown: (name: string) => readonly string[], query: AllowedModels<Model>): readonly string[];
}

/** Which models may be found. */
export interface FindQuery {
  /** Whether models that are not public are among them; virtual models lead to those too. */
  readonly internal?: boolean;
}

/** Whether a client may use a model; one that it may not leaves the request to the next. */
export interface AllowedModels<Model> {
  readonly allowed: (model: Model) => boolean;
}

/** The order in which names are tried: most literal characters first, ties as in the file. */
export function bySpecificity<Entry extends { readonly name: string }>(
  entries: readonly Entry[],
): readonly Entry[] {
  return [...entries].sort((left, right) => literalLength(right) - literalLength(left));
}

/** Builds the lookup; `entries` must be in the order of `bySpecificity`. */
export function modelTable<Model>(entries: readonly ModelEntry<Model>[]): ModelTable<Model> {
  const all = entries.map((entry) => ({ ...entry, fits: namePattern(entry.name) }));
  const visible = all.filter((entry) => entry.public);
  function find(name: string, head: RequestHead, query?: FindQuery): Model | undefined;
  function find(
    name: string,
    head: RequestHead,
    query: FindQuery & AllowedModels<Model>,
  ): Model | "denied" | undefined;
  function find(
    name: string,
    head: RequestHead,
    { internal = false, allowed }: FindQuery & Partial<AllowedModels<Model>> = {},
  ) {
    let isDenied = false;
    for (const { fits, when, model } of internal ? all : visible) {
      if (!fits(name) || (when !== undefined && !when(head))) continue;
      if (allowed === undefined || allowed(model)) return model;
      isDenied = true;
    }
    return isDenied ? "denied" : undefined;
  }
  return {
    find,
    named: (name) => all.find(({ fits }) => fits(name))?.model,
    list: (shown, { allowed }) =>
      visible.filter(({ model }) => allowed(model)).flatMap(({ name }) => shown(name)),
  };
}

function literalLength({ name }: { readonly name: string }): number {
  return name.replaceAll("*", "").length;
}

/** Whether a name fits a pattern; case counts, and `prefix*` also stands for the bare prefix. */
export function namePattern(pattern: string): (name: string) => boolean {
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
