import assert from "node:assert/strict";
import { messagesCall } from "../../../src/apis/messages/index.ts";
import { writeOutput, type WrittenOutput } from "../../../src/apis/messages/call_output.ts";
import type { OutputFormat } from "../../../src/chat/request.ts";
import { chatWith, lossesOf, noLosses } from "./fixtures.ts";

const text = { type: "string" };
const OPEN = { type: "object", properties: { a: { type: "object", additionalProperties: text } } };
const TREE = {
  type: "object",
  properties: { next: { $ref: "#" }, name: text },
  required: ["name"],
};
const inWords = (schema: object): WrittenOutput => ({
  instruction: "Answer with JSON that is valid under this JSON schema and nothing else:\n" +
    JSON.stringify(schema),
});

const OUTPUTS: readonly [claim: string, OutputFormat, WrittenOutput, lost?: string[]][] = [
  ["text", { type: "text" }, {}],
  ["any JSON, in words", { type: "json" }, {
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
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: {
            a: { type: "object", properties: { b: text }, additionalProperties: false },
          },
          additionalProperties: false,
        },
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
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: { a: text },
          additionalProperties: false,
          description: "an answer",
        },
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
      format: {
        type: "json_schema",
        schema: {
          type: "object",
          properties: { a: { type: "string", description: "{maxLength: 3}" } },
          additionalProperties: false,
        },
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
  Deno.test(`writeOutput() of ${claim}`, () => {
    const losses = noLosses();
    assert.deepEqual(writeOutput(output, losses), expected);
    assert.deepEqual(lossesOf(losses), lost);
  });
}

Deno.test("writeRequest() puts words for a form behind the instructions", () => {
  const request = (instructions: Parameters<typeof chatWith>[0]) =>
    messagesCall.writeRequest(chatWith({ ...instructions, output: { type: "json" } }), noLosses());
  const words = "Answer with one JSON object and nothing else.";
  assert.equal(request({}).system, words);
  const plain = { type: "text", text: "a" } as const;
  assert.equal(request({ instructions: [plain] }).system, `a\n${words}`);
  assert.deepEqual(request({ instructions: [{ ...plain, cache: {} }] }).system, [
    { type: "text", text: "a", cache_control: { type: "ephemeral" } },
    { type: "text", text: words },
  ]);
});

Deno.test("writeRequest() asks for a form and an effort in one member", () => {
  const { output_config } = messagesCall.writeRequest(
    chatWith({
      model: "claude-sonnet-4-6",
      reasoning: { effort: "low" },
      output: { type: "json-schema", schema: { type: "object", properties: { a: text } } },
    }),
    noLosses(),
  );
  assert.deepEqual(output_config, {
    effort: "low",
    format: {
      type: "json_schema",
      schema: { type: "object", properties: { a: text }, additionalProperties: false },
    },
  });
});
