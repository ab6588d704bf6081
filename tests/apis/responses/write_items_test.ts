import assert from "node:assert/strict";
import { responsesCall } from "../../../src/apis/responses/call.ts";
import type { Block, MediaBlock, ToolResultBlock } from "../../../src/chat/block.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";
import { chatOf } from "./samples.ts";

/** What is sent of a conversation, and what is said of its losses. */
function write(chat: Partial<ChatRequest>) {
  const lost = losses({});
  const { instructions, input, include } = responsesCall.writeRequest(chatOf(chat), lost);
  const found = lost.found.map(({ kind, field }) => `${kind} ${field}`);
  return { instructions, input, include, lost: found };
}

const text = (text: string): Block => ({ type: "text", text });
const part = (text: string, members: object = {}) => ({ type: "input_text", text, ...members });
const MARK = { prompt_cache_breakpoint: { mode: "explicit" } };
const CALL: Block = { type: "tool-call", id: "c", name: "f", input: `{"a":1}` };
const RESULT: ToolResultBlock = {
  type: "tool-result",
  callId: "c",
  blocks: [text("a"), text("b")],
};
const IMAGE: MediaBlock = { type: "media", mediaType: "image/png", source: { data: "AA==" } };
const WRITTEN_IMAGE = {
  type: "input_image",
  image_url: "data:image/png;base64,AA==",
  detail: "auto",
};
const NATIVE: Block = { type: "native", api: "messages", name: "search_result", value: {} };

const INSTRUCTIONS: readonly [string, readonly Block[], object][] = [
  ["none", [], { instructions: undefined, input: [] }],
  ["empty ones", [text("")], { instructions: undefined, input: [] }],
  ["an empty one among others", [text(""), text("a")], { instructions: "a" }],
  ["several", [text("a"), text("b")], { instructions: "a\nb", input: [] }],
  ["nothing that can be written", [NATIVE], { input: [], lost: ["dropped search_result"] }],
  ["marked ones", [text("a"), { type: "text", text: "b", cache: {} }], {
    instructions: undefined,
    input: [{ type: "message", role: "system", content: [part("a"), part("b", MARK)] }],
  }],
];

for (const [claim, instructions, expected] of INSTRUCTIONS) {
  Deno.test(`writeRequest() writes instructions: ${claim}`, () => {
    const written = write({ instructions });
    assert.deepEqual({ ...written, ...expected }, written);
  });
}

const message = (...content: readonly object[]) => ({ type: "message", role: "user", content });
const said = (...content: readonly object[]) => ({ type: "message", role: "assistant", content });
const WRITTEN_CALL = {
  type: "function_call",
  call_id: "c",
  name: "f",
  arguments: `{"a":1}`,
  status: "completed",
};
const WRITTEN_RESULT = { type: "function_call_output", call_id: "c", output: "a\nb" };

const ASSISTANT: readonly [string, readonly Block[], readonly object[]][] = [
  ["texts and refusals", [text("a"), { type: "refusal", text: "no" }], [
    said({ type: "output_text", text: "a", annotations: [] }),
    said({ type: "refusal", refusal: "no" }),
  ]],
  ["a call", [CALL], [WRITTEN_CALL]],
  ["a call without arguments", [{ ...CALL, input: "" }], [{ ...WRITTEN_CALL, arguments: "{}" }]],
  ["a custom call", [{ ...CALL, custom: true }], [
    { type: "custom_tool_call", call_id: "c", name: "f", input: `{"a":1}` },
  ]],
  ["sealed thoughts", [
    { type: "reasoning", text: "a", seal: { api: "responses", value: "enc", id: "rs_1" } },
    { type: "reasoning", text: "", seal: { api: "responses", value: "enc" } },
  ], [
    {
      type: "reasoning",
      id: "rs_1",
      summary: [{ type: "summary_text", text: "a" }],
      encrypted_content: "enc",
    },
    { type: "reasoning", summary: [], encrypted_content: "enc" },
  ]],
  ["items of this API", [{ type: "native", api: "responses", name: "x", value: { type: "x" } }], [
    { type: "x" },
  ]],
];

