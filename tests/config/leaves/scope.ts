import ts from "typescript";

/** What a name stands for where it is read. */
export type Declaration =
  | ts.VariableDeclaration
  | ts.ParameterDeclaration
  | ts.BindingElement
  | ts.FunctionDeclaration
  | ts.ImportSpecifier;

/** Finds the declaration of a name, from the place where it is read outwards. */
export function declarationOf(place: ts.Node, name: string): Declaration | undefined {
  for (let scope = place.parent; scope !== undefined; scope = scope.parent) {
    const found = namesOf(scope).get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The variable or the parameter that a binding is a part of, with the ways down to the binding. */
export function partOf(binding: ts.BindingElement): {
  readonly whole: ts.VariableDeclaration | ts.ParameterDeclaration;
  readonly way: readonly ts.BindingElement[];
} {
  const way: ts.BindingElement[] = [];
  let node: ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement = binding;
  while (ts.isBindingElement(node)) {
    way.unshift(node);
    node = node.parent.parent;
  }
  return { whole: node, way };
}

const known = new WeakMap<ts.Node, ReadonlyMap<string, Declaration>>();

/** The names that a scope itself declares. */
export function namesOf(scope: ts.Node): ReadonlyMap<string, Declaration> {
  const before = known.get(scope);
  if (before !== undefined) return before;
  const names = new Map<string, Declaration>();
  for (const declaration of declarationsIn(scope)) addNames(declaration, names);
  known.set(scope, names);
  return names;
}

function declarationsIn(scope: ts.Node): readonly Declaration[] {
  if (ts.isFunctionLike(scope)) return [...scope.parameters];
  if (ts.isForOfStatement(scope) && ts.isVariableDeclarationList(scope.initializer)) {
    return scope.initializer.declarations;
  }
  const isBlock = ts.isSourceFile(scope) || ts.isBlock(scope);
  return isBlock ? scope.statements.flatMap(declaredBy) : [];
}

function declaredBy(statement: ts.Statement): readonly Declaration[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations;
  if (ts.isFunctionDeclaration(statement)) return [statement];
  if (!ts.isImportDeclaration(statement)) return [];
  const named = statement.importClause?.namedBindings;
  return named !== undefined && ts.isNamedImports(named) ? named.elements : [];
}

function addNames(declaration: Declaration, names: Map<string, Declaration>): void {
  const { name } = declaration;
  if (name === undefined) return;
  if (ts.isIdentifier(name)) {
    // The first of several is the signature that says most, or the only one with a body.
    const isBodiless = ts.isFunctionDeclaration(declaration) && declaration.body === undefined;
    if (!isBodiless) names.set(name.text, declaration);
  } else if (ts.isObjectBindingPattern(name) || ts.isArrayBindingPattern(name)) {
    for (const element of name.elements) {
      if (ts.isBindingElement(element)) addNames(element, names);
    }
  }
}
