import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { NO_SEAL, writeSealedId, writeSealToken } from "../../../src/apis/seal_token.ts";
import type { Seal } from "../../../src/chat/block.ts";
import { read } from "./samples.ts";

const text = (text: string) => ({ type: "text", text });
const user = (...blocks: readonly object[]) => ({ role: "user", blocks });
const assistant = (...blocks: readonly object[]) => ({ role: "assistant", blocks });
const item = (type: string, members: object = {}): JsonObject => ({ type, ...members });

const CALL = item("function_call", { call_id: "c", name: "f", arguments: `{"a":1}` });
const OUTPUT = item("function_call_output", { call_id: "c", output: "out" });
const READ_CALL = { type: "tool-call", id: "c", name: "f", input: `{"a":1}` };
const READ_RESULT = { type: "tool-result", callId: "c", blocks: [text("out")] };
const SIGNED: Seal = { api: "messages", value: "sig", redacted: true };
const THOUGHT: Seal = { api: "gemini", value: "thought" };

const INPUTS: readonly [string, unknown, readonly object[]][] = [
  ["a text", "hi", [user(text("hi"))]],
  ["easy messages", [
    { role: "user", content: "a" },
    { role: "assistant", content: "b" },
    { role: "user", content: "" },
  ], [user(text("a")), assistant(text("b")), user(text(""))]],
  ["parts", [{
    type: "message",
    role: "user",
    content: [item("input_text", { text: "a" }), item("input_text", { text: "b" })],
  }], [user(text("a"), text("b"))]],
  ["an answer", [item("message", {
    id: "msg_1",
    role: "assistant",
    status: "completed",
    content: [
      item("output_text", { text: "a", annotations: [] }),
      item("refusal", { refusal: "no" }),
    ],
  })], [assistant(text("a"), { type: "refusal", text: "no" })]],
  ["the items of one answer", [
    item("reasoning", { id: "rs_1", summary: [], encrypted_content: "enc" }),
    { role: "assistant", content: "b" },
    CALL,
  ], [
    assistant(
      { type: "reasoning", text: "", seal: { api: "responses", value: "enc", id: "rs_1" } },
      text("b"),
      READ_CALL,
    ),
  ]],
  ["results before the message that comes with them", [
    CALL,
    OUTPUT,
    { role: "user", content: "x" },
    { role: "user", content: "y" },
  ], [assistant(READ_CALL), user(READ_RESULT, text("x")), user(text("y"))]],
  ["a result behind a message", [{ role: "user", content: "x" }, OUTPUT], [
    user(text("x")),
    user(READ_RESULT),
  ]],
  ["an output in parts", [item("function_call_output", {
    call_id: "c",
    output: [
      item("input_text", { text: "out" }),
      item("input_image", { image_url: "https://a/b.png", detail: "auto" }),
    ],
  })], [user({
    ...READ_RESULT,
    blocks: [
      text("out"),
      { type: "media", mediaType: "image/*", source: { url: "https://a/b.png" } },
    ],
  })]],
  ["a failed output", [{ ...OUTPUT, status: "incomplete" }], [
    user({ ...READ_RESULT, failed: true }),
  ]],
  ["an output that is complete", [{ ...OUTPUT, status: "completed" }], [
    user({ ...READ_RESULT, failed: false }),
  ]],
  ["custom calls", [
    item("custom_tool_call", { call_id: "c", name: "f", input: "free" }),
    item("custom_tool_call_output", { call_id: "c", output: "out" }),
  ], [
    assistant({ type: "tool-call", id: "c", name: "f", input: "free", custom: true }),
    user(READ_RESULT),
  ]],
  ["a call that has but one id", [item("custom_tool_call", { id: "c", name: "f" })], [
    assistant({ type: "tool-call", id: "c", name: "f", input: "", custom: true }),
  ]],
  ["a seal in the id of a call", [
    { ...CALL, call_id: writeSealedId("c", THOUGHT) },
    { ...OUTPUT, call_id: writeSealedId("c", THOUGHT) },
  ], [assistant({ ...READ_CALL, seal: THOUGHT }), user(READ_RESULT)]],
  ["a seal of another API", [item("reasoning", {
    id: "rs_1",
    summary: [item("summary_text", { text: "a" }), item("summary_text", { text: "b" })],
    encrypted_content: writeSealToken(SIGNED, "responses"),
  })], [assistant({ type: "reasoning", text: "a\n\nb", seal: SIGNED })]],
  ["thoughts without a seal", [item("reasoning", {
    id: "rs_1",
    summary: [item("summary_text", { text: "a" })],
    encrypted_content: writeSealToken(NO_SEAL, "responses"),
  })], [assistant({ type: "reasoning", text: "a" })]],
  ["thoughts that are not hidden", [item("reasoning", {
    summary: [],
    content: [item("reasoning_text", { text: "a" })],
  })], [assistant({ type: "reasoning", text: "a" })]],
  [
    "a reasoning item of which nothing is there",
    [item("reasoning", { id: "rs_1", summary: [] })],
    [],
  ],
  ["items of the provider's own tools", [
    item("web_search_call", { id: "ws_1" }),
    item("computer_call_output", { call_id: "c" }),
    { id: "rs_1" },
  ], [
    assistant({
      type: "native",
      api: "responses",
      name: "web_search_call",
      value: item("web_search_call", { id: "ws_1" }),
    }),
    user({
      type: "native",
      api: "responses",
      name: "computer_call_output",
      value: item("computer_call_output", { call_id: "c" }),
    }),
    assistant({ type: "native", api: "responses", name: "item_reference", value: { id: "rs_1" } }),
  ]],
  ["a message of nothing", [{ role: "user", content: [] }], []],
];

