import ts from "typescript";
import { Config } from "../../../src/config/schema/index.ts";
import { ProcessSettings } from "../../../src/config/schema/process.ts";
import { providerKinds } from "../../../src/providers/index.ts";
import { leavesOf } from "./schema_leaves.ts";
import type { Value } from "./value.ts";

/** A value that a test hands over, and the schema that it is meant for. */
export interface Handed {
  readonly value: Value;
  readonly schema: unknown;
}

/** Functions that are handed settings, with where these stand in a configuration. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  compileAi: ".routes[].policies.ai",
  compileBasicAuth: ".routes[].policies.basicAuth",
  compileLocalRateLimit: ".llm.policies.localRateLimit",
};

const schemaFolder = new URL("../../../src/config/schema/", import.meta.url);

/** All schemas that modules export, by their names. */
const schemas = new Map<string, unknown>();
for (const { name } of Deno.readDirSync(schemaFolder)) {
  const exported: Readonly<Record<string, unknown>> = await import(
    new URL(name, schemaFolder).href
  );
  for (const [key, value] of Object.entries(exported)) schemas.set(key, value);
}

const byPath = new Map(leavesOf(Config).map(({ path, schema }) => [path, schema]));

/** What a call hands over of a configuration. */
export function handedTo(
  callee: string,
  argument: (index: number) => Value,
  { arguments: [first] }: ts.CallExpression,
): readonly Handed[] {
  if (callee === "v.parse") {
    const schema = first === undefined ? undefined : schemaNamed(first);
    return schema === undefined ? [] : [{ value: argument(1), schema }];
  }
  // How tests connect a provider of a kind.
  if (callee === "connected") {
    const type = argument(0);
    const kind = providerKinds.find((one) => type.type === "text" && one.type === type.text);
    return kind === undefined ? [] : [{ value: argument(1), schema: kind.settings }];
  }
  const path = Object.hasOwn(FUNCTIONS, callee) ? FUNCTIONS[callee] : undefined;
  return path === undefined ? [] : [{ value: argument(0), schema: byPath.get(path) }];
}

function schemaNamed(node: ts.Expression): unknown {
  const name = node.getText();
  const kind = providerKinds.find(({ type }) => name === `${type}.settings`);
  return kind?.settings ?? schemas.get(name);
}
