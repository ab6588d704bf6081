import ts from "typescript";
import { Config } from "../../../src/config/schema/index.ts";
import { repositoryModules } from "../../architecture/repository.ts";
import { leavesOf } from "./schema_leaves.ts";

const FOLDER = "src/config/schema/";

/** All schemas that modules export, by their names. */
export const schemaByName: ReadonlyMap<string, unknown> = await exportedSchemas();

/** The schemas of all types that modules export, by the names of the types. */
export const schemaByType: ReadonlyMap<string, unknown> = new Map([
  ...repositoryModules(FOLDER).flatMap(({ tree }) => tree.statements.flatMap(schemaOfType)),
  // An interface that lists the members one by one.
  ["AiPolicyConfig", schemaAt(".routes[].policies.ai")],
]);

async function exportedSchemas(): Promise<Map<string, unknown>> {
  const schemas = new Map<string, unknown>();
  for (const { path } of repositoryModules(FOLDER)) {
    const module: Readonly<Record<string, unknown>> = await import(`../../../${path}`);
    for (const [name, value] of Object.entries(module)) schemas.set(name, value);
  }
  return schemas;
}

/** `export type XConfig = Immutable<v.InferOutput<typeof X>>`. */
function schemaOfType(statement: ts.Statement): (readonly [string, unknown])[] {
  if (!ts.isTypeAliasDeclaration(statement)) return [];
  const [, name = ""] = /InferOutput<typeof (\w+)>/.exec(statement.type.getText()) ?? [];
  const schema = schemaByName.get(name);
  return schema === undefined ? [] : [[statement.name.text, schema]];
}

function schemaAt(wanted: string): unknown {
  return leavesOf(Config).find(({ path }) => path === wanted)?.schema;
}
