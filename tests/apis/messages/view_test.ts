import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { view } from "../../../src/apis/messages/view.ts";
import { GatewayError } from "../../../src/errors.ts";

const REFUSED: readonly [JsonObject, param: string, code: string][] = [
  [{ messages: [] }, "model", "missing_model"],
  [{ model: 1, messages: [] }, "model", "missing_model"],
  [{ model: "m" }, "messages", "missing_field"],
  [{ model: "m", messages: null }, "messages", "missing_field"],
  [{ model: "m", messages: "hi" }, "messages", "invalid_type"],
  [{ model: "m", messages: [], stream: "yes" }, "stream", "invalid_type"],
];

for (const [request, param, code] of REFUSED) {
  Deno.test(`check() refuses ${JSON.stringify(request)}`, () => {
    assert.throws(() => view.check(request, "/v1/messages"), (error) => {
      assert.ok(error instanceof GatewayError);
      assert.deepEqual([error.status, error.param, error.code], [400, param, code]);
      return true;
    });
  });
}

Deno.test("check() takes what the provider is to judge", () => {
  for (const more of [{}, { stream: null }, { stream: true, max_tokens: "many", system: 1 }]) {
    view.check({ model: "m", messages: [], ...more }, "/v1/messages");
  }
});

const STREAMS: readonly [JsonObject, string, boolean][] = [
  [{ stream: true }, "/v1/messages", true],
  [{ stream: false }, "/v1/messages", false],
  [{}, "/v1/messages?beta=true", false],
  [{}, "/v1/models/claude:streamRawPredict", true],
  [{}, "/v1/models/claude:streamRawPredict?alt=sse", true],
  [{}, "/v1/models/claude:rawPredict", false],
  [{}, "/v1/messages?x=:streamRawPredict", false],
];

for (const [request, target, streams] of STREAMS) {
  Deno.test(`streams() is ${streams} for ${JSON.stringify(request)} at ${target}`, () => {
    assert.equal(view.streams(request, target), streams);
  });
}

Deno.test("askForUsage() edits nothing, since usage always comes", () => {
  assert.equal(view.askForUsage({ stream: true }), undefined);
});

Deno.test("parameters() names sampling as the access log does", () => {
  const request = { temperature: 0.5, top_p: 0.9, max_tokens: 10, top_k: 3 };
  assert.deepEqual(view.parameters(request), { temperature: 0.5, topP: 0.9, maxTokens: 10 });
  assert.deepEqual(view.parameters({ temperature: "hot" }), {});
});

const TEXT = { type: "text", text: "four" };
const LENGTHS: readonly [claim: string, JsonObject, number][] = [
  ["nothing", {}, 0],
  ["a system text", { system: "12345" }, 5],
  ["system blocks", { system: [TEXT, TEXT] }, 8],
  ["a text message", { messages: [{ role: "user", content: "123" }] }, 3],
  ["malformed messages", { messages: ["x", null, 1] }, 0],
  ["blocks", { messages: [{ role: "user", content: [TEXT, null, "x"] }] }, 4],
  ["thoughts", { messages: [{ content: [{ type: "thinking", thinking: "abc" }] }] }, 3],
  ["a call", { messages: [{ content: [{ type: "tool_use", name: "f", input: { a: 1 } }] }] }, 8],
  ["a call without input", { messages: [{ content: [{ type: "tool_use", name: "f" }] }] }, 1],
  ["a result", { messages: [{ content: [{ type: "tool_result", content: "ok" }] }] }, 2],
  ["result blocks", { messages: [{ content: [{ type: "tool_result", content: [TEXT] }] }] }, 4],
  ["found text", { messages: [{ content: [{ type: "search_result", content: [TEXT] }] }] }, 4],
  [
    "a text document but no image",
    {
      messages: [{
        content: [
          { type: "document", source: { type: "text", data: "abc" } },
          { type: "document", source: { type: "content", content: [TEXT] } },
          { type: "document" },
          { type: "image", source: { type: "base64", data: "AAAA" } },
        ],
      }],
    },
    7,
  ],
];

for (const [claim, request, length] of LENGTHS) {
  Deno.test(`promptLength() counts ${claim}`, () => {
    assert.equal(view.promptLength(request), length);
  });
}

Deno.test("readAnswer() tells the model, the usage and the length of the text", () => {
  const usage = { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 5 };
  assert.deepEqual(view.readAnswer({ model: "claude", content: [TEXT], usage }), {
    model: "claude",
    textLength: 4,
    usage: { inputTokens: 7, cacheReadTokens: 4, outputTokens: 5 },
  });
  assert.deepEqual(view.readAnswer({}), { textLength: 0 });
});
