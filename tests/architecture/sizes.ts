import ts from "typescript";
import { type Module, type Violation, violationAt, visit } from "./module.ts";

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 50;
const LINE_COLUMNS_MAX = 100;

/** What must be seen whole is short: files and functions. */
export function sizeViolations(module: Module): Violation[] {
  const lines = module.text.replace(/\n$/, "").split("\n");
  const violations: Violation[] = [];
  if (lines.length > FILE_LINES_MAX) {
    const message = `the file has ${lines.length} lines, more than ${FILE_LINES_MAX}`;
    violations.push({ path: module.path, line: FILE_LINES_MAX + 1, message });
  }
  visit(module.tree, (node) => {
    if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return;
    const count = linesOf(module.tree, node);
    if (count <= FUNCTION_LINES_MAX) return;
    const message = `the function has ${count} lines, more than ${FUNCTION_LINES_MAX}`;
    violations.push(violationAt(module, node, message));
  });
  return violations;
}

/** Lines that do not fit a window. */
export function columnViolations(module: Module): Violation[] {
  return module.text.split("\n").flatMap((line, index) => {
    const columns = [...line].length;
    if (columns <= LINE_COLUMNS_MAX) return [];
    const message = `the line has ${columns} columns, more than ${LINE_COLUMNS_MAX}`;
    return [{ path: module.path, line: index + 1, message }];
  });
}

function linesOf(tree: ts.SourceFile, node: ts.Node): number {
  const first = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line;
  return tree.getLineAndCharacterOfPosition(node.end).line - first + 1;
}