for (const [claim, blocks, expected] of ASSISTANT) {
  Deno.test(`writeRequest() writes what the assistant said: ${claim}`, () => {
    const { input, lost } = write({ turns: [{ role: "assistant", blocks }] });
    assert.deepEqual([input, lost], [expected, []]);
  });
}

Deno.test("writeRequest() asks for the seals that it gave back to be renewed", () => {
  const seal = { api: "responses", value: "enc" } as const;
  const turns = [{ role: "assistant", blocks: [{ type: "reasoning", text: "", seal }] }] as const;
  assert.deepEqual(write({ turns }).include, ["reasoning.encrypted_content"]);
  assert.equal(write({ turns: [] }).include, undefined);
});

const USER: readonly [string, readonly Block[], readonly object[]][] = [
  ["parts of one message", [text("a"), IMAGE], [message(part("a"), WRITTEN_IMAGE)]],
  ["results and a message", [RESULT, text("x")], [WRITTEN_RESULT, message(part("x"))]],
  ["a result that is no text alone", [{ ...RESULT, blocks: [text("a"), IMAGE] }], [
    { ...WRITTEN_RESULT, output: [part("a"), WRITTEN_IMAGE] },
  ]],
  ["a marked result", [{ ...RESULT, cache: {} }], [
    { ...WRITTEN_RESULT, output: [part("a"), part("b", MARK)] },
  ]],
  ["a marked result of nothing", [{ ...RESULT, blocks: [], cache: {} }], [
    { ...WRITTEN_RESULT, output: [part("", MARK)] },
  ]],
  ["a result of nothing", [{ ...RESULT, blocks: [] }], [{ ...WRITTEN_RESULT, output: "" }]],
  ["an item of this API", [
    text("a"),
    { type: "native", api: "responses", name: "x_output", value: { type: "x_output" } },
    text("b"),
  ], [message(part("a")), { type: "x_output" }, message(part("b"))]],
  ["a failed result", [{ ...RESULT, failed: true }], [{ ...WRITTEN_RESULT, status: "incomplete" }]],
  ["a good result", [{ ...RESULT, failed: false }], [{ ...WRITTEN_RESULT, status: "completed" }]],
  ["a mark for half a day", [{ type: "text", text: "a", cache: { ttlSeconds: 43_200 } }], [
    message(part("a", { prompt_cache_breakpoint: { mode: "explicit", ttl: "12h" } })),
  ]],
  ["a mark for five minutes", [{ type: "text", text: "a", cache: { ttlSeconds: 300 } }], [
    message(part("a", MARK)),
  ]],
];

for (const [claim, blocks, expected] of USER) {
  Deno.test(`writeRequest() writes what the user said: ${claim}`, () => {
    const { input, lost } = write({ turns: [{ role: "user", blocks }] });
    assert.deepEqual([input, lost], [expected, []]);
  });
}

Deno.test("writeRequest() answers a custom call with its own kind of output", () => {
  const { input } = write({
    turns: [
      { role: "assistant", blocks: [CALL, { ...CALL, id: "d", custom: true }] },
      { role: "user", blocks: [RESULT, { ...RESULT, callId: "d" }] },
    ],
  });
  const types = Array.isArray(input) ? input.slice(2).map(({ type }) => type) : [];
  assert.deepEqual(types, ["function_call_output", "custom_tool_call_output"]);
});

Deno.test("writeRequest() shortens the id of a call and of its result alike", () => {
  const id = "toolu_".padEnd(80, "x");
  const { input } = write({
    turns: [
      { role: "assistant", blocks: [{ ...CALL, id }, { ...CALL, id: `${id}y` }] },
      { role: "user", blocks: [{ ...RESULT, callId: id }] },
    ],
  });
  const [first, second, result] = Array.isArray(input) ? input.map((item) => item.call_id) : [];
  assert.equal(first.length, 64);
  assert.equal(result, first);
  assert.notEqual(second, first);
});

const media = (mediaType: string, source: MediaBlock["source"], members: object = {}): Block => ({
  type: "media",
  mediaType,
  source,
  ...members,
});

