import assert from "node:assert/strict";
import type { ApiName, JsonObject } from "../../src/apis/api.ts";
import { adapted, connected, refusals } from "./upstream_call.ts";

const vertex = connected("vertex", { projectId: "p" });
const VERSION = { anthropic_version: "vertex-2023-10-16" };
const CACHE = { cache_control: { type: "ephemeral", ttl: "1h" } };
const SCOPED = { cache_control: { type: "ephemeral", scope: "global", ttl: "1h" } };

const MESSAGES: readonly [string, JsonObject, JsonObject][] = [
  ["the model out, the version in", { model: "claude-x", max_tokens: 1, stream: true }, {
    max_tokens: 1,
    stream: true,
    ...VERSION,
  }],
  ["no output_format, but output_config", { output_format: {}, output_config: { effort: "low" } }, {
    output_config: { effort: "low" },
    ...VERSION,
  }],
  ["its own version in place of another", { anthropic_version: "2023-06-01" }, VERSION],
  [
    "no scope in cache hints, at any depth",
    {
      ...SCOPED,
      system: [{ type: "text", text: "s", ...SCOPED }],
      tools: [{ name: "t", input_schema: { type: "object" }, ...SCOPED }],
      messages: [{
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "tool_result", content: [{ type: "text", text: "b", ...SCOPED }], ...SCOPED },
        ],
      }],
    },
    {
      ...CACHE,
      system: [{ type: "text", text: "s", ...CACHE }],
      tools: [{ name: "t", input_schema: { type: "object" }, ...CACHE }],
      messages: [{
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "tool_result", content: [{ type: "text", text: "b", ...CACHE }], ...CACHE },
        ],
      }],
      ...VERSION,
    },
  ],
  [
    "scopes of other things, and what tools define and are called with",
    {
      metadata: { scope: "x" },
      tools: [{ name: "t", input_schema: { properties: { ...SCOPED } } }],
      messages: [{ role: "assistant", content: [{ type: "tool_use", input: { ...SCOPED } }] }],
    },
    {
      metadata: { scope: "x" },
      tools: [{ name: "t", input_schema: { properties: { ...SCOPED } } }],
      messages: [{ role: "assistant", content: [{ type: "tool_use", input: { ...SCOPED } }] }],
      ...VERSION,
    },
  ],
];

for (const [claim, request, expected] of MESSAGES) {
  Deno.test(`adapt() sends Claude ${claim}`, () => {
    const call = { api: "messages", model: "claude-x" } as const;
    assert.deepEqual(adapted(vertex, request, call), expected);
  });
}

Deno.test("adapt() edits only the members of Claude's requests that it has to", () => {
  const messages = [{ role: "user", content: "a" }];
  const edits = vertex.adapt?.({
    api: "messages",
    request: { model: "claude-x", messages, system: [SCOPED] },
    model: "claude-x",
    streaming: false,
    headers: new Headers(),
    place: { hostOverridden: false },
    forwarded: true,
  });
  assert.deepEqual(Object.keys(edits?.set ?? {}), ["system", "anthropic_version"]);
});

Deno.test("adapt() keeps the model of a count, in Vertex AI's spelling", () => {
  const request = { model: "alias", messages: [], output_format: {} };
  const call = { api: "messagesCount", model: "anthropic/claude-opus-4-20250514" } as const;
  assert.deepEqual(adapted(vertex, request, call), {
    model: "claude-opus-4@20250514",
    messages: [],
    ...VERSION,
  });
});

const HI = { role: "user", parts: [{ text: "hi" }] };
const EMPTY = { text: "" };
const CALL = { functionCall: { name: "f" } };
const model = (...parts: readonly unknown[]) => ({ role: "model", parts });

const CONTENTS: readonly [string, readonly unknown[], readonly unknown[]][] = [
  ["no empty texts of the model", [model(EMPTY, CALL, EMPTY), HI], [model(CALL), HI]],
  ["no turns of the model of empty texts only", [HI, model(CALL), model(EMPTY)], [HI, model(CALL)]],
  ["signatures on empty texts", [model({ ...EMPTY, thoughtSignature: "s" }, EMPTY)], [
    model({ ...EMPTY, thoughtSignature: "s" }),
  ]],
  ["what a user left empty", [model(EMPTY), { role: "user", parts: [EMPTY] }, "x"], [
    { role: "user", parts: [EMPTY] },
    "x",
  ]],
];

for (const [claim, contents, expected] of CONTENTS) {
  Deno.test(`adapt() sends Gemini ${claim}`, () => {
    const sent = adapted(vertex, { contents }, { api: "gemini", model: "gemini-x" });
    assert.deepEqual(sent, { contents: expected });
  });
}

Deno.test("adapt() of Gemini leaves contents alone that have no empty texts", () => {
  const request = { contents: [HI] };
  assert.equal(adapted(vertex, request, { api: "gemini", model: "gemini-x" }), request);
});

const MODELS: readonly [ApiName, string, JsonObject][] = [
  ["completions", "gemini-2.5-pro", { model: "google/gemini-2.5-pro" }],
  ["completions", "google/gemini-2.5-pro", { model: "google/gemini-2.5-pro" }],
  ["completions", "publishers/google/models/gemini-x", { model: "google/gemini-x" }],
  ["completions", "meta/llama-4", { model: "meta/llama-4" }],
  ["gemini", "gemini-2.5-pro", {}],
  ["geminiCount", "gemini-2.5-pro", {}],
  ["vertexRank", "semantic-ranker", { model: "semantic-ranker" }],
];

for (const [api, model, expected] of MODELS) {
  Deno.test(`adapt() names ${model} in ${api} as ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(adapted(vertex, { model }, { api, model }), expected);
  });
}

Deno.test("adapt() leaves a request alone that names its model as it should", () => {
  const request = { model: "google/gemini-x" };
  assert.equal(adapted(vertex, request, { model: "google/gemini-x" }), request);
});

Deno.test("adapt() of gemini leaves a model out of its own API's bodies only", () => {
  const gemini = connected("gemini");
  assert.deepEqual(adapted(gemini, { model: "m", contents: [] }, { api: "gemini" }), {
    contents: [],
  });
  assert.deepEqual(adapted(gemini, { model: "m" }, { api: "geminiCount" }), {});
  assert.deepEqual(adapted(gemini, { model: "m" }, { api: "completions" }), { model: "m" });
  assert.deepEqual(adapted(gemini, { model: "m" }, { api: "embeddings" }), { model: "m" });
});

const REFUSED: readonly [string, unknown, RegExp][] = [
  ["vertex", { projectId: "../x" }, /must be the id or the number of a project/],
  ["vertex", { projectId: "p", region: "evil.test/" }, /must be a region/],
  ["vertex", { projectId: "p", zone: "x" }, /unknown key "zone"/],
  ["gemini", { modl: "x" }, /unknown key "modl" \(did you mean model\?\)/],
  ["anthropic", { apiKey: "x" }, /unknown key "apiKey"/],
];

for (const [type, settings, message] of REFUSED) {
  Deno.test(`settings of ${type} refuse ${JSON.stringify(settings)}`, () => {
    assert.match(refusals(type, settings).join(), message);
  });
}
