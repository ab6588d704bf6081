import ts from "typescript";
import { type Module, type Violation, violationAt, visit } from "./module.ts";

/** Places where the compiler is told to look away. */
export function loopholeViolations(module: Module): Violation[] {
  const violations: Violation[] = [];
  visit(module.tree, (node) => {
    const name = loophole(node);
    if (name !== undefined) violations.push(violationAt(module, node, `${name} is not allowed`));
  });
  for (const [index, line] of module.text.split("\n").entries()) {
    const found = /\/[/*]\s*(@ts-(?:ignore|expect-error|nocheck)|deno-lint-ignore\S*)/.exec(line);
    if (found === null) continue;
    violations.push({ path: module.path, line: index + 1, message: `${found[1]} is not allowed` });
  }
  return violations;
}

function loophole(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return "`any`";
  if (ts.isNonNullExpression(node)) return "the non-null `!`";
  if (ts.isTypeAssertionExpression(node)) return "a type assertion";
  if (ts.isAsExpression(node) && !isConst(node.type)) return "`as`";
  return undefined;
}

function isConst(type: ts.TypeNode): boolean {
  return ts.isTypeReferenceNode(type) && type.getText() === "const";
}
