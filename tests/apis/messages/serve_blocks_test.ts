import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { JsonObject } from "../../../src/apis/api.ts";
import { writeSealedId, writeSealToken } from "../../../src/apis/seal_token.ts";
import type { Block, Seal } from "../../../src/chat/block.ts";
import { readRequest } from "./fixtures.ts";

const FOREIGN: Seal = { api: "responses", value: "enc", id: "rs_1" };

const base64 = (text: string) => Buffer.from(text).toString("base64");

const BLOCKS: readonly [claim: string, JsonObject, Block][] = [
  ["a text with a mark", { type: "text", text: "a", cache_control: { type: "ephemeral" } }, {
    type: "text",
    text: "a",
    cache: {},
  }],
  [
    "an image, without line breaks",
    { type: "image", source: { type: "base64", media_type: "image/png", data: "AA\nBB\n" } },
    { type: "media", mediaType: "image/png", source: { data: "AABB" } },
  ],
  ["an image elsewhere", { type: "image", source: { type: "url", url: "https://x/y" } }, {
    type: "media",
    mediaType: "image/*",
    source: { url: "https://x/y" },
  }],
  ["an image by its file", { type: "image", source: { type: "file", file_id: "file_1" } }, {
    type: "media",
    mediaType: "image/*",
    source: { fileId: "file_1", api: "messages" },
  }],
  [
    "a PDF",
    {
      type: "document",
      source: { type: "base64", media_type: "application/pdf", data: "AAAA" },
      title: "t",
      cache_control: { type: "ephemeral" },
    },
    {
      type: "media",
      mediaType: "application/pdf",
      source: { data: "AAAA" },
      name: "t",
      cache: {},
    },
  ],
  ["a PDF elsewhere", { type: "document", source: { type: "url", url: "https://x/y.pdf" } }, {
    type: "media",
    mediaType: "application/pdf",
    source: { url: "https://x/y.pdf" },
  }],
  ["a file", { type: "document", source: { type: "file", file_id: "file_1" } }, {
    type: "media",
    mediaType: "application/pdf",
    source: { fileId: "file_1", api: "messages" },
  }],
  [
    "a text document",
    { type: "document", source: { type: "text", media_type: "text/plain", data: "ä" } },
    { type: "media", mediaType: "text/plain", source: { data: base64("ä") } },
  ],
  [
    "a document of text blocks",
    {
      type: "document",
      source: {
        type: "content",
        content: [{ type: "text", text: "a" }, { type: "text", text: "b" }],
      },
    },
    { type: "media", mediaType: "text/plain", source: { data: base64("a\n\nb") } },
  ],
  [
    "a document with text content",
    { type: "document", source: { type: "content", content: "a" } },
    {
      type: "media",
      mediaType: "text/plain",
      source: { data: base64("a") },
    },
  ],
  ["thoughts", { type: "thinking", thinking: "hm", signature: "sig" }, {
    type: "reasoning",
    text: "hm",
    seal: { api: "messages", value: "sig" },
  }],
  ["unsigned thoughts", { type: "thinking", thinking: "hm", signature: "" }, {
    type: "reasoning",
    text: "hm",
  }],
  [
    "thoughts with a foreign seal",
    { type: "thinking", thinking: "hm", signature: writeSealToken(FOREIGN, "messages") },
    { type: "reasoning", text: "hm", seal: FOREIGN },
  ],
  ["hidden thoughts", { type: "redacted_thinking", data: "xyz" }, {
    type: "reasoning",
    text: "",
    seal: { api: "messages", value: "xyz", redacted: true },
  }],
  [
    "hidden thoughts with a foreign seal",
    { type: "redacted_thinking", data: writeSealToken(FOREIGN, "messages") },
    { type: "reasoning", text: "", seal: FOREIGN },
  ],
  ["a call", { type: "tool_use", id: "t1", name: "f", input: { a: 1 } }, {
    type: "tool-call",
    id: "t1",
    name: "f",
    input: '{"a":1}',
  }],
  [
    "a call with a seal in its id",
    {
      type: "tool_use",
      id: writeSealedId("t1", { api: "gemini", value: "s" }),
      name: "f",
      input: {},
      cache_control: { type: "ephemeral" },
    },
    {
      type: "tool-call",
      id: "t1",
      name: "f",
      input: "{}",
      seal: { api: "gemini", value: "s" },
      cache: {},
    },
  ],
  ["a block of its own", { type: "server_tool_use", id: "s", name: "web_search", input: {} }, {
    type: "native",
    api: "messages",
    name: "server_tool_use",
    value: { type: "server_tool_use", id: "s", name: "web_search", input: {} },
  }],
  [
    "a document with pictures as its own",
    { type: "document", source: { type: "content", content: [{ type: "image" }] } },
    {
      type: "native",
      api: "messages",
      name: "document",
      value: { type: "document", source: { type: "content", content: [{ type: "image" }] } },
    },
  ],
];

