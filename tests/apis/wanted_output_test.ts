import assert from "node:assert/strict";
import { type WantedOutput, wantedOutput } from "../../src/apis/wanted_output.ts";
import { losses } from "../../src/chat/losses.ts";
import type { OutputFormat } from "../../src/chat/request.ts";

const text = { type: "string" };
const OPEN = { type: "object", properties: { a: { type: "object", additionalProperties: text } } };
const TREE = {
  type: "object",
  properties: { next: { $ref: "#" }, name: text },
  required: ["name"],
};
const inWords = (schema: object): WantedOutput => ({
  instruction: "Answer with JSON that is valid under this JSON schema and nothing else:\n" +
    JSON.stringify(schema),
});

const OUTPUTS: readonly [claim: string, OutputFormat, WantedOutput, lost?: string[]][] = [
  ["text", { type: "text" }, {}],
  ["any JSON, in words", { type: "json" }, {
    instruction: "Answer with one JSON object and nothing else.",
  }, ["changed output"]],
  ["a schema that is not there", { type: "json-schema", schema: undefined }, {
    instruction: "Answer with one JSON object and nothing else.",
  }, ["changed output"]],
  [
    "a schema with its objects closed",
    {
      type: "json-schema",
      name: "n",
      strict: true,
      schema: { type: "object", properties: { a: { type: "object", properties: { b: text } } } },
    },
    {
      schema: {
        type: "object",
        properties: {
          a: { type: "object", properties: { b: text }, additionalProperties: false },
        },
        additionalProperties: false,
      },
    },
  ],
  [
    "a schema with a description of its own",
    {
      type: "json-schema",
      description: "an answer",
      schema: { type: "object", properties: { a: text } },
    },
    {
      schema: {
        type: "object",
        properties: { a: text },
        additionalProperties: false,
        description: "an answer",
      },
    },
  ],
  [
    "a schema without limits that cannot be enforced",
    {
      type: "json-schema",
      schema: { type: "object", properties: { a: { type: "string", maxLength: 3 } } },
    },
    {
      schema: {
        type: "object",
        properties: { a: { type: "string", description: "{maxLength: 3}" } },
        additionalProperties: false,
      },
    },
    ["changed output"],
  ],
  ["open objects, in words", { type: "json-schema", schema: OPEN }, inWords(OPEN), [
    "changed output",
  ]],
  ["a schema within itself, in words", { type: "json-schema", schema: TREE }, inWords(TREE), [
    "changed output",
  ]],
];

for (const [claim, output, expected, lost = []] of OUTPUTS) {
  Deno.test(`wantedOutput() of ${claim}`, () => {
    const found = losses({});
    assert.deepEqual(wantedOutput(output, found), expected);
    assert.deepEqual(found.found.map(({ kind, field }) => `${kind} ${field}`), lost);
  });
}
