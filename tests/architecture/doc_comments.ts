import ts from "typescript";
import { type Module, type Violation, violationAt } from "./module.ts";

/** Exports that do not say what they are for; the first overload speaks for the others. */
export function docCommentViolations(module: Module): Violation[] {
  const documented = new Set<string>();
  return module.tree.statements.filter(isExported).flatMap((statement) => {
    const name = nameOf(statement);
    const isOverload = ts.isFunctionDeclaration(statement) && documented.has(name);
    if (!isDocumented(statement) && !isOverload) {
      return [violationAt(module, statement, `${name} has no doc comment`)];
    }
    documented.add(name);
    return [];
  });
}

function isExported(statement: ts.Statement): boolean {
  return ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function isDocumented(statement: ts.Statement): boolean {
  return ts.getJSDocCommentsAndTags(statement).length > 0;
}

function nameOf(statement: ts.Statement): string {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText()).join(", ");
  }
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return isNamed ? statement.name?.text ?? "the default export" : "the export";
}
