import assert from "node:assert/strict";
import type { Api, JsonObject } from "../../src/apis/api.ts";
import { completions } from "../../src/apis/completions/index.ts";
import { embeddings } from "../../src/apis/embeddings/index.ts";
import { gemini } from "../../src/apis/gemini/index.ts";
import { messages } from "../../src/apis/messages/index.ts";
import { rerank } from "../../src/apis/rerank/index.ts";
import { responses } from "../../src/apis/responses/index.ts";
import { messagesCount } from "../../src/apis/token_count/index.ts";
import { countPromptTokens } from "../../src/apis/prompt_tokens.ts";

/** "hello" is one token in every encoding. */
const hello = (count: number) => "hello ".repeat(count).trim();

const CASES: readonly (readonly [Api, string, JsonObject, number])[] = [
  [completions, "a message", { messages: [{ role: "user", content: "hello" }] }, 1 + 4 + 3],
  [
    completions,
    "parts, a name and a call",
    {
      messages: [
        { role: "user", name: "hello", content: [{ type: "text", text: hello(5) }] },
        { role: "assistant", tool_calls: [{ function: { name: "hello", arguments: "hello" } }] },
      ],
    },
    1 + 5 + 1 + 1 + 2 * 4 + 3,
  ],
  [completions, "nothing", {}, 3],
  [
    messages,
    "a system prompt and a message",
    { system: hello(3), messages: [{ role: "user", content: "hello" }] },
    3 + 1 + 2 * 4 + 3,
  ],
  [responses, "a text", { input: "hello" }, 1 + 4 + 3],
  [
    responses,
    "instructions, items and calls",
    {
      instructions: "hello",
      input: [
        { role: "user", content: [{ type: "input_text", text: hello(7) }] },
        { type: "function_call", name: "hello", arguments: "hello" },
      ],
    },
    1 + 7 + 1 + 1 + 3 * 4 + 3,
  ],
  [gemini, "contents", { contents: [{ parts: [{ text: hello(2) }] }] }, 2],
  [embeddings, "a text", { input: hello(4) }, 4],
  [embeddings, "texts", { input: ["hello", hello(2)] }, 3],
  [embeddings, "tokens", { input: [1, 2, 3] }, 3],
  [embeddings, "lists of tokens", { input: [[1, 2], [3]] }, 3],
  [
    rerank,
    "a query and documents",
    { query: "hello", documents: ["hello", { text: hello(2) }] },
    4,
  ],
  [messagesCount, "a count of tokens, which costs none", { messages: [] }, 0],
];

for (const [api, name, request, tokens] of CASES) {
  Deno.test(`countPromptTokens() counts in ${api.name} ${name}`, async () => {
    assert.equal(await countPromptTokens(api, request, "gpt-4o"), tokens);
  });
}

const TOOLS: readonly (readonly [Api, JsonObject])[] = [
  [completions, { messages: [], tools: [{ type: "function", function: { name: "f" } }] }],
  [completions, { messages: [], functions: [{ name: "f" }] }],
  [completions, { messages: [], response_format: { json_schema: { schema: { type: "object" } } } }],
  [messages, { messages: [], tools: [{ name: "f", input_schema: {} }] }],
  [responses, { input: [], tools: [{ type: "function", name: "f" }] }],
  [responses, { input: [], text: { format: { type: "json_schema", schema: { a: 1 } } } }],
  [gemini, { contents: [], tools: [{ functionDeclarations: [{ name: "f" }] }] }],
  [rerank, { query: "", documents: [{ title: "hello", abstract: "hello" }] }],
];

for (const [api, request] of TOOLS) {
  const member = Object.keys(request).at(-1);
  Deno.test(`countPromptTokens() counts ${member} of ${api.name} as JSON`, async () => {
    assert.ok(await countPromptTokens(api, request, "gpt-4o") > 5);
  });
}

Deno.test("every metered API knows what costs tokens", () => {
  for (const api of [completions, messages, responses, gemini, embeddings, rerank]) {
    assert.equal(api.metered, api.promptTexts !== undefined, api.name);
  }
});
