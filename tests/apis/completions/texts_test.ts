import assert from "node:assert/strict";
import { completions } from "../../../src/apis/completions/index.ts";
import { masked, testTexts } from "../text_table.ts";

testTexts(completions, "request", [
  {
    name: "roles",
    body: {
      messages: [
        { role: "system", content: "s" },
        { role: "developer", content: "d" },
        { role: "user", content: "u", name: "bob" },
        { role: "assistant", content: "a", refusal: "no" },
        { role: "tool", tool_call_id: "1", content: "t" },
        { role: "function", name: "f", content: "r" },
        { role: "future", content: "x" },
      ],
    },
    lines: [
      "systemPrompt system messages.0.content: s",
      "systemPrompt system messages.1.content: d",
      "messages user messages.2.content: u",
      "messages assistant messages.3.content: a",
      "messages assistant messages.3.refusal: no",
      "toolOutput tool messages.4.content: t",
      "toolOutput tool messages.5.content: r",
      "messages user messages.6.content: x",
    ],
  },
  {
    name: "parts, of which pictures, sounds and files have none",
    body: {
      messages: [{
        role: "user",
        content: [
          { type: "text", text: "a" },
          "b",
          { type: "image_url", image_url: { url: "https://a/b" } },
          { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
          { type: "file", file: { file_data: "AAAA", filename: "f" } },
          { type: "refusal", refusal: "c" },
          { type: "thinking", thinking: [{ type: "text", text: "d" }] },
        ],
      }, { role: "tool", content: [{ type: "text", text: "e" }] }],
    },
    lines: [
      "messages user messages.0.content.0.text: a",
      "messages user messages.0.content.1: b",
      "messages user messages.0.content.5.refusal: c",
      "messages user messages.0.content.6.thinking.0.text: d",
      "toolOutput tool messages.1.content.0.text: e",
    ],
  },
  {
    name: "arguments of calls, as a text or as an object",
    body: {
      messages: [{
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "1", type: "function", function: { name: "f", arguments: '{"a":1}' } },
          { id: "2", type: "custom", custom: { name: "g", input: "x" } },
          { id: "3", function: { name: "h", arguments: { a: "y", b: [5, true, null] } } },
        ],
        function_call: { name: "i", arguments: "z" },
      }],
    },
    lines: [
      'toolInput assistant messages.0.tool_calls.0.function.arguments: {"a":1}',
      "toolInput assistant messages.0.tool_calls.1.custom.input: x",
      "toolInput assistant messages.0.tool_calls.2.function.arguments.a: y",
      "toolInput assistant messages.0.tool_calls.2.function.arguments.b.0: 5",
      "toolInput assistant messages.0.function_call.arguments: z",
    ],
  },
  {
    name: "thoughts",
    body: {
      messages: [
        { role: "assistant", reasoning_content: "a", content: "b" },
        { role: "assistant", reasoning: "c", reasoning_signature: "s" },
        { role: "assistant", reasoning: "d", reasoning_details: [{ text: "d", signature: "s" }] },
      ],
    },
    lines: [
      "messages assistant messages.0.reasoning_content: a",
      "messages assistant messages.0.content: b",
      "messages assistant messages.1.reasoning: c",
      "messages assistant messages.2.reasoning: d",
      "messages assistant messages.2.reasoning_details.0.text: d",
    ],
  },
  {
    name: "the answer that is foreseen",
    body: { messages: [], prediction: { type: "content", content: [{ type: "text", text: "a" }] } },
    lines: ["messages assistant prediction.content.0.text: a"],
  },
  {
    name: "none in what is no chat",
    body: { messages: ["a", null, 1, [], { content: { text: "b" } }], other: "c" },
    lines: [],
  },
]);

testTexts(completions, "answer", [{
  name: "words, thoughts, sounds and calls of every choice",
  body: {
    id: "1",
    model: "m",
    choices: [
      {
        message: {
          role: "assistant",
          reasoning_content: "a",
          reasoning_details: [{ text: "a", signature: "s" }, { summary: "b" }, { data: "x" }],
          content: "c",
          refusal: "d",
          audio: { id: "1", transcript: "e", data: "AAAA" },
          tool_calls: [{ function: { name: "f", arguments: "{}" } }],
        },
      },
      { message: { content: "g" } },
    ],
  },
  lines: [
    "messages assistant choices.0.message.reasoning_content: a",
    "messages assistant choices.0.message.reasoning_details.0.text: a",
    "messages assistant choices.0.message.reasoning_details.1.summary: b",
    "messages assistant choices.0.message.content: c",
    "messages assistant choices.0.message.refusal: d",
    "messages assistant choices.0.message.audio.transcript: e",
    "toolInput assistant choices.0.message.tool_calls.0.function.arguments: {}",
    "messages assistant choices.1.message.content: g",
  ],
}]);

Deno.test("completions empty what repeats a text that is masked", () => {
  const answer = {
    choices: [{
      logprobs: { content: [{ token: "secret" }] },
      message: {
        reasoning: "secret",
        reasoning_signature: "s",
        content: "secret",
        audio: { transcript: "secret", data: "AAAA" },
      },
    }],
  };
  assert.deepEqual(masked(completions, answer), {
    choices: [{
      logprobs: null,
      message: {
        reasoning: "***",
        reasoning_signature: "",
        content: "***",
        audio: { transcript: "***", data: "" },
      },
    }],
  });
});
