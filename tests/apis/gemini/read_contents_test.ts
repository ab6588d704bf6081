import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { serve } from "../../../src/apis/gemini/serve.ts";
import { writeSealToken } from "../../../src/apis/seal_token.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";

function read(json: JsonObject): ChatRequest {
  return serve.readRequest({ json, model: "m", streaming: false, headers: new Headers() });
}

const SEAL = { api: "messages", value: "sig" } as const;
const TOKEN = writeSealToken(SEAL, "gemini");
const user = (...parts: unknown[]) => ({ role: "user", parts });
const model = (...parts: unknown[]) => ({ role: "model", parts });
const said = (...blocks: unknown[]) => ({ role: "user", blocks });
const answered = (...blocks: unknown[]) => ({ role: "assistant", blocks });
const call = (id: string, name: string, input = "{}") => ({ type: "tool-call", id, name, input });
const result = (callId: string, text: string) => ({
  type: "tool-result",
  callId,
  blocks: [{ type: "text", text }],
});
const back = (name: string, response: unknown, more: object = {}) => ({
  functionResponse: { name, response, ...more },
});

const TURNS: readonly [claim: string, contents: readonly unknown[], turns: readonly unknown[]][] = [
  ["nothing", [], []],
  ["a turn without a role", [{ parts: [{ text: "a" }] }], [said({ type: "text", text: "a" })]],
  ["a turn without parts", [{ role: "user" }], [said()]],
  [
    "media",
    [user(
      { inlineData: { mimeType: "image/png", data: "AA-_\nAA" } },
      { inline_data: { mime_type: "audio/mp3", data: "AAAA", display_name: "n" } },
      { fileData: { mimeType: "video/mp4", fileUri: "gs://b/x" } },
      { fileData: { fileUri: "https://example.com/x.pdf" } },
      { file_data: { file_uri: "https://generativelanguage.googleapis.com/v1beta/files/1" } },
    )],
    [said(
      { type: "media", mediaType: "image/png", source: { data: "AA+/AA==" } },
      { type: "media", mediaType: "audio/mp3", source: { data: "AAAA" }, name: "n" },
      { type: "media", mediaType: "video/mp4", source: { fileId: "gs://b/x", api: "gemini" } },
      {
        type: "media",
        mediaType: "application/pdf",
        source: { url: "https://example.com/x.pdf" },
      },
      {
        type: "media",
        mediaType: "application/octet-stream",
        source: {
          fileId: "https://generativelanguage.googleapis.com/v1beta/files/1",
          api: "gemini",
        },
      },
    )],
  ],
  [
    "thoughts, and seals of all kinds",
    [model(
      { text: "hm", thought: true, thoughtSignature: TOKEN },
      { text: "a", thoughtSignature: "c2ln" },
      { text: "", thought_signature: "c2ln" },
      { functionCall: { name: "f" }, thoughtSignature: "c2ln" },
    )],
    [answered(
      { type: "reasoning", text: "hm", seal: SEAL },
      { type: "text", text: "a" },
      { type: "reasoning", text: "", seal: { api: "gemini", value: "c2ln" } },
      { type: "reasoning", text: "", seal: { api: "gemini", value: "c2ln" } },
      { ...call("call_0_0", "f"), seal: { api: "gemini", value: "c2ln" } },
    )],
  ],
  [
    "an answer that was streamed, as one turn",
    [
      model({ text: "h", thought: true }),
      model({ text: "m", thought: true }),
      model({ text: "", thoughtSignature: TOKEN }),
      model({ text: "a" }),
      model({ text: "b" }),
      model({ functionCall: { name: "f" } }),
      model({ text: "" }),
      user(back("f", { output: "ok" })),
    ],
    [
      answered(
        { type: "reasoning", text: "hm", seal: SEAL },
        { type: "text", text: "ab" },
        call("call_5_0", "f"),
        { type: "text", text: "" },
      ),
      said(result("call_5_0", "ok")),
    ],
  ],
  [
    "calls with ids and their results in any order",
    [
      model(
        { functionCall: { id: "1", name: "f", args: { a: 1 } } },
        { function_call: { id: "2", name: "f" } },
      ),
      user({ text: "so" }, back("f", { output: "two" }, { id: "2" }), {
        function_response: { id: "1", name: "f", response: { output: "one" } },
      }),
    ],
    [
      answered(call("1", "f", `{"a":1}`), call("2", "f")),
      said(result("2", "two"), result("1", "one"), { type: "text", text: "so" }),
    ],
  ],
  [
    "calls without ids, by name and order",
    [
      model({ functionCall: { name: "f" } }, { functionCall: { name: "g" } }, {
        functionCall: { name: "f" },
      }),
      { role: "function", parts: [back("g", { output: "g" }), back("f", { output: "f1" })] },
      user(back("f", { output: "f2" })),
      model({ functionCall: { name: "f" } }),
      user(back("f", { output: "f3" })),
    ],
    [
      answered(call("call_0_0", "f"), call("call_0_1", "g"), call("call_0_2", "f")),
      said(result("call_0_1", "g"), result("call_0_0", "f1")),
      said(result("call_0_2", "f2")),
      answered(call("call_3_0", "f")),
      said(result("call_3_0", "f3")),
    ],
  ],
  [
    "a result of the newest call of its name",
    [
      model({ functionCall: { name: "f" } }),
      user({ text: "never mind" }),
      model({ functionCall: { name: "f" } }),
      user(back("f", { output: "ok" })),
    ],
    [
      answered(call("call_0_0", "f")),
      said({ type: "text", text: "never mind" }),
      answered(call("call_2_0", "f")),
      said(result("call_2_0", "ok")),
    ],
  ],
  [
    "what functions gave back",
    [user(
      back("f", { output: { a: 1 } }),
      back("f", { content: "text" }),
      back("f", { name: "f", content: "of the AI SDK" }),
      back("f", { name: "g", content: "of its own" }),
      back("f", { content: { a: 1 } }),
      back("f", { result: "x", more: 1 }),
    )],
    [said(
      result("f", `{"a":1}`),
      result("f", "text"),
      result("f", "of the AI SDK"),
      result("f", `{"name":"g","content":"of its own"}`),
      result("f", `{"content":{"a":1}}`),
      result("f", `{"result":"x","more":1}`),
    )],
  ],
  [
    "what failed, what gave nothing, and images",
    [user(
      back("f", { error: "no" }),
      back("f", {}),
      back("f", { output: "see" }, {
        parts: [{ inlineData: { mimeType: "image/png", data: "AAAA" } }],
      }),
    )],
    [said(
      { ...result("f", "no"), failed: true },
      { type: "tool-result", callId: "f", blocks: [] },
      {
        type: "tool-result",
        callId: "f",
        blocks: [
          { type: "text", text: "see" },
          { type: "media", mediaType: "image/png", source: { data: "AAAA" } },
        ],
      },
    )],
  ],
  [
    "what only Google knows",
    [model({ executableCode: { code: "1" }, thoughtSignature: "c2ln" })],
    [answered({
      type: "native",
      api: "gemini",
      name: "executableCode",
      value: { executableCode: { code: "1" }, thoughtSignature: "c2ln" },
    })],
  ],
];

for (const [claim, contents, turns] of TURNS) {
  Deno.test(`readRequest() reads ${claim} in contents`, () => {
    assert.deepEqual(read({ contents }).turns, turns);
  });
}

Deno.test("readRequest() names what it cannot say of media and results", () => {
  const { native } = read({
    contents: [user(
      { inlineData: { mimeType: "video/mp4", data: "AAAA" }, videoMetadata: { fps: 1 } },
      back("f", {}, { willContinue: true }),
    )],
  });
  assert.deepEqual(native, {
    "contents.parts.videoMetadata": { fps: 1 },
    "contents.parts.functionResponse.willContinue": true,
  });
});
