import assert from "node:assert/strict";
import fc from "fast-check";
import { geminiParameters } from "../../../src/apis/tool_schema/gemini_parameters.ts";
import { geminiSchema } from "../../../src/apis/tool_schema/gemini_schema.ts";
import { refused } from "./gemini_rules.ts";
import { MCP_CORPUS } from "./mcp_corpus.ts";

function converted(schema: unknown, convert = geminiSchema) {
  let lost = false;
  const result = convert(schema, () => lost = true);
  return { result, lost };
}

for (const [name, schema] of Object.entries(MCP_CORPUS)) {
  Deno.test(`geminiParameters() leaves nothing that Google refuses: ${name}`, () => {
    const { result } = converted(schema, geminiParameters);
    assert.deepEqual(refused(result), []);
    assert.equal(result.type, "object");
  });
}

const scalar = fc.constantFrom<unknown>("a", "", 1, 1.5, true, null);
const type = fc.constantFrom(
  "string",
  "number",
  "integer",
  "boolean",
  "array",
  "object",
  "null",
  "X",
);
const anySchema = fc.letrec((tie) => {
  const some = fc.array(tie("schema"), { maxLength: 3 });
  const named = fc.dictionary(fc.constantFrom("a", "b", "$ref", "type"), tie("schema"));
  const keywords: Record<string, fc.Arbitrary<unknown>> = {
    type: fc.oneof(type, fc.array(type, { maxLength: 3 })),
    const: scalar,
    enum: fc.array(scalar, { maxLength: 3 }),
    properties: named,
    $defs: named,
    $ref: fc.constantFrom("#", "#/$defs/a", "#/properties/b", "a", "#/x/y"),
    required: fc.array(fc.constantFrom("a", "b", "c")),
    additionalProperties: fc.oneof(fc.boolean(), tie("schema")),
    items: fc.oneof(some, tie("schema")),
    anyOf: some,
    oneOf: some,
    allOf: some,
    exclusiveMinimum: fc.constantFrom<unknown>(true, 0, 0.5),
    minimum: fc.integer(),
    nullable: fc.boolean(),
    description: fc.string(),
    not: tie("schema"),
  };
  return {
    schema: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom<unknown>(true, false, {}),
      fc.record(keywords, { requiredKeys: [] }),
    ),
  };
}).schema;

Deno.test("geminiSchema() makes of any schema one that Google takes", () => {
  fc.assert(
    fc.property(anySchema, (schema) => {
      assert.deepEqual(refused(converted(schema).result), []);
      const parameters = converted(schema, geminiParameters).result;
      assert.deepEqual(refused(parameters), []);
    }),
    { numRuns: 60 },
  );
});

Deno.test("geminiSchema() ends with schemas that are made to be endless or huge", () => {
  let deep: unknown = { type: "string" };
  for (let level = 0; level < 5000; level++) deep = { type: "array", items: deep };
  assert.equal(converted(deep).lost, true);
  const doubling = Object.fromEntries(Array.from({ length: 40 }, (_, level) => {
    const next = { $ref: `#/$defs/d${level + 1}` };
    return [`d${level}`, { type: "object", properties: { a: next, b: next } }];
  }));
  const bomb = { $ref: "#/$defs/d0", $defs: { ...doubling, d40: { type: "string" } } };
  const { result, lost } = converted(bomb);
  assert.equal(lost, true);
  assert.ok(JSON.stringify(result).length < 1_000_000);
});
