import assert from "node:assert/strict";
import { messagesCall } from "../../../src/apis/messages/index.ts";
import { chatWith, noLosses } from "./fixtures.ts";

const text = { type: "string" };

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
