import { isObject, type JsonObject } from "../json.ts";
import { isObjectSchema, objectFlaw } from "./json_schema.ts";
import { broken, type Flaw } from "./shapes.ts";

/** What OpenAI finds wrong with the root of a schema. */
export function rootProblem(schema: unknown): string | undefined {
  const type = isObject(schema) ? schema.type : undefined;
  const beside = ["oneOf", "anyOf", "allOf", "enum", "not"];
  const isMore = isObject(schema) && beside.some((name) => schema[name] !== undefined);
  if (type === "object") {
    const names = beside.map((name) => `'${name}'`).join("/");
    return isMore
      ? `schema must have type 'object' and not have ${names} at the top level.`
      : undefined;
  }
  const found = type === undefined ? "None" : String(type);
  return `schema must be a JSON Schema of 'type: "object"', got 'type: "${found}"'.`;
}

/** What OpenAI finds wrong inside a schema; strict ones are closed and require everything. */
export function schemaProblem(schema: unknown, strict: boolean): string | undefined {
  const flaw = objectFlaw(schema, { path: [], ignored: [] }, (inner, { path }) => {
    const isBareList = inner.type === "array" && inner.items === undefined &&
      inner.prefixItems === undefined;
    if (isBareList) return broken(path, "array schema missing items.");
    return strict ? strictFlaw(inner, path) : undefined;
  });
  if (flaw === undefined) return undefined;
  const context = flaw.path.filter((step) => typeof step !== "object").map((step) => `'${step}'`);
  const tuple = context.length === 1 ? `${context[0]},` : context.join(", ");
  return `In context=(${tuple}), ${flaw.expected}`;
}

function strictFlaw(schema: JsonObject, path: Flaw["path"]): Flaw | undefined {
  const forbidden = ["oneOf", "allOf", "not", "default", "patternProperties"].find((name) =>
    name in schema
  );
  if (forbidden !== undefined) return broken(path, `'${forbidden}' is not permitted.`);
  if (!isObjectSchema(schema)) return undefined;
  if (schema.additionalProperties !== false) {
    return broken(path, "'additionalProperties' is required to be supplied and to be false.");
  }
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const names = Object.keys(isObject(schema.properties) ? schema.properties : {});
  const missing = names.find((name) => !required.has(name));
  if (missing === undefined) return undefined;
  return broken(
    path,
    "'required' is required to be supplied and to be an array including every key in " +
      `properties. Missing '${missing}'.`,
  );
}
