import assert from "node:assert/strict";
import { closedSchema } from "../../../src/apis/tool_schema/closed_schema.ts";
import { isMapping } from "../../../src/lib/mapping.ts";
import { MCP_CORPUS } from "./mcp_corpus.ts";

function converted(schema: unknown) {
  let lost = false;
  const result = closedSchema(schema, () => lost = true);
  return { result, lost };
}

const KNOWN = new Set(
  ("type title description default enum const properties required additionalProperties items " +
    "minItems anyOf format pattern").split(" "),
);

/** What Anthropic would refuse in a schema. */
function refused(node: unknown, path = "$"): string[] {
  if (!isMapping(node)) return [`${path}: no object`];
  const found = Object.keys(node).filter((key) => !KNOWN.has(key)).map((key) => `${path}: ${key}`);
  const isObject = [node.type].flat().includes("object") || node.properties !== undefined;
  if (isObject && node.additionalProperties !== false) found.push(`${path}: open`);
  if (node.items !== undefined) found.push(...refused(node.items, `${path}.items`));
  const inside = [
    ...isMapping(node.properties) ? Object.entries(node.properties) : [],
    ...Array.isArray(node.anyOf) ? node.anyOf.entries() : [],
  ];
  return [...found, ...inside.flatMap(([name, child]) => refused(child, `${path}.${name}`))];
}

for (const [name, schema] of Object.entries(MCP_CORPUS)) {
  Deno.test(`closedSchema() leaves nothing that Anthropic refuses: ${name}`, () => {
    assert.deepEqual(refused(converted(schema).result), []);
  });
}

const closed = { additionalProperties: false };
const TABLE: readonly [claim: string, before: unknown, after: unknown, lost: boolean][] = [
  [
    "closes every object",
    {
      type: "object",
      properties: { a: { type: "object", properties: { b: { type: "string" } } } },
      required: ["a"],
    },
    {
      type: "object",
      required: ["a"],
      properties: { a: { type: "object", properties: { b: { type: "string" } }, ...closed } },
      ...closed,
    },
    false,
  ],
  [
    "tells of an object that is to be open",
    { type: "object", properties: {}, additionalProperties: true },
    { type: "object", properties: {}, ...closed },
    true,
  ],
  [
    "tells of an object whose properties nobody names",
    { type: "object" },
    { type: "object", properties: {}, ...closed },
    true,
  ],
  [
    "puts limits into the description",
    { type: "integer", description: "stars", minimum: 1, maximum: 5 },
    { type: "integer", description: "stars\n\n{minimum: 1, maximum: 5}" },
    true,
  ],
  [
    "describes what had no description",
    { type: "string", maxLength: 3 },
    { type: "string", description: "{maxLength: 3}" },
    true,
  ],
  [
    "keeps one item at least",
    { type: "array", minItems: 1 },
    { type: "array", minItems: 1 },
    false,
  ],
  [
    "drops two items at least",
    { type: "array", items: { type: "string" }, minItems: 2 },
    { type: "array", items: { type: "string" }, description: "{minItems: 2}" },
    true,
  ],
  ["keeps a format", { type: "string", format: "uuid" }, { type: "string", format: "uuid" }, false],
  ["drops an unknown format", { type: "string", format: "x" }, { type: "string" }, false],
  [
    "keeps a pattern",
    { type: "string", pattern: "^a+$" },
    { type: "string", pattern: "^a+$" },
    false,
  ],
  [
    "drops a pattern that looks ahead",
    { type: "string", pattern: "(?!a)b" },
    { type: "string", description: '{pattern: "(?!a)b"}' },
    true,
  ],
  ["keeps several types", { type: ["string", "null"] }, { type: ["string", "null"] }, false],
  [
    "reads oneOf as anyOf",
    { oneOf: [{ type: "string" }, { const: 1 }] },
    { anyOf: [{ type: "string" }, { const: 1 }] },
    false,
  ],
  [
    "gives the members of a union what is beside them",
    { type: "object", description: "d", anyOf: [{ properties: { a: { type: "string" } } }] },
    {
      description: "d",
      anyOf: [{ type: "object", properties: { a: { type: "string" } }, ...closed }],
    },
    false,
  ],
  [
    "prefers an object's properties to a union beside them",
    { type: "object", properties: { a: { type: "string" } }, anyOf: [{ required: ["a"] }] },
    { type: "object", properties: { a: { type: "string" } }, ...closed },
    true,
  ],
  [
    "merges allOf, which closing would make impossible",
    { allOf: [{ properties: { a: { type: "string" } } }, { properties: { b: { const: 1 } } }] },
    { properties: { b: { const: 1 }, a: { type: "string" } }, ...closed },
    false,
  ],
  [
    "inlines references",
    { $ref: "#/$defs/A", $defs: { A: { type: "string" } } },
    { type: "string" },
    false,
  ],
  ["drops an enum of objects", { enum: [{}] }, { description: "{enum: [{}]}" }, true],
  ["knows no keyword of JavaScript", { type: "string", constructor: 1 }, {
    type: "string",
    description: "{constructor: 1}",
  }, true],
  ["takes what is no schema for any", true, {}, false],
];

for (const [claim, before, after, lost] of TABLE) {
  Deno.test(`closedSchema() ${claim}`, () => {
    assert.deepEqual(converted(before), { result: after, lost });
  });
}
