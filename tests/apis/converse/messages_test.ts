import assert from "node:assert/strict";
import type { Block } from "../../../src/chat/block.ts";
import type { Turn } from "../../../src/chat/request.ts";
import { GatewayError } from "../../../src/errors.ts";
import { ask, call, result, text } from "./ask.ts";

const POINT = { cachePoint: { type: "default" } };
const hello = { text: "Hello" };

const user = (...blocks: readonly Block[]): Turn => ({ role: "user", blocks });
const model = (...blocks: readonly Block[]): Turn => ({ role: "assistant", blocks });

const media = (mediaType: string, name?: string): Block => ({
  type: "media",
  mediaType,
  source: { data: "AAAA" },
  ...(name === undefined ? {} : { name }),
});

interface Case {
  readonly of: string;
  readonly turns: readonly Turn[];
  readonly messages: unknown;
  readonly found?: readonly string[];
  readonly model?: string;
}

const CASES: readonly Case[] = [
  {
    of: "merges neighbours of one side",
    turns: [user(text("a")), user(text("b")), model(text("c")), model(text("d")), user(text("e"))],
    messages: [
      { role: "user", content: [{ text: "a" }, { text: "b" }] },
      { role: "assistant", content: [{ text: "c" }, { text: "d" }] },
      { role: "user", content: [{ text: "e" }] },
    ],
  },
  {
    of: "leaves out blank text, and merges over a message that is left empty",
    turns: [user(text(" \n"), text("a")), model(text("")), user(text("b"))],
    messages: [{ role: "user", content: [{ text: "a" }, { text: "b" }] }],
  },
  {
    of: "writes a refusal as text",
    turns: [user(text("Hello")), model({ type: "refusal", text: "No." }), user(text("Why?"))],
    messages: [
      { role: "user", content: [hello] },
      { role: "assistant", content: [{ text: "No." }] },
      { role: "user", content: [{ text: "Why?" }] },
    ],
  },
  {
    of: "puts results of parallel calls into one message, in front",
    turns: [
      model(call("1", "a"), call("2", "b")),
      user(result("1", text("x"))),
      user(text("and"), result("2", text("y"))),
    ],
    messages: [
      {
        role: "assistant",
        content: [
          { toolUse: { toolUseId: "1", name: "a", input: {} } },
          { toolUse: { toolUseId: "2", name: "b", input: {} } },
        ],
      },
      {
        role: "user",
        content: [
          { toolResult: { toolUseId: "1", content: [{ text: "x" }] } },
          { toolResult: { toolUseId: "2", content: [{ text: "y" }] } },
          { text: "and" },
        ],
      },
    ],
  },
  {
    of: "makes objects of inputs",
    turns: [model(
      call("1", "f", '{"a":1}'),
      call("2", "f", ""),
      call("3", "f", "[1]"),
      call("4", "f", '{"a":'),
      { type: "tool-call", id: "5", name: "f", input: "free text", custom: true },
    )],
    messages: [{
      role: "assistant",
      content: [{ a: 1 }, {}, {}, {}, { input: "free text" }].map((input, index) => ({
        toolUse: { toolUseId: String(index + 1), name: "f", input },
      })),
    }],
  },
  {
    of: "says whether a tool failed, and never sends an empty result",
    turns: [user(
      { type: "tool-result", callId: "1", blocks: [text("x")], failed: true },
      { type: "tool-result", callId: "2", blocks: [text("")], failed: false },
    )],
    messages: [{
      role: "user",
      content: [
        { toolResult: { toolUseId: "1", content: [{ text: "x" }], status: "error" } },
        { toolResult: { toolUseId: "2", content: [{ text: "(no output)" }], status: "success" } },
      ],
    }],
  },
  {
    of: "leaves a tool's failure out for models that do not know of it",
    model: "meta.llama3-1-70b-instruct-v1:0",
    turns: [user(
      { type: "tool-result", callId: "1", blocks: [text("x")], failed: true },
      { type: "tool-result", callId: "2", blocks: [text("y")], failed: false },
    )],
    messages: [{
      role: "user",
      content: [
        { toolResult: { toolUseId: "1", content: [{ text: "x" }] } },
        { toolResult: { toolUseId: "2", content: [{ text: "y" }] } },
      ],
    }],
    found: ["dropped toolFailed"],
  },
  {
    of: "loses nothing where a tool succeeded and its model cannot be told",
    model: "meta.llama3-1-70b-instruct-v1:0",
    turns: [user({ type: "tool-result", callId: "1", blocks: [text("x")], failed: false })],
    messages: [{
      role: "user",
      content: [{ toolResult: { toolUseId: "1", content: [{ text: "x" }] } }],
    }],
  },
  {
    of: "leaves blank text and what only another API knows out of results",
    turns: [user(result(
      "1",
      text(" "),
      text("x"),
      { type: "native", api: "messages", name: "search_result", value: {} },
    ))],
    messages: [{
      role: "user",
      content: [{ toolResult: { toolUseId: "1", content: [{ text: "x" }] } }],
    }],
    found: ["dropped search_result"],
  },
  {
    of: "replaces ids that the API refuses, alike in call and result",
    turns: [model(call("functions.f:0", "f")), user(result("functions.f:0", text("x")))],
    messages: [
      {
        role: "assistant",
        content: [{ toolUse: { toolUseId: "functions_f_0", name: "f", input: {} } }],
      },
      {
        role: "user",
        content: [{ toolResult: { toolUseId: "functions_f_0", content: [{ text: "x" }] } }],
      },
    ],
  },
  {
    of: "puts text beside a document that has none",
    turns: [user(media("application/pdf", "a.pdf")), model(text("ok")), user(text("b"))],
    messages: [
      {
        role: "user",
        content: [
          { document: { format: "pdf", name: "a", source: { bytes: "AAAA" } } },
          { text: "." },
        ],
      },
      { role: "assistant", content: [{ text: "ok" }] },
      { role: "user", content: [{ text: "b" }] },
    ],
  },
  {
    of: "keeps images and documents in results, and drops sounds",
    turns: [user(result("1", media("image/png"), media("text/csv", "t.csv"), media("audio/wav")))],
    messages: [{
      role: "user",
      content: [{
        toolResult: {
          toolUseId: "1",
          content: [
            { image: { format: "png", source: { bytes: "AAAA" } } },
            { document: { format: "csv", name: "t", source: { bytes: "AAAA" } } },
          ],
        },
      }],
    }],
    found: ["dropped audio"],
  },
  {
    of: "drops what only another API knows",
    turns: [user(text("Hello"), { type: "native", api: "messages", name: "search", value: {} })],
    messages: [{ role: "user", content: [hello] }],
    found: ["dropped search"],
  },
  {
    of: "puts cache points behind what is marked",
    turns: [
      user({ type: "text", text: "Hello", cache: {} }),
      model({ type: "tool-call", id: "1", name: "f", input: "", cache: {} }),
      user({
        type: "tool-result",
        callId: "1",
        blocks: [{ type: "text", text: "x", cache: {} }],
      }),
    ],
    messages: [
      { role: "user", content: [hello, POINT] },
      {
        role: "assistant",
        content: [{ toolUse: { toolUseId: "1", name: "f", input: {} } }, POINT],
      },
      {
        role: "user",
        content: [{ toolResult: { toolUseId: "1", content: [{ text: "x" }] } }, POINT],
      },
    ],
  },
];

