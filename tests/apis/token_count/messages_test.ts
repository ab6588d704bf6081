import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import { countTokens } from "gpt-tokenizer/encoding/cl100k_base";
import type { JsonObject } from "../../../src/apis/api.ts";
import { messagesCount } from "../../../src/apis/token_count/index.ts";
import { isMapping } from "../../../src/lib/mapping.ts";

const { view } = messagesCount;

const CHECKED: readonly [request: JsonObject, param: string | undefined][] = [
  [{ model: "m", messages: [] }, undefined],
  [{ messages: [] }, "model"],
  [{ model: 3, messages: [] }, "model"],
  [{ model: "m" }, "messages"],
  [{ model: "m", messages: null }, "messages"],
  [{ model: "m", messages: "hi" }, "messages"],
];

for (const [request, param] of CHECKED) {
  Deno.test(`check() of ${JSON.stringify(request)} complains of ${param}`, () => {
    const check = () => view.check(request, "/v1/messages/count_tokens");
    if (param === undefined) return check();
    assert.throws(check, { kind: "invalid-request", status: 400, param });
  });
}

async function count(request: JsonObject, model = "gpt-4"): Promise<JsonObject> {
  assert.ok(messagesCount.answerLocally !== undefined);
  return await messagesCount.answerLocally(request, {
    model,
    headers: new Headers(),
    newId: (prefix) => prefix,
  });
}

/** Six tokens in either encoding. */
const SIX = "tiktoken is great!";
const JSON_OF_SIX = countTokens(`{"a":"${SIX}"}`);
const PER_MESSAGE = 4, ANSWER = 3;

function userSays(content: unknown): JsonObject {
  return { messages: [{ role: "user", content }] };
}

const COUNTED: readonly [name: string, request: JsonObject, tokens: number][] = [
  ["no message", { messages: [] }, ANSWER],
  ["one message", userSays(SIX), ANSWER + PER_MESSAGE + 6],
  ["an empty message", userSays(""), ANSWER + PER_MESSAGE],
  ["a message that is none", { messages: [7] }, ANSWER + PER_MESSAGE],
  [
    "two messages",
    { messages: [{ role: "user", content: SIX }, { role: "assistant", content: SIX }] },
    ANSWER + 2 * (PER_MESSAGE + 6),
  ],
  ["instructions", { system: SIX, messages: [] }, ANSWER + PER_MESSAGE + 6],
  [
    "instructions in blocks",
    { system: [{ type: "text", text: SIX, cache_control: { type: "ephemeral" } }], messages: [] },
    ANSWER + PER_MESSAGE + 6,
  ],
];

for (const [name, request, tokens] of COUNTED) {
  Deno.test(`answerLocally() counts ${name}`, async () => {
    assert.deepEqual(await count(request), { input_tokens: tokens });
  });
}

const IMAGE = { type: "base64", media_type: "image/png", data: "iVBORw0KGgo" };

const BLOCKS: readonly [name: string, block: unknown, tokens: number][] = [
  ["text", { type: "text", text: SIX, citations: [{ cited_text: SIX }] }, 6],
  ["thinking", { type: "thinking", thinking: SIX, signature: "c2ln" }, 6],
  ["redacted thinking", { type: "redacted_thinking", data: "c2VhbGVk" }, 0],
  ["an image", { type: "image", source: IMAGE }, 0],
  ["an image by address", { type: "image", source: { type: "url", url: "https://a.test/b" } }, 0],
  ["a document of text", { type: "document", source: { type: "text", data: SIX } }, 6],
  [
    "a document of blocks, with title and context",
    {
      type: "document",
      title: SIX,
      context: SIX,
      source: { type: "content", content: [{ type: "text", text: SIX }] },
    },
    18,
  ],
  ["a document in a file", { type: "document", source: { ...IMAGE, type: "base64" } }, 0],
  [
    "a search result",
    { type: "search_result", source: SIX, title: SIX, content: [{ type: "text", text: SIX }] },
    18,
  ],
  [
    "a call of a tool",
    { type: "tool_use", id: "toolu_1", name: SIX, input: { a: SIX } },
    6 + JSON_OF_SIX,
  ],
  ["a call without input", { type: "tool_use", id: "toolu_1", name: SIX }, 6],
  ["a result of text", { type: "tool_result", tool_use_id: "toolu_1", content: SIX }, 6],
  [
    "a result of blocks",
    {
      type: "tool_result",
      tool_use_id: "toolu_1",
      content: [{ type: "text", text: SIX }, { type: "image", source: IMAGE }],
    },
    6,
  ],
  ["a result of nothing", { type: "tool_result", tool_use_id: "toolu_1" }, 0],
  [
    "what the web was searched for",
    {
      type: "web_search_tool_result",
      tool_use_id: "srvtoolu_1",
      content: [{ type: "web_search_result", title: SIX, url: SIX, encrypted_content: "c2VhbGVk" }],
    },
    12,
  ],
  [
    "what a command printed",
    {
      type: "code_execution_tool_result",
      tool_use_id: "srvtoolu_1",
      content: { type: "code_execution_result", stdout: SIX, stderr: SIX, return_code: 0 },
    },
    12,
  ],
  ["a block that is none", 7, 0],
];

