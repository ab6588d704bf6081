import assert from "node:assert/strict";
import type { ApiName, JsonObject } from "../../src/apis/api.ts";
import { adapted, connected, refusals } from "./upstream_call.ts";

const openai = connected("openAI");
const PROVIDERS = [
  openai,
  connected("azure", { resourceName: "r", resourceType: "openAI" }),
  connected("azure", { resourceName: "r", resourceType: "foundry" }),
];

const RENAMED: readonly [string, ApiName, JsonObject, JsonObject][] = [
  ["gpt-4o", "completions", { max_tokens: 5 }, { max_completion_tokens: 5 }],
  ["gpt-4o", "completions", { max_tokens: 5, max_completion_tokens: 7 }, {
    max_completion_tokens: 7,
  }],
  ["gpt-4o", "completions", { max_completion_tokens: 7 }, { max_completion_tokens: 7 }],
  ["gpt-4o", "completions", {}, {}],
  ["gpt-4o", "embeddings", { max_tokens: 5 }, { max_tokens: 5 }],
  ["o3", "completions", { max_tokens: 5 }, { max_tokens: 5 }],
  ["my-gpt-4", "completions", { max_tokens: 5 }, { max_tokens: 5 }],
];

for (const [model, api, request, expected] of RENAMED) {
  const claim = `${JSON.stringify(request)} to ${model} as ${JSON.stringify(expected)}`;
  Deno.test(`adapt() sends ${api} of ${claim}`, () => {
    for (const provider of PROVIDERS) {
      for (const forwarded of [true, false]) {
        assert.deepEqual(adapted(provider, request, { api, model, forwarded }), expected);
      }
    }
  });
}

const LOOSE = { type: "object", properties: { a: { type: "array" } }, not: {} };
const FIRM = { type: "object", properties: { a: { type: "array", items: {} } } };
const SCHEMAS: readonly [ApiName, JsonObject, JsonObject][] = [
  ["completions", { type: "function", function: { name: "f", parameters: LOOSE } }, {
    type: "function",
    function: { name: "f", parameters: FIRM },
  }],
  ["completions", { type: "function", function: { name: "f" } }, {
    type: "function",
    function: { name: "f" },
  }],
  ["responses", { type: "function", name: "f", parameters: LOOSE }, {
    type: "function",
    name: "f",
    parameters: FIRM,
  }],
  ["responses", { type: "custom", name: "f" }, { type: "custom", name: "f" }],
];

for (const [api, tool, expected] of SCHEMAS) {
  Deno.test(`adapt() sends ${api} with the tool ${JSON.stringify(expected)}`, () => {
    for (const provider of PROVIDERS) {
      const request = { tools: [tool] };
      assert.deepEqual(adapted(provider, request, { api }), { tools: [expected] });
      assert.equal(adapted(provider, request, { api, forwarded: true }), request);
    }
  });
}

const REASONING = {
  reasoning_content: "r",
  reasoning_details: [{ type: "reasoning.text" }],
  reasoning_signature: "s",
};
const HISTORY = [
  { role: "user", content: "a", reasoning_content: "mine" },
  { role: "assistant", content: "b", ...REASONING },
  { role: "assistant", content: "c" },
];

Deno.test("adapt() strips reasoning from the turns of the model in a translated request", () => {
  for (const provider of PROVIDERS) {
    assert.deepEqual(adapted(provider, { messages: HISTORY, n: 1 }), {
      messages: [HISTORY[0], { role: "assistant", content: "b" }, HISTORY[2]],
      n: 1,
    });
  }
});

Deno.test("adapt() leaves a client's own messages elsewhere, and those of other APIs, alone", () => {
  const elsewhere = { forwarded: true, place: { hostOverridden: true } };
  for (const provider of PROVIDERS) {
    const request = { messages: HISTORY };
    assert.equal(adapted(provider, request, elsewhere), request);
    assert.notEqual(adapted(provider, request, { forwarded: true }), request);
    assert.equal(adapted(provider, request, { api: "responses" }), request);
    const plain = { messages: [HISTORY[0], HISTORY[2], "x", null] };
    assert.equal(adapted(provider, plain), plain);
    assert.deepEqual(adapted(provider, { messages: "x" }), { messages: "x" });
  }
});

Deno.test("adapt() renames and strips in one go", () => {
  const request = { messages: [HISTORY[1]], max_tokens: 3 };
  assert.deepEqual(adapted(openai, request, { model: "gpt-5" }), {
    messages: [{ role: "assistant", content: "b" }],
    max_completion_tokens: 3,
  });
});

Deno.test("adapt() sets a configured moderation in place of the client's", () => {
  const policy = { input: { mode: "block" }, output: { mode: "score" } };
  const moderating = connected("openAI", { moderation: { policy } });
  const moderation = { model: "omni-moderation-latest", policy };
  for (const api of ["completions", "responses"] as const) {
    const sent = { moderation: { model: "own" }, n: 1 };
    assert.deepEqual(adapted(moderating, sent, { api }), { moderation, n: 1 });
  }
  assert.deepEqual(adapted(moderating, {}, { api: "embeddings" }), {});
  assert.deepEqual(adapted(moderating, { max_tokens: 1 }, { model: "gpt-5" }), {
    max_completion_tokens: 1,
    moderation,
  });
  const own = connected("openAI", { moderation: { model: "m" } });
  assert.deepEqual(adapted(own, {}), { moderation: { model: "m" } });
});

const REFUSED: readonly [unknown, string][] = [
  [{ moderation: { policy: { input: { mode: "loud" } } } }, 'expected "score" or "block"'],
  [{ moderation: { model: "" } }, "must not be empty"],
  [{ moderation: { mdoel: "x" } }, 'unknown key "mdoel" (did you mean model?)'],
  [{ model: "" }, "must not be empty"],
];

for (const [settings, message] of REFUSED) {
  Deno.test(`settings of openAI refuse ${JSON.stringify(settings)}`, () => {
    assert.deepEqual(refusals("openAI", settings), [message]);
  });
}

Deno.test("connect() keeps OpenAI's own address", () => {
  assert.equal(openai.origin, "https://api.openai.com");
});