for (const { of, turns, messages, found = [], model } of CASES) {
  Deno.test(`writeMessages() ${of}`, () => {
    const asked = ask({ turns, ...(model === undefined ? {} : { model }) });
    assert.deepEqual(asked.request.messages, messages);
    assert.deepEqual(asked.found, found);
  });
}

const signed: Block = { type: "reasoning", text: "Hm", seal: { api: "messages", value: "s" } };
const redacted: Block = {
  type: "reasoning",
  text: "",
  seal: { api: "converse", value: "cg==", redacted: true },
};
const written = {
  signed: { reasoningContent: { reasoningText: { text: "Hm", signature: "s" } } },
  redacted: { reasoningContent: { redactedContent: "cg==" } },
};

Deno.test("writeMessages() replays reasoning that is sealed for the model, in its place", () => {
  const claude = ask({ turns: [model(signed, redacted, text("a"), signed)] });
  assert.deepEqual(claude.request.messages, [{
    role: "assistant",
    content: [written.signed, written.redacted, { text: "a" }, written.signed],
  }]);
  assert.deepEqual(claude.found, []);
  const gpt = ask({ model: "openai.gpt-6-astra", turns: [model(signed, redacted, text("a"))] });
  assert.deepEqual(gpt.request.messages, [{
    role: "assistant",
    content: [written.redacted, { text: "a" }],
  }]);
  assert.deepEqual(gpt.found, ["dropped reasoningReplay"]);
});

Deno.test("writeMessages() leaves out reasoning that the model cannot take back", () => {
  const foreign: readonly Block[] = [
    { type: "reasoning", text: "Hm" },
    { type: "reasoning", text: "Hm", seal: { api: "gemini", value: "s" } },
    { type: "reasoning", text: "", seal: { api: "messages", value: "s", redacted: true } },
    { type: "reasoning", text: "", seal: { api: "responses", value: "s", id: "rs_1" } },
  ];
  for (const block of foreign) {
    const { request, found } = ask({ turns: [model(block, text("a"))] });
    assert.deepEqual(request.messages, [{ role: "assistant", content: [{ text: "a" }] }]);
    assert.deepEqual(found, ["dropped reasoningReplay"]);
  }
});

Deno.test("writeSystem() keeps instructions apart and marks what is to be cached", () => {
  const instructions: readonly Block[] = [
    text("a"),
    text(" "),
    { type: "text", text: "b", cache: { ttlSeconds: 3600 } },
  ];
  assert.deepEqual(ask({ instructions }).request.system, [
    { text: "a" },
    { text: "b" },
    { cachePoint: { type: "default", ttl: "1h" } },
  ]);
  assert.equal("system" in ask({ instructions: [text("")] }).request, false);
});

Deno.test("writeRequest() refuses media where the API has no room for them", () => {
  const refused = (param: string) => (error: unknown) =>
    error instanceof GatewayError && error.status === 400 && error.param === param;
  assert.throws(() => ask({ instructions: [media("image/png")] }), refused("image"));
  assert.throws(() => ask({ instructions: [media("text/csv")] }), refused("file"));
  assert.throws(() => ask({ turns: [model(media("image/png"))] }), refused("image"));
  assert.throws(() => ask({ turns: [model(media("text/csv"))] }), refused("file"));
});
