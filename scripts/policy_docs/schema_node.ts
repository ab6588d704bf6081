import { didYouMean } from "../../src/lib/did_you_mean.ts";
import { isMapping, type Mapping } from "../../src/lib/mapping.ts";

/** What a node of a JSON Schema may be, where it may be several things. */
export function alternatives(node: Mapping, root: Mapping): readonly Mapping[] {
  if (typeof node.$ref === "string") return alternatives(definition(node.$ref, root), root);
  const parts = node.anyOf ?? (isMapping(node.properties) ? undefined : node.oneOf);
  if (!Array.isArray(parts)) return [node];
  return parts.filter(isMapping).flatMap((part) => alternatives(part, root));
}

function definition(reference: string, root: Mapping): Mapping {
  const found = reference.replace(/^#\//, "").split("/").reduce<unknown>(
    (node, key) => isMapping(node) ? node[key] : undefined,
    root,
  );
  if (!isMapping(found)) throw new Error(`${reference} is not in the schema`);
  return found;
}

/** The node at a path such as `routes[].policies.cors`, or why there is none. */
export function nodeAt(path: string, root: Mapping): Mapping | string {
  const steps = path.split(/\.|(?=\[\])/);
  let node = root;
  for (const [index, step] of steps.entries()) {
    const found = stepInto(node, step, root);
    if (typeof found !== "string") {
      node = found;
      continue;
    }
    const reached = steps.slice(0, index).join(".").replaceAll(".[]", "[]");
    return `${reached === "" ? "the configuration" : reached} ${found}`;
  }
  return node;
}

function stepInto(node: Mapping, step: string, root: Mapping): Mapping | string {
  const options = alternatives(node, root);
  const found = options.map((option) => childOf(option, step)).find(isMapping);
  if (found !== undefined) return found;
  if (step === "[]") return "is no list";
  const known = options.flatMap(({ properties }) => isMapping(properties) ? keys(properties) : []);
  return step === "*" ? "is no map" : `has no ${step}${didYouMean(step, known)}`;
}

function childOf(node: Mapping, step: string): unknown {
  if (step === "[]") return node.items;
  if (step === "*") return node.additionalProperties;
  return isMapping(node.properties) ? node.properties[step] : undefined;
}

function keys(node: Mapping): readonly string[] {
  return Object.keys(node);
}
