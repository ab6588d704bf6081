import ts from "typescript";
import { type Module, type Violation, violationAt, visit } from "./module.ts";

/** Where providers may be named; an API in `src/apis` bears the name of who made it. */
const HOME = /^src\/(providers|config\/schema|apis)\//;

/** Names of providers in code that must work with all of them; comments may give examples. */
export function providerNameViolations(module: Module, names: readonly string[]): Violation[] {
  if (HOME.test(module.path)) return [];
  const known = new Set(names.map((name) => name.toLowerCase()));
  const violations: Violation[] = [];
  visit(module.tree, (node) => {
    const found = wordsIn(node).filter((word) => known.has(word));
    for (const name of new Set(found)) {
      violations.push(violationAt(module, node, `names the provider ${name}`));
    }
  });
  return violations;
}

/** The words of a name or a literal, and their neighbours joined: `readOpenAIKey` has `openai`. */
function wordsIn(node: ts.Node): string[] {
  const isText = ts.isIdentifier(node) || ts.isPrivateIdentifier(node) || ts.isJsxText(node) ||
    ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) ||
    ts.isTemplateTail(node);
  if (!isText || isImportPath(node)) return [];
  const words = node.text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
  const lower = words.map((word) => word.toLowerCase());
  return [...lower, ...lower.slice(1).map((word, index) => `${lower[index]}${word}`)];
}

/** Paths are checked by the layers. */
function isImportPath({ parent }: ts.Node): boolean {
  return ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent);
}

/** Each folder of a provider must be imported by the list of providers, and only there. */
export function unlistedProviders(list: Module, folders: readonly string[]): Violation[] {
  const imported = new Set(
    list.imports.map(({ target }) => /^src\/providers\/(\w+)\//.exec(target)?.[1]),
  );
  return folders.filter((folder) => !imported.has(folder)).map((folder) => ({
    path: list.path,
    line: 1,
    message: `does not list the provider ${folder}`,
  }));
}
