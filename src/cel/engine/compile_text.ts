import type { ASTNode } from "@marcbachmann/cel-js";
import { CelSyntaxError } from "../expression.ts";
import { compileNode } from "./compile_node.ts";
import { parse } from "./parse.ts";
import type { Scope, Step } from "./step.ts";

/** Makes a text ready to run; throws `CelSyntaxError` where it is no expression. */
export function compileText(text: string, scope: Scope): Step & { readonly tree: ASTNode } {
  try {
    const tree = parse(text);
    return { ...compileNode(tree, scope), tree };
  } catch (cause) {
    // Thousands of operators in a row are more than the stack holds.
    if (!(cause instanceof RangeError)) throw cause;
    throw new CelSyntaxError("the expression is too long or too deep", 0);
  }
}