for (const [claim, block, expected] of BLOCKS) {
  Deno.test(`readRequest() reads ${claim}`, () => {
    const { turns, native } = readRequest({ messages: [{ role: "assistant", content: [block] }] });
    assert.deepEqual(turns, [{ role: "assistant", blocks: [expected] }]);
    assert.deepEqual(native, {});
  });
}

const RESULTS: readonly [claim: string, JsonObject, Block][] = [
  ["a result as text", { content: "ok" }, {
    type: "tool-result",
    callId: "t1",
    blocks: [{ type: "text", text: "ok" }],
  }],
  ["a result without content", {}, { type: "tool-result", callId: "t1", blocks: [] }],
  ["a failure", { content: [{ type: "text", text: "no" }], is_error: true }, {
    type: "tool-result",
    callId: "t1",
    blocks: [{ type: "text", text: "no" }],
    failed: true,
  }],
  ["a success", { content: "ok", is_error: false, cache_control: { type: "ephemeral" } }, {
    type: "tool-result",
    callId: "t1",
    blocks: [{ type: "text", text: "ok" }],
    failed: false,
    cache: {},
  }],
  [
    "a result with an image",
    {
      content: [
        { type: "image", source: { type: "base64", media_type: "image/png", data: "AA==" } },
      ],
    },
    {
      type: "tool-result",
      callId: "t1",
      blocks: [{ type: "media", mediaType: "image/png", source: { data: "AA==" } }],
    },
  ],
];

for (const [claim, result, expected] of RESULTS) {
  Deno.test(`readRequest() reads ${claim}`, () => {
    const content = [{ type: "tool_result", tool_use_id: "t1", ...result }];
    const { turns } = readRequest({ messages: [{ role: "user", content }] });
    assert.deepEqual(turns[0]?.blocks, [expected]);
  });
}

Deno.test("readRequest() puts results first and cleans their ids", () => {
  const tool_use_id = writeSealedId("t1", { api: "gemini", value: "s" });
  const content = [{ type: "text", text: "and?" }, { type: "tool_result", tool_use_id }];
  const { turns } = readRequest({ messages: [{ role: "user", content }] });
  assert.deepEqual(turns[0]?.blocks, [
    { type: "tool-result", callId: "t1", blocks: [] },
    { type: "text", text: "and?" },
  ]);
});

Deno.test("readRequest() reads found text as words, and notes that it did", () => {
  const found = {
    type: "search_result",
    title: "T",
    source: "https://x",
    content: [{ type: "text", text: "a" }, { type: "text", text: "b" }],
    citations: { enabled: true },
  };
  const { turns, native } = readRequest({ messages: [{ role: "user", content: [found] }] });
  assert.deepEqual(turns[0]?.blocks, [{ type: "text", text: "T\nhttps://x\na\nb" }]);
  assert.deepEqual(native, { search_result: true });
});

const NOTED: readonly [JsonObject, name: string][] = [
  [{ type: "text", text: "a", citations: [{ type: "char_location" }] }, "text.citations"],
  [
    { type: "text", text: "a", cache_control: { type: "ephemeral", scope: "x" } },
    "cache_control.scope",
  ],
  [
    { type: "document", source: { type: "text", data: "a" }, citations: { enabled: true } },
    "document.citations",
  ],
  [{ type: "document", source: { type: "text", data: "a" }, context: "c" }, "document.context"],
  [{ type: "tool_use", id: "t", name: "f", input: {}, toolset_name: "x" }, "tool_use.toolset_name"],
  [
    {
      type: "tool_result",
      tool_use_id: "t",
      content: [{ type: "tool_reference", tool_name: "f" }],
    },
    "tool_reference",
  ],
];

for (const [block, name] of NOTED) {
  Deno.test(`readRequest() notes ${name}, which has no place in a chat`, () => {
    const { native } = readRequest({ messages: [{ role: "user", content: [block] }] });
    assert.deepEqual(Object.keys(native), [name]);
  });
}

Deno.test("readRequest() notes nothing of what answers say as a matter of course", () => {
  const content = [
    { type: "text", text: "a", citations: null },
    { type: "tool_use", id: "t", name: "f", input: {}, caller: { type: "direct" } },
    { type: "text", text: "b", citations: [] },
  ];
  assert.deepEqual(readRequest({ messages: [{ role: "assistant", content }] }).native, {});
});
