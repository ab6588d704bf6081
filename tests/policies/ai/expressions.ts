import { compileExpression } from "../../../src/cel/compile.ts";
import type { Transformations } from "../../../src/policies/ai/transformations.ts";

/** Compiles members of a body with their expressions. */
export function transformations(sources: Readonly<Record<string, string>>): Transformations {
  return new Map(
    Object.entries(sources).map(([name, source]) => [name, compileExpression(source)]),
  );
}
