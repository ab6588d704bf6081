import assert from "node:assert/strict";
import { responses } from "../../../src/apis/responses/index.ts";
import { masked, testTexts } from "../text_table.ts";

testTexts(responses, "request", [
  {
    name: "instructions and a text",
    body: { instructions: "s", input: "u" },
    lines: ["systemPrompt system instructions: s", "messages user input: u"],
  },
  {
    name: "variables of a prompt that is kept",
    body: {
      prompt: { id: "p", variables: { a: "b", c: { type: "input_text", text: "d" } } },
    },
    lines: [
      "messages user prompt.variables.a: b",
      "messages user prompt.variables.c.text: d",
    ],
  },
  {
    name: "messages",
    body: {
      input: [
        { role: "system", content: "s" },
        { type: "message", role: "developer", content: [{ type: "input_text", text: "d" }] },
        {
          role: "user",
          content: [
            { type: "input_text", text: "u" },
            { type: "input_image", image_url: "data:image/png;base64,AAAA" },
            { type: "input_file", file_data: "AAAA" },
          ],
        },
        {
          type: "message",
          role: "assistant",
          content: [{ type: "output_text", text: "a" }, { type: "refusal", refusal: "no" }],
        },
      ],
    },
    lines: [
      "systemPrompt system input.0.content: s",
      "systemPrompt system input.1.content.0.text: d",
      "messages user input.2.content.0.text: u",
      "messages assistant input.3.content.0.text: a",
      "messages assistant input.3.content.1.refusal: no",
    ],
  },
  {
    name: "calls and results, the provider's own among them",
    body: {
      input: [
        { type: "function_call", call_id: "1", name: "f", arguments: "{}" },
        { type: "custom_tool_call", call_id: "2", name: "g", input: "a" },
        { type: "function_call_output", call_id: "1", output: "b" },
        {
          type: "custom_tool_call_output",
          call_id: "2",
          output: [{ type: "input_text", text: "c" }, { type: "input_image", image_url: "d" }],
        },
        { type: "shell_call", action: { type: "exec", commands: ["e"] } },
        { type: "shell_call_output", output: [{ stdout: "f", stderr: "g" }] },
        { type: "code_interpreter_call", code: "h", outputs: [{ type: "logs", logs: "i" }] },
        { type: "file_search_call", queries: ["j"], results: [{ filename: "k", text: "l" }] },
        { type: "mcp_call", arguments: "m", output: "n" },
        { type: "image_generation_call", result: "AAAA" },
        { type: "computer_call_output", output: { type: "computer_screenshot", image_url: "o" } },
        { type: "item_reference", id: "rs_1" },
      ],
    },
    lines: [
      "toolInput assistant input.0.arguments: {}",
      "toolInput assistant input.1.input: a",
      "toolOutput tool input.2.output: b",
      "toolOutput tool input.3.output.0.text: c",
      "toolInput assistant input.4.action.commands.0: e",
      "toolOutput tool input.5.output.0.stdout: f",
      "toolOutput tool input.5.output.0.stderr: g",
      "toolInput assistant input.6.code: h",
      "toolOutput tool input.6.outputs.0.logs: i",
      "toolInput assistant input.7.queries.0: j",
      "toolOutput tool input.7.results.0.text: l",
      "toolInput assistant input.8.arguments: m",
      "toolOutput tool input.8.output: n",
    ],
  },
  {
    name: "thoughts",
    body: {
      input: [
        { type: "reasoning", summary: [{ type: "summary_text", text: "a" }] },
        {
          type: "reasoning",
          summary: [{ type: "summary_text", text: "b" }],
          encrypted_content: "s",
        },
      ],
    },
    lines: [
      "messages assistant input.0.summary.0.text: a",
      "messages assistant input.1.summary.0.text: b",
    ],
  },
]);

const ANSWER = {
  instructions: "not the model's",
  output: [
    {
      type: "reasoning",
      summary: [{ type: "summary_text", text: "a" }],
      content: [{ type: "reasoning_text", text: "b" }],
      encrypted_content: "s",
    },
    {
      type: "message",
      role: "assistant",
      content: [
        { type: "output_text", text: "c", annotations: [], logprobs: [{ token: "c" }] },
        { type: "refusal", refusal: "d" },
      ],
    },
    { type: "function_call", name: "f", arguments: "{}" },
  ],
};

testTexts(responses, "answer", [{
  name: "words, thoughts and calls",
  body: ANSWER,
  lines: [
    "messages assistant output.0.summary.0.text: a",
    "messages assistant output.0.content.0.text: b",
    "messages assistant output.1.content.0.text: c",
    "messages assistant output.1.content.1.refusal: d",
    "toolInput assistant output.2.arguments: {}",
  ],
}]);

Deno.test("responses empty what repeats a text that is masked", () => {
  const { output: [, message] } = JSON.parse(JSON.stringify(masked(responses, ANSWER)));
  assert.deepEqual(message.content[0], {
    type: "output_text",
    text: "***",
    annotations: [],
    logprobs: null,
  });
});