for (const [claim, input, turns] of INPUTS) {
  Deno.test(`readRequest() reads ${claim}`, () => {
    assert.deepEqual(read({ input }).turns, turns);
  });
}

Deno.test("readRequest() gathers instructions wherever they stand", () => {
  const { instructions, turns } = read({
    instructions: "a",
    input: [
      { role: "developer", content: "b" },
      { role: "user", content: "c" },
      { role: "system", content: [item("input_text", { text: "d" })] },
    ],
  });
  assert.deepEqual(instructions, [text("a"), text("b"), text("d")]);
  assert.deepEqual(turns, [user(text("c"))]);
});

const MEDIA: readonly [string, JsonObject, object][] = [
  ["an image as data", item("input_image", { image_url: "data:image/PNG;base64,AA\nAA" }), {
    mediaType: "image/png",
    source: { data: "AAAA" },
  }],
  ["an image by address", item("input_image", { image_url: "https://a/b", detail: "high" }), {
    mediaType: "image/*",
    source: { url: "https://a/b" },
    detail: "high",
  }],
  ["an image by id", item("input_image", { file_id: "file_1", image_url: null }), {
    mediaType: "image/*",
    source: { fileId: "file_1", api: "responses" },
  }],
  [
    "a file as a data URL",
    item("input_file", {
      file_data: "data:application/pdf;base64,AAAA",
      filename: "a.pdf",
    }),
    { mediaType: "application/pdf", source: { data: "AAAA" }, name: "a.pdf" },
  ],
  ["a file as bare base64", item("input_file", { file_data: "AAAA", filename: "a.CSV" }), {
    mediaType: "text/csv",
    source: { data: "AAAA" },
    name: "a.CSV",
  }],
  ["a file by address", item("input_file", { file_url: "https://a/b.docx?x=1.pdf" }), {
    mediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    source: { url: "https://a/b.docx?x=1.pdf" },
  }],
  ["a file whose address is its content", item("input_file", { file_url: "data:;base64,AAAA" }), {
    mediaType: "application/octet-stream",
    source: { data: "AAAA" },
  }],
  ["a file by id", item("input_file", { file_id: "file_1" }), {
    mediaType: "application/octet-stream",
    source: { fileId: "file_1", api: "responses" },
  }],
  ["a sound", item("input_audio", { input_audio: { data: "AAAA", format: "mp3" } }), {
    mediaType: "audio/mpeg",
    source: { data: "AAAA" },
  }],
  [
    "a mark of a prefix",
    item("input_image", {
      file_id: "file_1",
      prompt_cache_breakpoint: { mode: "explicit", ttl: "12h" },
    }),
    {
      mediaType: "image/*",
      source: { fileId: "file_1", api: "responses" },
      cache: { ttlSeconds: 43_200 },
    },
  ],
];

for (const [claim, part, expected] of MEDIA) {
  Deno.test(`readRequest() reads ${claim}`, () => {
    const { turns } = read({ input: [{ role: "user", content: [part] }] });
    assert.deepEqual(turns, [user({ type: "media", ...expected })]);
  });
}

Deno.test("readRequest() keeps parts that it does not know", () => {
  const part = item("input_video", { url: "u" });
  const { turns } = read({ input: [{ role: "user", content: [part] }] });
  assert.deepEqual(turns, [
    user({ type: "native", api: "responses", name: "input_video", value: part }),
  ]);
});
