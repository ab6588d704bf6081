import assert from "node:assert/strict";
import { configJsonSchema } from "../../scripts/generate_schema.ts";

type Json = Readonly<Record<string, unknown>>;

const schema = JSON.parse(configJsonSchema());

Deno.test("schema/config.json is what the schema generates", async () => {
  const file = await Deno.readTextFile(new URL("../../schema/config.json", import.meta.url));
  assert.ok(file === configJsonSchema(), "stale: run scripts/generate_schema.ts");
});

Deno.test("configJsonSchema() is draft-07 and closed", () => {
  assert.equal(schema.$schema, "http://json-schema.org/draft-07/schema#");
  assert.equal(schema.additionalProperties, false);
  assert.deepEqual(schema.required, []);
});

Deno.test("configJsonSchema() describes every key, for the hover of editors", () => {
  const silent = properties(schema, "")
    .filter(({ path }) => !path.startsWith("$defs.provider.")) // the providers' own
    .filter(({ property }) => !isDescribed(property))
    .map(({ path }) => path);
  assert.deepEqual(silent, []);
});

Deno.test("configJsonSchema() shows defaults and choices", () => {
  const process = schema.properties.config.properties;
  assert.equal(process.adminAddr.default, "localhost:15000");
  assert.equal(process.backend.properties.connectTimeout.default, "10s");
  assert.deepEqual(process.logging.properties.format.enum, ["text", "json"]);
  const model = schema.properties.llm.properties.models.items.properties;
  assert.deepEqual(model.visibility.enum, ["public", "internal"]);
  assert.equal(model.visibility.default, "public");
  const [words] = model.provider.anyOf;
  assert.ok(words.enum.includes("openai") && words.enum.includes("groq"));
});

Deno.test("configJsonSchema() knows which keys exclude each other", () => {
  const backend = schema.properties.backends.items;
  assert.deepEqual(backend.oneOf, [{ required: ["host"] }, { required: ["ai"] }]);
});

function isDescribed(property: Json): boolean {
  return typeof (property.description ?? resolve(property).description) === "string";
}

interface Property {
  readonly path: string;
  readonly property: Json;
}

/** Every property of a schema and of those inside it. */
function properties(node: unknown, path: string): readonly Property[] {
  if (Array.isArray(node)) return node.flatMap((item) => properties(item, path));
  if (!isJson(node)) return [];
  const own = isJson(node.properties) ? Object.entries(node.properties) : [];
  return [
    ...own.flatMap(([key, property]) =>
      isJson(property)
        ? [{ path: `${path}.${key}`, property }, ...properties(property, `${path}.${key}`)]
        : []
    ),
    ...["items", "additionalProperties", "anyOf"].flatMap((key) => properties(node[key], path)),
    ...Object.entries(isJson(node.$defs) ? node.$defs : {}).flatMap(([key, definition]) =>
      properties(definition, `$defs.${key}`)
    ),
  ];
}

function resolve(property: Json): Json {
  const name = typeof property.$ref === "string" ? property.$ref.split("/").at(-1) : undefined;
  return name === undefined ? property : schema.$defs[name];
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}
