import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { JsonObject } from "../../../src/apis/api.ts";
import { joinTurns, writeTurns } from "../../../src/apis/messages/call_turns.ts";
import { cacheMarks } from "../../../src/apis/messages/call_wire.ts";
import { renaming } from "../../../src/apis/messages/renaming.ts";
import type { Block, MediaBlock } from "../../../src/chat/block.ts";
import type { Turn } from "../../../src/chat/request.ts";
import { lossesOf, noLosses } from "./fixtures.ts";

function written(turns: readonly Turn[], thinks = true) {
  const losses = noLosses();
  const messages = writeTurns(joinTurns(turns), thinks, {
    losses,
    toolNames: renaming(128),
    callIds: renaming(64),
    cacheMark: cacheMarks(losses),
  });
  return { messages, lost: lossesOf(losses) };
}

const text = (words: string): Block => ({ type: "text", text: words });
const asked = (...blocks: Block[]): Turn => ({ role: "user", blocks });
const said = (...blocks: Block[]): Turn => ({ role: "assistant", blocks });
const call = (id: string, input = "{}"): Block => ({ type: "tool-call", id, name: "f", input });
const result = (callId: string, ...blocks: Block[]): Block => ({
  type: "tool-result",
  callId,
  blocks,
});
const media = (mediaType: string, source: MediaBlock["source"], more: object = {}): Block => ({
  type: "media",
  mediaType,
  source,
  ...more,
});
const base64 = (words: string) => Buffer.from(words).toString("base64");

const SEALED: Block = { type: "reasoning", text: "hm", seal: { api: "messages", value: "s" } };

