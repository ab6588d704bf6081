import ts from "typescript";
import { type Module, type Violation, violationAt, visit } from "./module.ts";

/** Tests that are switched off, or that switch the others off. */
export function skippedTestViolations(module: Module): Violation[] {
  const violations: Violation[] = [];
  visit(module.tree, (node) => {
    if (!ts.isPropertyAccessExpression(node) && !ts.isPropertyAssignment(node)) return;
    const isSwitch = /^(ignore|only|skip)$/.test(node.name.getText()) && isOfTest(node);
    if (isSwitch) violations.push(violationAt(module, node, "no test is skipped"));
  });
  return violations;
}

function isOfTest(node: ts.PropertyAccessExpression | ts.PropertyAssignment): boolean {
  if (ts.isPropertyAccessExpression(node)) {
    return /\b(test|it|describe|step)$/.test(node.expression.getText());
  }
  const call = node.parent.parent;
  return ts.isCallExpression(call) && /\b(test|it|describe|step)$/.test(call.expression.getText());
}
