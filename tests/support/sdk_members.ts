import ts from "typescript";

/**
 * The members of an interface in an SDK's type declarations, which are the documented parameters
 * of its API.
 *
 * `module` is a module of the package; its declarations are beside it, by its name or another.
 */
export function sdkMembers(module: string, name: string, declarations?: string): string[] {
  const url = import.meta.resolve(module);
  const path = new URL(declarations ?? url.replace(/\.m?js$/, ".d.ts"), url).pathname;
  const source = ts.createSourceFile(path, Deno.readTextFileSync(path), ts.ScriptTarget.Latest);
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement) || statement.name.text !== name) continue;
    return statement.members.flatMap((member) => {
      const { name } = member;
      return name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteral(name))
        ? [name.text]
        : [];
    });
  }
  throw new Error(`${module} declares no interface ${name}`);
}