const MEDIA: readonly [string, Block, object][] = [
  ["an image by address", media("image/*", { url: "https://a/b" }, { detail: "low" }), {
    type: "input_image",
    image_url: "https://a/b",
    detail: "low",
  }],
  ["an image by id", media("image/*", { fileId: "f", api: "messages" }), {
    type: "input_image",
    file_id: "f",
    detail: "auto",
  }],
  ["a document as data", media("application/pdf", { data: "AA==" }), {
    type: "input_file",
    filename: "document.pdf",
    file_data: "data:application/pdf;base64,AA==",
  }],
  ["a document with a name", media("text/plain", { data: "AA==" }, { name: "a.txt" }), {
    type: "input_file",
    filename: "a.txt",
    file_data: "data:text/plain;base64,AA==",
  }],
  ["a document by address", media("application/pdf", { url: "https://a/b.pdf" }), {
    type: "input_file",
    file_url: "https://a/b.pdf",
  }],
  ["a document by id", media("application/pdf", { fileId: "f", api: "completions" }), {
    type: "input_file",
    file_id: "f",
  }],
  ["a sound", media("audio/mpeg", { data: "AA==" }), {
    type: "input_audio",
    input_audio: { data: "AA==", format: "mp3" },
  }],
];

for (const [claim, block, expected] of MEDIA) {
  Deno.test(`writeRequest() writes ${claim}`, () => {
    const { input, lost } = write({ turns: [{ role: "user", blocks: [block] }] });
    assert.deepEqual([input, lost], [[message(expected)], []]);
  });
}

const REFUSED: readonly [string, Block, ChatRequest["api"], string][] = [
  ["a video", media("video/mp4", { data: "AA==" }), "messages", "messages"],
  ["a sound by address", media("audio/wav", { url: "https://a" }), "completions", "messages"],
  [
    "a file of another provider",
    media("image/png", { fileId: "f", api: "gemini" }),
    "gemini",
    "contents",
  ],
];

for (const [claim, block, api, param] of REFUSED) {
  Deno.test(`writeRequest() refuses ${claim}`, () => {
    assert.throws(() => write({ api, turns: [{ role: "user", blocks: [block] }] }), {
      kind: "invalid-request",
      param,
    });
  });
}

Deno.test("writeRequest() writes a result as a text though something else is lost of it", () => {
  const blocks = [text("a"), NATIVE, media("video/mp4", { data: "AA==" })];
  const { input } = write({ turns: [{ role: "user", blocks: [{ ...RESULT, blocks }] }] });
  assert.deepEqual(input, [{ ...WRITTEN_RESULT, output: "a" }]);
});

const LOSSES: readonly [string, "user" | "assistant", Block, readonly string[]][] = [
  ["a block of another API", "user", NATIVE, ["dropped search_result"]],
  ["a block of another API in an answer", "assistant", NATIVE, ["dropped search_result"]],
  ["a block of another API in a result", "user", { ...RESULT, blocks: [NATIVE] }, [
    "dropped search_result",
  ]],
  ["a sound in a result", "user", { ...RESULT, blocks: [media("audio/wav", { data: "A" })] }, [
    "dropped toolResultMedia",
  ]],
  ["thoughts that are not sealed", "assistant", { type: "reasoning", text: "a" }, [
    "dropped reasoningReplay",
  ]],
  ["thoughts that another API sealed", "assistant", {
    type: "reasoning",
    text: "a",
    seal: { api: "messages", value: "sig" },
  }, ["dropped reasoningReplay"]],
  ["a seal on a call", "assistant", { ...CALL, seal: { api: "gemini", value: "sig" } }, [
    "dropped reasoningReplay",
  ]],
  ["a mark on an answer", "assistant", { type: "text", text: "a", cache: {} }, ["dropped cache"]],
  ["a mark on a call", "assistant", { ...CALL, cache: {} }, ["dropped cache"]],
  ["a mark for an hour", "user", { type: "text", text: "a", cache: { ttlSeconds: 3_600 } }, [
    "changed cache",
  ]],
  ["a detail of another API", "user", { ...IMAGE, detail: "ultra" }, ["changed imageDetail"]],
  ["a medium in an answer", "assistant", IMAGE, ["dropped media"]],
];

for (const [claim, role, block, expected] of LOSSES) {
  Deno.test(`writeRequest() tells of ${claim}`, () => {
    assert.deepEqual(write({ turns: [{ role, blocks: [block] }] }).lost, expected);
  });
}
