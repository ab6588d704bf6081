import assert from "node:assert/strict";
import { gemini } from "../../../src/apis/gemini/index.ts";
import { masked, testTexts } from "../text_table.ts";

testTexts(gemini, "request", [
  {
    name: "a system instruction and roles",
    body: {
      systemInstruction: { parts: [{ text: "s" }] },
      contents: [
        { role: "user", parts: [{ text: "u" }] },
        { role: "model", parts: [{ text: "a" }] },
        { parts: { text: "v" } },
      ],
    },
    lines: [
      "systemPrompt system systemInstruction.parts.0.text: s",
      "messages user contents.0.parts.0.text: u",
      "messages assistant contents.1.parts.0.text: a",
      "messages user contents.2.parts.text: v",
    ],
  },
  {
    name: "protobuf's names",
    body: {
      system_instruction: "s",
      contents: [{
        parts: [
          { function_call: { name: "f", args: { a: "b" } } },
          { function_response: { name: "f", response: { output: "c" } } },
          { executable_code: { code: "d" } },
          { code_execution_result: { output: "e" } },
          { inline_data: { mime_type: "image/png", data: "AAAA" } },
        ],
      }],
    },
    lines: [
      "systemPrompt system system_instruction: s",
      "toolInput assistant contents.0.parts.0.function_call.args.a: b",
      "toolOutput tool contents.0.parts.1.function_response.response.output: c",
      "toolInput assistant contents.0.parts.2.executable_code.code: d",
      "toolOutput tool contents.0.parts.3.code_execution_result.output: e",
    ],
  },
  {
    name: "calls, results and their numbers",
    body: {
      contents: [{
        role: "user",
        parts: [
          { functionCall: { name: "f", args: { a: 1, b: ["c"] } } },
          { functionResponse: { name: "f", response: { error: { code: 4111, text: "d" } } } },
        ],
      }],
    },
    lines: [
      "toolInput assistant contents.0.parts.0.functionCall.args.a: 1",
      "toolInput assistant contents.0.parts.0.functionCall.args.b.0: c",
      "toolOutput tool contents.0.parts.1.functionResponse.response.error.code: 4111",
      "toolOutput tool contents.0.parts.1.functionResponse.response.error.text: d",
    ],
  },
  {
    name: "thoughts",
    body: {
      contents: [{
        role: "model",
        parts: [
          { text: "a", thought: true },
          { text: "b", thought: true, thoughtSignature: "s" },
          { text: "c", thoughtSignature: "s" },
        ],
      }],
    },
    lines: [
      "messages assistant contents.0.parts.0.text: a",
      "messages assistant contents.0.parts.1.text: b",
      "messages assistant contents.0.parts.2.text: c",
    ],
  },
]);

const ANSWER = {
  candidates: [{
    content: {
      role: "model",
      parts: [
        { text: "a", thought: true, thoughtSignature: "s" },
        { text: "b" },
        { functionCall: { name: "f", args: { c: "d" } } },
      ],
    },
    logprobsResult: { chosenCandidates: [{ token: "b" }] },
    groundingMetadata: { groundingSupports: [{ segment: { text: "b" } }], webSearchQueries: ["q"] },
  }],
};

testTexts(gemini, "answer", [{
  name: "words, thoughts and calls",
  body: ANSWER,
  lines: [
    "messages assistant candidates.0.content.parts.0.text: a",
    "messages assistant candidates.0.content.parts.1.text: b",
    "toolInput assistant candidates.0.content.parts.2.functionCall.args.c: d",
  ],
}]);

Deno.test("gemini empties what repeats a text that is masked", () => {
  const { candidates: [candidate] } = JSON.parse(JSON.stringify(masked(gemini, ANSWER)));
  assert.equal(candidate.content.parts[1].text, "***");
  assert.equal(candidate.logprobsResult, null);
  assert.deepEqual(candidate.groundingMetadata, {
    groundingSupports: null,
    webSearchQueries: ["q"],
  });
});
