import assert from "node:assert/strict";
import { openAiParameters } from "../../../src/apis/tool_schema/openai_parameters.ts";
import { objectSchema } from "../../../src/apis/tool_schema/object_schema.ts";
import { rootProblem, schemaProblem } from "../../support/upstreams/openai_schema.ts";
import { MCP_CORPUS } from "./mcp_corpus.ts";

const LIST = { type: "array" };
const ANY_LIST = { type: "array", items: {} };

const ROWS: readonly [claim: string, schema: unknown, expected: unknown, changes: number][] = [
  ["what is fine as it is", { type: "object", properties: { a: {} } }, {
    type: "object",
    properties: { a: {} },
  }, 0],
  [
    "alternatives at the top as one object",
    {
      type: "object",
      oneOf: [
        { properties: { a: {}, b: {} }, required: ["a", "b"] },
        { properties: { a: {} }, required: ["a"] },
      ],
    },
    { type: "object", properties: { a: {}, b: {} }, required: ["a"] },
    1,
  ],
  ["no values and no exclusion at the top", { type: "object", enum: [{}], not: {} }, {
    type: "object",
  }, 1],
  ["alternatives inside as they are", { properties: { a: { anyOf: [{}, {}], not: {} } } }, {
    properties: { a: { anyOf: [{}, {}], not: {} } },
  }, 0],
  ["lists with items, wherever they are", {
    properties: { a: LIST, b: { anyOf: [LIST, { type: ["array", "null"] }] } },
    $defs: { A: { type: "array", items: LIST } },
  }, {
    properties: { a: ANY_LIST, b: { anyOf: [ANY_LIST, { type: ["array", "null"], items: {} }] } },
    $defs: { A: { type: "array", items: ANY_LIST } },
  }, 0],
  ["tuples as they are", { properties: { a: { type: "array", prefixItems: [{}] } } }, {
    properties: { a: { type: "array", prefixItems: [{}] } },
  }, 0],
  ["what is no schema", undefined, undefined, 0],
];

for (const [claim, schema, expected, changes] of ROWS) {
  Deno.test(`openAiParameters() gives ${claim}`, () => {
    let changed = 0;
    assert.deepEqual(openAiParameters(schema, () => changed++), expected);
    assert.equal(changed, changes);
  });
}

for (const [name, schema] of Object.entries(MCP_CORPUS)) {
  if (name.startsWith("openapi")) continue;
  Deno.test(`openAiParameters() makes what OpenAI takes of: ${name}`, () => {
    const made = openAiParameters(objectSchema(schema), () => {});
    assert.equal(rootProblem(made), undefined);
    assert.equal(schemaProblem(made, false), undefined);
  });
}
