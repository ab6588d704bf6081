import * as v from "valibot";
import { isMapping } from "../../lib/mapping.ts";

/**
 * A union in which the input itself tells the option that is meant, so that the issues are those of
 * this option; a plain union would hide them behind "none of these". `message` is for an input that
 * tells none.
 */
export function decidedUnion<const Options extends v.UnionOptions>(
  options: Options,
  decide: (input: unknown) => Options[number] | undefined,
  message: string,
) {
  const union = v.union(options, message);
  type Result = ReturnType<typeof union["~run"]>;
  function run(dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>): Result {
    const decided = decide(dataset.value);
    return decided === undefined ? none["~run"](dataset, config) : decided["~run"](dataset, config);
  }
  const none = v.custom<never>(() => false, message);
  return { ...union, "~run": run };
}

/** A union of at most one text, one list and one mapping. */
export function unionByShape<const Options extends v.UnionOptions>(
  options: Options,
  message: string,
) {
  const byShape = new Map(options.map((option) => [SHAPES[option.type], option]));
  return decidedUnion(options, (input) => byShape.get(shapeOf(input)), message);
}

type Shape = "text" | "list" | "mapping";

const SHAPES: Readonly<Record<string, Shape>> = {
  string: "text",
  picklist: "text",
  array: "list",
  strict_object: "mapping",
  record: "mapping",
};

function shapeOf(input: unknown): Shape | undefined {
  if (typeof input === "string") return "text";
  if (Array.isArray(input)) return "list";
  return isMapping(input) ? "mapping" : undefined;
}
