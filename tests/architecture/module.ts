import ts from "typescript";

/** A module of the repository, parsed. */
export interface Module {
  /** From the root of the repository, as in `src/lib/sse.ts`. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
}

/** One import or re-export of another file of the repository. */
export interface Import {
  /** Path of what is imported. */
  readonly target: string;
  readonly line: number;
}

/** Something that breaks a rule. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** Parses a module. */
export function parseModule(path: string, text: string): Module {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  visit(tree, (node) => {
    const specifier = importedFrom(node);
    if (specifier === undefined || !specifier.startsWith(".")) return;
    imports.push({ target: resolve(path, specifier), line: lineOf(tree, node) });
  });
  return { path, text, tree, imports };
}

function importedFrom(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    const from = node.moduleSpecifier;
    return from !== undefined && ts.isStringLiteral(from) ? from.text : undefined;
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [from] = node.arguments;
    return from !== undefined && ts.isStringLiteralLike(from) ? from.text : undefined;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    const from = node.argument.literal;
    return ts.isStringLiteral(from) ? from.text : undefined;
  }
  return undefined;
}

/** Path of a relative specifier, from the root of the repository. */
export function resolve(path: string, specifier: string): string {
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}

/** Calls a function with a node and all nodes in it. */
export function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

/** The line, from 1, on which a node begins. */
export function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** A violation at a node. */
export function violationAt({ path, tree }: Module, node: ts.Node, message: string): Violation {
  return { path, line: lineOf(tree, node), message };
}

/** A violation as an editor understands it. */
export function formatViolation({ path, line, message }: Violation): string {
  return `${path}:${line}: ${message}`;
}
