import type { KnownKey } from "../subject.ts";

/** Names of models: one, all that begin or end so, or all. */
export type ModelPattern =
  | { readonly type: "name"; readonly name: string }
  | { readonly type: "prefix"; readonly text: string }
  | { readonly type: "suffix"; readonly text: string };

/** Reads `name`, `prefix*`, `*suffix` or `*`; undefined where the text is none of them. */
export function modelPattern(text: string): ModelPattern | undefined {
  const star = text.indexOf("*");
  if (star < 0) return text === "" ? undefined : { type: "name", name: text };
  if (text.indexOf("*", star + 1) >= 0) return undefined;
  if (star === text.length - 1) return { type: "prefix", text: text.slice(0, -1) };
  return star === 0 ? { type: "suffix", text: text.slice(1) } : undefined;
}

/** Which models a key may ask for and see in the list of models; all of them without patterns. */
export function allowedModels(
  patterns: readonly ModelPattern[] | undefined,
): Pick<KnownKey, "allowsModel" | "allowedNames"> {
  if (patterns === undefined) {
    return { allowsModel: () => true, allowedNames: (model) => [model] };
  }
  const names = new Set(
    patterns.flatMap((pattern) => pattern.type === "name" ? [pattern.name] : []),
  );
  const wildcards = patterns.filter((pattern) => pattern.type !== "name");
  const allowsModel = (model: string) =>
    names.has(model) || wildcards.some((pattern) => covers(pattern, model));
  return {
    allowsModel,
    allowedNames(model) {
      const own = modelPattern(model);
      // A name with a star in the middle is no pattern, but its own name.
      if (own === undefined || own.type === "name") return allowsModel(model) ? [model] : [];
      const covered = [...names].filter((name) => covers(own, name));
      return wildcards.some((pattern) => overlap(pattern, own)) ? [...covered, model] : covered;
    },
  };
}

function covers(pattern: ModelPattern, model: string): boolean {
  switch (pattern.type) {
    case "name":
      return model === pattern.name;
    case "prefix":
      return model.startsWith(pattern.text);
    case "suffix":
      return model.endsWith(pattern.text);
  }
}

type Wildcard = Exclude<ModelPattern, { readonly type: "name" }>;

/** Whether some name is covered by both. */
function overlap(one: Wildcard, other: Wildcard): boolean {
  if (one.type !== other.type) return true;
  const [shorter, longer] = one.text.length < other.text.length ? [one, other] : [other, one];
  return covers(shorter, longer.text);
}