const USER: readonly [claim: string, Block, JsonObject | undefined, lost?: string[]][] = [
  ["a text", text("hi"), { type: "text", text: "hi" }],
  ["a text with a mark", { type: "text", text: "hi", cache: {} }, {
    type: "text",
    text: "hi",
    cache_control: { type: "ephemeral" },
  }],
  ["no blank text", text(" \n"), undefined],
  ["an image", media("image/jpg", { data: "AA==" }, { cache: {}, detail: "auto" }), {
    type: "image",
    source: { type: "base64", media_type: "image/jpeg", data: "AA==" },
    cache_control: { type: "ephemeral" },
  }],
  [
    "an image elsewhere without its detail",
    media("image/*", { url: "https://x/y" }, { detail: "high" }),
    { type: "image", source: { type: "url", url: "https://x/y" } },
    ["dropped imageDetail"],
  ],
  ["its own file", media("image/*", { fileId: "file_1", api: "messages" }), {
    type: "image",
    source: { type: "file", file_id: "file_1" },
  }],
  ["no other's file", media("image/*", { fileId: "file-1", api: "responses" }), undefined, [
    "dropped image",
  ]],
  ["a PDF", media("application/pdf", { data: "AA==" }, { name: "a.pdf" }), {
    type: "document",
    source: { type: "base64", media_type: "application/pdf", data: "AA==" },
    title: "a.pdf",
  }],
  ["a PDF elsewhere", media("application/pdf", { url: "https://x/y" }), {
    type: "document",
    source: { type: "url", url: "https://x/y" },
  }],
  ["a text file", media("text/csv", { data: base64("a,ä") }, { name: "t" }), {
    type: "document",
    source: { type: "text", media_type: "text/plain", data: "a,ä" },
    title: "t",
  }],
  ["a JSON file", media("application/ld+json", { data: base64("{}") }), {
    type: "document",
    source: { type: "text", media_type: "text/plain", data: "{}" },
  }],
  ["no empty file", media("text/plain", { data: "" }), undefined, ["dropped document"]],
  ["no text elsewhere", media("text/plain", { url: "https://x" }), undefined, ["dropped document"]],
  ["no other document", media("application/zip", { data: "AA==" }), undefined, [
    "dropped document",
  ]],
  ["no sound", media("audio/wav", { data: "AA==" }), undefined, ["dropped audio"]],
  ["no film", media("video/mp4", { data: "AA==" }), undefined, ["dropped media"]],
  ["a result as text", result("t", text("ok")), {
    type: "tool_result",
    tool_use_id: "t",
    content: "ok",
  }],
  ["a result without content", result("t"), { type: "tool_result", tool_use_id: "t" }],
  ["a result of several blocks, not the blank ones", result("t", text("a"), text(""), text("b")), {
    type: "tool_result",
    tool_use_id: "t",
    content: [{ type: "text", text: "a" }, { type: "text", text: "b" }],
  }],
  [
    "a failure with an image",
    {
      type: "tool-result",
      callId: "t",
      blocks: [media("image/png", { data: "AA==" })],
      failed: true,
      cache: { ttlSeconds: 3600 },
    },
    {
      type: "tool_result",
      tool_use_id: "t",
      content: [
        { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
      ],
      is_error: true,
      cache_control: { type: "ephemeral", ttl: "1h" },
    },
  ],
  ["a failure without a word", { type: "tool-result", callId: "t", blocks: [], failed: true }, {
    type: "tool_result",
    tool_use_id: "t",
    content: "error",
    is_error: true,
  }],
  ["no sound in a result", result("t", media("audio/wav", { data: "AA==" })), {
    type: "tool_result",
    tool_use_id: "t",
  }, ["dropped toolResultMedia"]],
  ["its own blocks", { type: "native", api: "messages", name: "x", value: { type: "x" } }, {
    type: "x",
  }],
  ["no others' blocks", { type: "native", api: "gemini", name: "x", value: {} }, undefined, [
    "dropped x",
  ]],
];

for (const [claim, block, content, lost = []] of USER) {
  Deno.test(`writeTurns() gives a user's turn ${claim}`, () => {
    const messages = content === undefined ? [] : [{ role: "user", content: [content] }];
    assert.deepEqual(written([asked(block)]), { messages, lost });
  });
}

const ASSISTANT: readonly [claim: string, Block, JsonObject | undefined, lost?: string[]][] = [
  ["signed thoughts", SEALED, { type: "thinking", thinking: "hm", signature: "s" }],
  [
    "hidden thoughts",
    { type: "reasoning", text: "", seal: { api: "messages", value: "s", redacted: true } },
    { type: "redacted_thinking", data: "s" },
  ],
  ["no unsigned thoughts", { type: "reasoning", text: "hm" }, undefined, [
    "dropped reasoningReplay",
  ]],
  [
    "no foreign thoughts",
    { type: "reasoning", text: "hm", seal: { api: "gemini", value: "s" } },
    undefined,
    ["dropped reasoningReplay"],
  ],
  ["a refusal as text", { type: "refusal", text: "no" }, { type: "text", text: "no" }, [
    "changed refusal",
  ]],
  ["no picture", media("image/png", { data: "AA==" }), undefined, ["dropped image"]],
  ["a call", call("t", '{"a":1}'), { type: "tool_use", id: "t", name: "f", input: { a: 1 } }],
  ["a call without input", call("t", ""), { type: "tool_use", id: "t", name: "f", input: {} }],
  ["a call that was cut off", call("t", '{"a'), {
    type: "tool_use",
    id: "t",
    name: "f",
    input: { input: '{"a' },
  }],
  ["a call with a text", call("t", '"a"'), {
    type: "tool_use",
    id: "t",
    name: "f",
    input: { input: '"a"' },
  }],
  [
    "a call without its foreign seal",
    { type: "tool-call", id: "t", name: "f", input: "", seal: { api: "gemini", value: "s" } },
    { type: "tool_use", id: "t", name: "f", input: {} },
    ["dropped reasoningReplay"],
  ],
];

for (const [claim, block, content, lost = []] of ASSISTANT) {
  Deno.test(`writeTurns() gives an answer ${claim}`, () => {
    const messages = content === undefined ? [] : [{ role: "assistant", content: [content] }];
    assert.deepEqual(written([said(block)]), { messages, lost });
  });
}

const brief = (turns: readonly Turn[], thinks = true) =>
  written(turns, thinks).messages.map(({ role, content }) => [
    role,
    ...content.map(({ type, text, id, tool_use_id }) => text ?? id ?? tool_use_id ?? type),
  ]);

Deno.test("writeTurns() joins turns of one side, results first", () => {
  const turns = [
    asked(text("a")),
    asked(text("b")),
    said(text("c")),
    said(call("1"), call("2")),
    asked(text("d")),
    asked(result("1", text("r")), text("e")),
    asked(result("2", text("s"))),
  ];
  assert.deepEqual(brief(turns), [
    ["user", "a", "b"],
    ["assistant", "c", "1", "2"],
    ["user", "1", "2", "d", "e"],
  ]);
});

Deno.test("writeTurns() joins what a turn without content held apart", () => {
  assert.deepEqual(brief([asked(text("a")), said(text(" ")), asked(text("b"))]), [
    ["user", "a", "b"],
  ]);
});

Deno.test("writeTurns() replaces ids that are not allowed, for calls and results alike", () => {
  const turns = [
    said(call("call|1"), call("call/1"), call("ok_1-A")),
    asked(result("call/1", text("r")), result("call|1", text("s")), result("ok_1-A", text("t"))),
  ];
  assert.deepEqual(brief(turns), [
    ["assistant", "call_1", "call_1_2", "ok_1-A"],
    ["user", "call_1_2", "call_1", "ok_1-A"],
  ]);
});

Deno.test("writeTurns() trims words to be continued, and only those", () => {
  const trimmed = written([asked(text("a ")), said(text("b \n"))]).messages;
  assert.deepEqual(trimmed.map(({ content }) => content[0]?.text), ["a ", "b"]);
  const kept = written([said(text("b ")), asked(text("a "))]).messages;
  assert.deepEqual(kept.map(({ content }) => content[0]?.text), ["b ", "a "]);
});

const LOOP = [
  ...[asked(text("a")), said(SEALED, text("b")), asked(text("c"))],
  ...[said(SEALED, call("1")), asked(result("1", text("r")))],
];

Deno.test("writeTurns() gives back the thoughts of every answer to a model that thinks", () => {
  assert.deepEqual(brief(LOOP), [
    ["user", "a"],
    ["assistant", "thinking", "b"],
    ["user", "c"],
    ["assistant", "thinking", "1"],
    ["user", "1"],
  ]);
});

Deno.test("writeTurns() keeps thoughts from a model in the midst of an answer without", () => {
  assert.deepEqual(brief(LOOP, false), [
    ["user", "a"],
    ["assistant", "thinking", "b"],
    ["user", "c"],
    ["assistant", "1"],
    ["user", "1"],
  ]);
  assert.deepEqual(written(LOOP, false).lost, ["dropped reasoningReplay"]);
});
