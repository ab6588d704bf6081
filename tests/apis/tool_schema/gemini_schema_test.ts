import assert from "node:assert/strict";
import { geminiParameters } from "../../../src/apis/tool_schema/gemini_parameters.ts";
import { geminiSchema } from "../../../src/apis/tool_schema/gemini_schema.ts";
import { MCP_CORPUS } from "./mcp_corpus.ts";

function converted(schema: unknown, convert = geminiSchema) {
  let lost = false;
  const result = convert(schema, () => lost = true);
  return { result, lost };
}

const TABLE: readonly [claim: string, before: unknown, after: unknown, lost: boolean][] = [
  [
    "inlines a reference, what is beside it first",
    {
      $ref: "#/$defs/A",
      description: "mine",
      $defs: { A: { type: "string", description: "its", maxLength: 3 } },
    },
    { type: "string", description: "mine", maxLength: 3 },
    false,
  ],
  [
    "finds a definition by its last name",
    {
      type: "object",
      properties: { a: { $ref: "other.json#/components/A" } },
      definitions: { A: { type: "string" } },
    },
    { type: "object", properties: { a: { type: "string" } } },
    false,
  ],
  [
    "cuts a recursive reference off, once it has been inlined",
    {
      $ref: "#/$defs/N",
      $defs: { N: { type: "object", properties: { next: { $ref: "#/$defs/N" } } } },
    },
    { type: "object", properties: { next: { type: "object" } } },
    true,
  ],
  ["reads a reference to nowhere as an object", { $ref: "#/$defs/N" }, { type: "object" }, true],
  [
    "merges allOf: properties by name, required together, the first elsewhere",
    {
      type: "object",
      title: "T",
      properties: { a: { type: "string" } },
      required: ["a"],
      allOf: [
        { title: "U", properties: { b: { type: "string" } }, required: ["a", "b"] },
        { allOf: [{ properties: { c: { type: "string" } } }], description: "d" },
      ],
    },
    {
      type: "object",
      title: "T",
      properties: { a: { type: "string" }, b: { type: "string" }, c: { type: "string" } },
      required: ["a", "b"],
      description: "d",
    },
    false,
  ],
  [
    "tells when the members of allOf disagree",
    { allOf: [{ type: "string", maxLength: 3 }, { maxLength: 2 }] },
    { type: "string", maxLength: 3 },
    true,
  ],
  ["reads const as an enum", { const: "a" }, { type: "string", enum: ["a"] }, false],
  ["knows the type of a const", { const: 1 }, { type: "integer" }, true],
  ["knows a const that is no integer", { const: 1.5 }, { type: "number" }, true],
  ["knows a const that is a boolean", { const: true }, { type: "boolean" }, true],
  [
    "reads null in a list of types as nullable",
    { type: ["string", "null"], maxLength: 2 },
    { type: "string", maxLength: 2, nullable: true },
    false,
  ],
  [
    "reads several types as a union, each with what suits it",
    { type: ["string", "array"], items: { type: "string" }, description: "d" },
    {
      anyOf: [
        { type: "string", description: "d" },
        { type: "array", items: { type: "string" }, description: "d" },
      ],
    },
    false,
  ],
  [
    "merges the one member of a union that is not null up",
    { anyOf: [{ type: "string", title: "T" }, { type: "null" }], title: "U", default: null },
    { type: "string", title: "U", default: null, nullable: true },
    false,
  ],
  [
    "spreads what stands beside a union over it",
    {
      oneOf: [{ type: "string", description: "s" }, { type: "integer" }, { const: null }],
      description: "d",
    },
    {
      anyOf: [
        { type: "string", description: "d\ns", nullable: true },
        { type: "integer", description: "d", nullable: true },
      ],
    },
    false,
  ],
  [
    "flattens a union in a union",
    { anyOf: [{ type: ["string", "number"] }, { type: "boolean" }] },
    { anyOf: [{ type: "string" }, { type: "number" }, { type: "boolean" }] },
    false,
  ],
  [
    "prefers an object's properties to a union beside them",
    { type: "object", properties: { a: { type: "string" } }, anyOf: [{ required: ["a"] }, {}] },
    { type: "object", properties: { a: { type: "string" } } },
    true,
  ],
  ["gives an array items", { type: "array" }, { type: "array", items: { type: "object" } }, true],
  [
    "reads a tuple as an array of a union",
    { type: "array", items: [{ type: "string" }, { type: "number" }] },
    { type: "array", items: { anyOf: [{ type: "string" }, { type: "number" }] } },
    true,
  ],
  [
    "gives an enum of texts a type",
    { enum: ["a", "b"] },
    { type: "string", enum: ["a", "b"] },
    false,
  ],
  [
    "takes an enum off what is no text",
    { type: "integer", enum: [1, 2] },
    { type: "integer" },
    true,
  ],
  ["takes the type of an enum of numbers", { enum: [1, 2] }, { type: "number" }, true],
  [
    "reads null in an enum as nullable",
    { enum: ["a", null] },
    { type: "string", nullable: true, enum: ["a"] },
    false,
  ],
  [
    "takes the empty text out of an enum",
    { type: "string", enum: ["", "a"] },
    { type: "string", enum: ["a"] },
    true,
  ],
  [
    "removes additionalProperties at every level",
    {
      type: "object",
      properties: { a: { type: "object", properties: {}, additionalProperties: true } },
      additionalProperties: false,
    },
    { type: "object", properties: { a: { type: "object", properties: {} } } },
    false,
  ],
  [
    "tells of values whose schema is lost",
    { type: "object", additionalProperties: { type: "number" } },
    { type: "object" },
    true,
  ],
  ["makes an object of what has no type", { description: "d" }, {
    type: "object",
    description: "d",
  }, true],
  ["sees the type that items tell", { items: { type: "string" } }, {
    type: "array",
    items: { type: "string" },
  }, false],
  ["keeps the format date-time", { type: "string", format: "date-time" }, {
    type: "string",
    format: "date-time",
  }, false],
  ["drops other formats", { type: "string", format: "uri" }, { type: "string" }, false],
  [
    "includes the bound of an integer that excluded its number",
    { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 10 },
    { type: "integer", minimum: 1, maximum: 9 },
    false,
  ],
  [
    "keeps the narrower of two bounds",
    { type: "integer", exclusiveMinimum: 0, minimum: 5 },
    { type: "integer", minimum: 5 },
    false,
  ],
  [
    "widens the bound of a number that excluded its number",
    { type: "number", exclusiveMinimum: 0 },
    { type: "number", minimum: 0 },
    true,
  ],
  ["drops limits that Google does not know", { type: "string", not: { const: "a" } }, {
    type: "string",
  }, true],
  ["drops a limit on items", { type: "array", items: { type: "string" }, minItems: 1 }, {
    type: "array",
    items: { type: "string" },
  }, true],
  [
    "drops remarks without a word",
    {
      $schema: "s",
      $id: "i",
      $comment: "c",
      examples: [],
      deprecated: true,
      "x-a": 1,
      type: "string",
    },
    { type: "string" },
    false,
  ],
  [
    "requires no property that is not there",
    { type: "object", properties: { a: { type: "string" } }, required: ["b", "a"] },
    { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
    true,
  ],
  [
    "keeps the order of properties",
    { type: "object", properties: { b: { type: "string" } }, propertyOrdering: ["b"] },
    { type: "object", properties: { b: { type: "string" } }, propertyOrdering: ["b"] },
    false,
  ],
  ["writes types in small letters", { type: "STRING", nullable: true }, {
    type: "string",
    nullable: true,
  }, false],
];

for (const [claim, before, after, lost] of TABLE) {
  Deno.test(`geminiSchema() ${claim}`, () => {
    assert.deepEqual(converted(before), { result: after, lost });
  });
}

Deno.test("geminiParameters() makes one object of a union, and of its tags one list", () => {
  const { result, lost } = converted(MCP_CORPUS["a tagged union at the top"], geminiParameters);
  assert.deepEqual(result, {
    type: "object",
    properties: {
      action: { type: "string", enum: ["delete", "create"].reverse() },
      title: { type: "string" },
      id: { anyOf: [{ type: "integer" }, { type: "string" }] },
    },
    required: ["action"],
  });
  assert.equal(lost, true);
});
