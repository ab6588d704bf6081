import ts from "typescript";
import { type Module, type Violation, violationAt, visit } from "./module.ts";

/** Where each input of the process may be used; everything else is handed it. */
const ALLOWED = {
  runtime: /^src\/host\//,
  environment: /^src\/(main\.ts|cli\/|host\/)/,
  clock: /^src\/(main\.ts|cli\/|runtime\/|host\/)/,
  console: /^$/,
} as const;

type Input = keyof typeof ALLOWED;

/** Runtime, environment, clock and console, used where only an argument may be. */
export function hiddenInputViolations(module: Module): Violation[] {
  const violations: Violation[] = [];
  visit(module.tree, (node) => {
    const found = inputOf(node);
    if (found === undefined || ALLOWED[found.input].test(module.path)) return;
    violations.push(violationAt(module, node, `${found.text}: ${WAY_OUT[found.input]}`));
  });
  for (const statement of module.tree.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    if (statement.declarationList.flags & ts.NodeFlags.Const) continue;
    violations.push(violationAt(module, statement, "module-level state: let its owner hold it"));
  }
  return violations;
}

const WAY_OUT: Readonly<Record<Input, string>> = {
  runtime: "what a runtime does differently belongs in src/host",
  environment: "the environment is read in src/cli and handed on",
  clock: "clock and randomness are handed in",
  console: "write to the logger or to the command line's output",
};

const CLOCKS = ["Date.now", "performance.now", "Math.random", "crypto.randomUUID"];

function inputOf(node: ts.Node): { readonly input: Input; readonly text: string } | undefined {
  if (ts.isNewExpression(node)) {
    const isNow = node.expression.getText() === "Date" && (node.arguments ?? []).length === 0;
    return isNow ? { input: "clock", text: "new Date()" } : undefined;
  }
  if (ts.isImportSpecifier(node) && isEnvironmentImport(node)) {
    return { input: "environment", text: "env" };
  }
  if (ts.isStringLiteral(node) && (node.text === "Bun" || node.text === "Deno")) {
    return { input: "runtime", text: node.text };
  }
  if (ts.isIdentifier(node) && isRuntime(node)) return { input: "runtime", text: node.text };
  if (!ts.isPropertyAccessExpression(node)) return undefined;
  const text = node.getText().replace(/^globalThis\./, "");
  if (text.startsWith("console.")) return { input: "console", text };
  if (/^(process|import\.meta)\??\.env$/.test(text)) return { input: "environment", text };
  return CLOCKS.includes(text) ? { input: "clock", text } : undefined;
}

/** A runtime's global, not another object's member of that name. */
function isRuntime(node: ts.Identifier): boolean {
  if (node.text !== "Bun" && node.text !== "Deno") return false;
  const { parent } = node;
  const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node;
  return !isMember || parent.expression.getText() === "globalThis";
}

function isEnvironmentImport(node: ts.ImportSpecifier): boolean {
  const from = node.parent.parent.parent;
  return (node.propertyName ?? node.name).text === "env" &&
    ts.isImportDeclaration(from) && from.moduleSpecifier.getText().includes("process");
}