for (const [name, block, tokens] of BLOCKS) {
  Deno.test(`answerLocally() counts ${name}`, async () => {
    const { input_tokens } = await count(userSays([block]));
    assert.equal(input_tokens, ANSWER + PER_MESSAGE + tokens);
  });
}

Deno.test("answerLocally() counts tools as their JSON, without marks for the cache", async () => {
  const tool = { name: "f", description: SIX, input_schema: { type: "object" } };
  const marked = { ...tool, cache_control: { type: "ephemeral" } };
  const [plain, again, none] = await Promise.all([
    count({ messages: [], tools: [tool] }),
    count({ messages: [], tools: [marked, 7] }),
    count({ messages: [], tools: null }),
  ]);
  assert.deepEqual(plain, again);
  assert.ok(Number(plain.input_tokens) >= ANSWER + 6 + 8, `${plain.input_tokens}`);
  assert.deepEqual(none, { input_tokens: ANSWER });
});

Deno.test("answerLocally() counts in the encoding of the model", async () => {
  const request = userSays("お誕生日おめでとう");
  assert.deepEqual(await count(request, "claude-sonnet-4-5"), { input_tokens: 16 });
  assert.deepEqual(await count(request, "gpt-5"), { input_tokens: 15 });
});

Deno.test("promptLength() counts the characters of all texts", () => {
  const messages = [{ role: "user", content: [{ type: "text", text: "123" }] }];
  assert.equal(view.promptLength({ system: "45", messages }), 5);
});

Deno.test("Anthropic's client reads what is counted here", async () => {
  const client = new Anthropic({
    apiKey: "k",
    baseURL: "http://gateway.test",
    async fetch(input, init) {
      const request = new Request(input, init);
      assert.equal(new URL(request.url).pathname, `/v1${messagesCount.path}`);
      const body: unknown = await request.json();
      assert.ok(isMapping(body));
      return Response.json(await count(body));
    },
  });
  const { input_tokens } = await client.messages.countTokens({
    model: "claude-sonnet-4-5",
    messages: [{ role: "user", content: SIX }],
  });
  assert.equal(input_tokens, ANSWER + PER_MESSAGE + 6);
});

const OWN: readonly [unknown, boolean][] = [
  [{ type: "error", error: { type: "invalid_request_error", message: "m" } }, true],
  [{ type: "error", error: { type: "api_error", message: "m" }, request_id: "r" }, true],
  [{ type: "", error: { type: "api_error", message: "m" } }, false],
  [{ error: { type: "invalid_request_error", message: "m" } }, false],
  [{ type: "error", error: { message: "m" } }, false],
  [{ message: "m" }, false],
  [undefined, false],
];

for (const [body, isOwn] of OWN) {
  Deno.test(`isOwnError() of ${JSON.stringify(body)} is ${isOwn}`, () => {
    assert.equal(messagesCount.isOwnError(body), isOwn);
  });
}

Deno.test("a count costs nothing, and its answer says nothing of cost", () => {
  assert.equal(messagesCount.metered, false);
  assert.deepEqual(view.readAnswer({ input_tokens: 5 }), { textLength: 0 });
});
