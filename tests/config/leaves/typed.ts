import ts from "typescript";
import { resolve } from "../../architecture/module.ts";
import type { Project } from "./evaluate.ts";
import { schemaByType } from "./schema_names.ts";
import { itemsOf, memberOf, type Value } from "./value.ts";

/** A value that a test hands over, and the schema that it is meant for. */
export interface Handed {
  readonly value: Value;
  readonly schema: unknown;
}

/** What of a type is configuration as it is written. */
interface Written {
  readonly schemas: readonly unknown[];
  readonly members: ReadonlyMap<string, Written>;
  readonly element: Written | undefined;
}

/** The parts of a value that are configuration, by the type that it is declared to have. */
export function writtenIn(value: Value, type: ts.TypeNode | undefined, project: Project): Handed[] {
  const written = type === undefined ? undefined : writtenOf(type, project, []);
  return written === undefined ? [] : partsOf(value, written);
}

function partsOf(value: Value, { schemas, members, element }: Written): Handed[] {
  return [
    ...schemas.map((schema) => ({ value, schema })),
    ...[...members].flatMap(([key, member]) => partsOf(memberOf(value, key), member)),
    ...(element === undefined ? [] : itemsOf(value).flatMap((item) => partsOf(item, element))),
  ];
}

const known = new WeakMap<ts.TypeNode, Written | "nothing">();

function writtenOf(
  type: ts.TypeNode,
  project: Project,
  within: readonly ts.TypeNode[],
): Written | undefined {
  const before = known.get(type);
  if (before !== undefined) return before === "nothing" ? undefined : before;
  if (within.includes(type)) return undefined;
  const found = readType(type, project, [...within, type]);
  known.set(type, found ?? "nothing");
  return found;
}

function readType(
  type: ts.TypeNode,
  project: Project,
  within: readonly ts.TypeNode[],
): Written | undefined {
  const read = (inner: ts.TypeNode) => writtenOf(inner, project, within);
  if (ts.isTypeOperatorNode(type) || ts.isParenthesizedTypeNode(type)) return read(type.type);
  if (ts.isArrayTypeNode(type)) return listOf(read(type.elementType));
  if (ts.isTupleTypeNode(type)) {
    return objectOf(type.elements.map((item, index) => {
      const inner = ts.isNamedTupleMember(item) ? item.type : item;
      return [String(index), read(inner)] as const;
    }));
  }
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type)) {
    return merged(type.types.map(read));
  }
  if (ts.isTypeLiteralNode(type)) return membersOf(type.members, read);
  return ts.isTypeReferenceNode(type) ? referenceOf(type, project, read) : undefined;
}

const TRANSPARENT = ["Partial", "Readonly", "Required", "NonNullable", "Immutable", "Pick", "Omit"];

function referenceOf(
  { typeName, typeArguments: [first, second] = ts.factory.createNodeArray() }: ts.TypeReferenceNode,
  project: Project,
  read: (type: ts.TypeNode) => Written | undefined,
): Written | undefined {
  const name = typeName.getText();
  const schema = schemaByType.get(name);
  if (schema !== undefined) return { schemas: [schema], members: new Map(), element: undefined };
  if (TRANSPARENT.includes(name)) return first && read(first);
  if (name === "ReadonlyArray" || name === "Array") return first && listOf(read(first));
  if (name === "Record") return undefined;
  if (second !== undefined) return undefined;
  return declaredAs(typeName.getSourceFile(), name, project, read);
}

function declaredAs(
  module: ts.SourceFile,
  name: string,
  project: Project,
  read: (type: ts.TypeNode) => Written | undefined,
): Written | undefined {
  for (const statement of module.statements) {
    if (ts.isInterfaceDeclaration(statement) && statement.name.text === name) {
      return membersOf(statement.members, read);
    }
    if (ts.isTypeAliasDeclaration(statement) && statement.name.text === name) {
      return read(statement.type);
    }
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) {
      continue;
    }
    const names = statement.importClause?.namedBindings;
    if (names === undefined || !ts.isNamedImports(names)) continue;
    const found = names.elements.find((element) => element.name.text === name);
    if (found === undefined) continue;
    const path = resolve(module.fileName, statement.moduleSpecifier.text);
    const other = project.modules.get(path);
    const original = (found.propertyName ?? found.name).text;
    return other && declaredAs(other, original, project, read);
  }
  return undefined;
}

function membersOf(
  members: readonly ts.TypeElement[],
  read: (type: ts.TypeNode) => Written | undefined,
): Written | undefined {
  return objectOf(
    members.flatMap((member) =>
      ts.isPropertySignature(member) && member.type !== undefined && ts.isIdentifier(member.name)
        ? [[member.name.text, read(member.type)] as const]
        : []
    ),
  );
}

function objectOf(
  members: readonly (readonly [string, Written | undefined])[],
): Written | undefined {
  const written = members.flatMap(([key, member]) =>
    member === undefined ? [] : [[key, member] as const]
  );
  return written.length === 0
    ? undefined
    : { schemas: [], members: new Map(written), element: undefined };
}

function listOf(element: Written | undefined): Written | undefined {
  return element && { schemas: [], members: new Map(), element };
}

function merged(options: readonly (Written | undefined)[]): Written | undefined {
  const written = options.filter((option) => option !== undefined);
  if (written.length === 0) return undefined;
  return {
    schemas: written.flatMap(({ schemas }) => schemas),
    members: new Map(written.flatMap(({ members }) => [...members])),
    element: written.find(({ element }) => element !== undefined)?.element,
  };
}
