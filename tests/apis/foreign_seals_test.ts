import assert from "node:assert/strict";
import type { JsonObject } from "../../src/apis/api.ts";
import { withoutForeignSeals } from "../../src/apis/foreign_seals.ts";
import { writeSealedId, writeSealToken } from "../../src/apis/seal_token.ts";

const FOREIGN = writeSealToken({ api: "messages", value: "v" }, "responses");
const GEMINIS = writeSealToken({ api: "gemini", value: "v" }, "messages");
const ID = writeSealedId("call_1", { api: "gemini", value: "a/b+c=" });

const CASES: readonly (readonly [string, JsonObject, JsonObject])[] = [
  [
    "thoughts of a messages client, and ids of its calls",
    {
      model: "m",
      messages: [
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm", signature: GEMINIS },
            { type: "redacted_thinking", data: GEMINIS },
            { type: "thinking", thinking: "own", signature: "EqQBown" },
            { type: "tool_use", id: ID, name: "f", input: { id: "kept" } },
          ],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: ID, content: "r" }] },
      ],
    },
    {
      messages: [
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "own", signature: "EqQBown" },
            { type: "tool_use", id: "call_1", name: "f", input: { id: "kept" } },
          ],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "call_1", content: "r" }] },
      ],
    },
  ],
  [
    "reasoning items of a responses client",
    {
      input: [
        { type: "reasoning", id: "rs_1", summary: [], encrypted_content: FOREIGN },
        { type: "reasoning", id: "rs_2", summary: [], encrypted_content: "gAAAown" },
        { type: "function_call", call_id: ID, name: "f", arguments: "{}" },
        { type: "function_call_output", call_id: ID, output: "r" },
      ],
    },
    {
      input: [
        { type: "reasoning", id: "rs_2", summary: [], encrypted_content: "gAAAown" },
        { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" },
        { type: "function_call_output", call_id: "call_1", output: "r" },
      ],
    },
  ],
  [
    "details of a completions client, and the signature beside them",
    {
      messages: [{
        role: "assistant",
        content: "hi",
        reasoning_content: "hm",
        reasoning_details: [
          { type: "reasoning.text", text: "hm", signature: FOREIGN },
          { type: "reasoning.text", text: "own", signature: "EqQBown" },
        ],
        reasoning_signature: "EqQBown",
      }],
    },
    {
      messages: [{
        role: "assistant",
        content: "hi",
        reasoning_content: "hm",
        reasoning_details: [{ type: "reasoning.text", text: "own", signature: "EqQBown" }],
      }],
    },
  ],
  [
    "thought parts of a gemini client",
    {
      contents: [{
        role: "model",
        parts: [{ text: "hm", thought: true, thoughtSignature: FOREIGN }, {
          functionCall: { name: "f", args: {} },
          thoughtSignature: "own=",
        }],
      }],
    },
    {
      contents: [{
        role: "model",
        parts: [{ functionCall: { name: "f", args: {} }, thoughtSignature: "own=" }],
      }],
    },
  ],
  [
    "details of a completions client, and the member when none is left",
    {
      messages: [{
        role: "assistant",
        reasoning_content: "hm",
        reasoning_details: [{ type: "reasoning.text", text: "hm", signature: FOREIGN }],
        tool_calls: [{ id: ID, type: "function", function: { name: "f", arguments: "{}" } }],
      }, { role: "tool", tool_call_id: ID, content: "r" }],
    },
    {
      messages: [{
        role: "assistant",
        reasoning_content: "hm",
        tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: "{}" } }],
      }, { role: "tool", tool_call_id: "call_1", content: "r" }],
    },
  ],
];

for (const [what, request, expected] of CASES) {
  Deno.test(`withoutForeignSeals() takes out ${what}`, () => {
    const edits = withoutForeignSeals(request, JSON.stringify(request));
    assert.deepEqual(edits, { set: expected });
  });
}

Deno.test("withoutForeignSeals() leaves a request alone that only looks like it had some", () => {
  const texts = ["eyJhZ3ci is the begin of an envelope", "a __thought__ in a text"];
  for (const content of texts) {
    const request = { messages: [{ role: "user", content, signature: "eyJhZ3ciOjB9" }] };
    assert.equal(withoutForeignSeals(request, JSON.stringify(request)), undefined);
  }
  assert.equal(withoutForeignSeals({ a: [1, { id: "x" }] }, "{}"), undefined);
});
