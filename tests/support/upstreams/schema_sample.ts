import { isObject, type JsonObject } from "../json.ts";

/**
 * A value that satisfies a JSON schema, in JSON Schema's or in Google's spelling; of one that leads
 * into itself, as much as is not too deep.
 */
export function sampleOf(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (!isObject(schema) || depth > DEPTH_MAX) return {};
  const inner = (child: unknown) => sampleOf(child, root, depth + 1);
  if (typeof schema.$ref === "string") return inner(referred(root, schema.$ref));
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const union = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(union)) return inner(union[0]);
  if (Array.isArray(schema.allOf)) {
    return Object.assign(
      {},
      ...schema.allOf.map((part: unknown) => inner(part)),
    );
  }
  return sampleByType(schema, inner);
}

const DEPTH_MAX = 12;

function sampleByType(schema: JsonObject, inner: (child: unknown) => unknown): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type ?? "object";
  switch (String(type).toLowerCase()) {
    case "string":
      return textSample(schema);
    case "integer":
    case "number":
      return typeof schema.minimum === "number" ? schema.minimum : 7;
    case "boolean":
      return true;
    case "null":
      return null;
    case "array": {
      const count = typeof schema.minItems === "number" ? schema.minItems : 1;
      return Array.from({ length: count }, () => inner(schema.items));
    }
    default:
      return Object.fromEntries(
        Object.entries(isObject(schema.properties) ? schema.properties : {})
          .map(([name, member]) => [name, inner(member)]),
      );
  }
}

function textSample(schema: JsonObject): string {
  if (schema.format === "date-time") return "2025-01-01T00:00:00Z";
  const length = typeof schema.minLength === "number" ? schema.minLength : 0;
  return "sample".padEnd(length, ".");
}

function referred(root: unknown, ref: string): unknown {
  const steps = ref.replace(/^#\/?/, "").split("/").filter((step) => step !== "");
  return steps.reduce<unknown>(
    (value, step) => isObject(value) ? value[decodeURIComponent(step)] : undefined,
    root,
  );
}
