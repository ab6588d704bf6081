import assert from "node:assert/strict";
import { messages } from "../../../src/apis/messages/index.ts";
import { masked, testTexts } from "../text_table.ts";

testTexts(messages, "request", [
  {
    name: "a system prompt as a text, and roles",
    body: {
      system: "s",
      messages: [
        { role: "user", content: "u" },
        { role: "assistant", content: "a" },
        { role: "system", content: "t" },
      ],
    },
    lines: [
      "systemPrompt system system: s",
      "messages user messages.0.content: u",
      "messages assistant messages.1.content: a",
      "systemPrompt system messages.2.content: t",
    ],
  },
  {
    name: "a system prompt in blocks",
    body: { system: [{ type: "text", text: "s", cache_control: { type: "ephemeral" } }] },
    lines: ["systemPrompt system system.0.text: s"],
  },
  {
    name: "blocks of calls and results",
    body: {
      messages: [
        {
          role: "assistant",
          content: [
            { type: "text", text: "a" },
            { type: "tool_use", id: "1", name: "f", input: { b: "c", d: { e: 4111 } } },
            { type: "server_tool_use", id: "2", name: "bash", input: { command: "ls" } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "1", content: "g" },
            { type: "tool_result", tool_use_id: "1", content: [{ type: "text", text: "h" }] },
            {
              type: "bash_code_execution_tool_result",
              content: { type: "bash_code_execution_result", stdout: "i", stderr: "j" },
            },
            {
              type: "web_search_tool_result",
              content: [{ type: "web_search_result", title: "k", encrypted_content: "l" }],
            },
          ],
        },
      ],
    },
    lines: [
      "messages assistant messages.0.content.0.text: a",
      "toolInput assistant messages.0.content.1.input.b: c",
      "toolInput assistant messages.0.content.1.input.d.e: 4111",
      "toolInput assistant messages.0.content.2.input.command: ls",
      "toolOutput tool messages.1.content.0.content: g",
      "toolOutput tool messages.1.content.1.content.0.text: h",
      "toolOutput tool messages.1.content.2.content.stdout: i",
      "toolOutput tool messages.1.content.2.content.stderr: j",
    ],
  },
  {
    name: "documents and search results, but no pictures",
    body: {
      messages: [{
        role: "user",
        content: [
          {
            type: "document",
            title: "a",
            context: "b",
            source: { type: "text", media_type: "text/plain", data: "c" },
          },
          { type: "document", source: { type: "base64", media_type: "a/pdf", data: "AAAA" } },
          {
            type: "document",
            source: { type: "content", content: [{ type: "text", text: "d" }] },
          },
          { type: "search_result", source: "https://a", title: "e", content: [{ text: "f" }] },
          { type: "image", source: { type: "base64", data: "AAAA" } },
        ],
      }],
    },
    lines: [
      "messages user messages.0.content.0.title: a",
      "messages user messages.0.content.0.context: b",
      "messages user messages.0.content.0.source.data: c",
      "messages user messages.0.content.2.source.content.0.text: d",
      "messages user messages.0.content.3.title: e",
      "messages user messages.0.content.3.content.0.text: f",
    ],
  },
  {
    name: "thoughts",
    body: {
      messages: [{
        role: "assistant",
        content: [
          { type: "thinking", thinking: "a", signature: "s" },
          { type: "thinking", thinking: "b", signature: "" },
          { type: "redacted_thinking", data: "c" },
        ],
      }],
    },
    lines: [
      "messages assistant messages.0.content.0.thinking: a",
      "messages assistant messages.0.content.1.thinking: b",
    ],
  },
]);

const ANSWER = {
  type: "message",
  content: [
    { type: "thinking", thinking: "a", signature: "s" },
    { type: "text", text: "b", citations: null },
    { type: "tool_use", id: "1", name: "f", input: { c: "d" } },
  ],
};

testTexts(messages, "answer", [{
  name: "words, thoughts and calls",
  body: ANSWER,
  lines: [
    "messages assistant content.0.thinking: a",
    "messages assistant content.1.text: b",
    "toolInput assistant content.2.input.c: d",
  ],
}]);

Deno.test("messages take the signature off thoughts that are masked", () => {
  assert.deepEqual(masked(messages, ANSWER), {
    type: "message",
    content: [
      { type: "thinking", thinking: "***", signature: "" },
      { type: "text", text: "***", citations: null },
      { type: "tool_use", id: "1", name: "f", input: { c: "***" } },
    ],
  });
});
