import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { serve } from "../../../src/apis/completions/serve.ts";
import { chatOf, readChat } from "./chats.ts";

const READ: readonly [JsonObject, JsonObject][] = [
  [{ temperature: 0 }, { sampling: { temperature: 0 } }],
  [{ top_p: 0.5 }, { sampling: { topP: 0.5 } }],
  [{ top_k: 40 }, { sampling: { topK: 40 } }],
  [{ stop: "END" }, { sampling: { stop: ["END"] } }],
  [{ stop: ["a", "b"] }, { sampling: { stop: ["a", "b"] } }],
  [{ stop: [] }, {}],
  [{ seed: 7 }, { sampling: { seed: 7 } }],
  [{ frequency_penalty: 1 }, { sampling: { frequencyPenalty: 1 } }],
  [{ presence_penalty: -1 }, { sampling: { presencePenalty: -1 } }],
  [{ logit_bias: { "50256": -100 } }, { sampling: { logitBias: { "50256": -100 } } }],
  [{ logit_bias: {} }, {}],
  [{ logprobs: true }, { sampling: { topLogprobs: 0 } }],
  [{ logprobs: true, top_logprobs: 3 }, { sampling: { topLogprobs: 3 } }],
  [{ logprobs: false, top_logprobs: 0 }, {}],
  [{ top_logprobs: 3 }, { native: { top_logprobs: 3 } }],
  [{ n: 2 }, { candidates: 2 }],
  [{ n: 1 }, {}],
  [{ max_tokens: 5 }, { maxOutputTokens: 5 }],
  [{ max_tokens: 5, max_completion_tokens: 6 }, { maxOutputTokens: 6 }],
  [{ reasoning_effort: "high" }, { reasoning: { effort: "high" } }],
  [{ reasoning_effort: "none" }, { reasoning: { enabled: false } }],
  [{ verbosity: "low" }, { verbosity: "low" }],
  [{ user: "u" }, { user: "u" }],
  [{ metadata: { team: "a" } }, { metadata: { team: "a" } }],
  [{ service_tier: "flex" }, { serviceTier: "flex" }],
  [{ parallel_tool_calls: false }, { parallelToolCalls: false }],
  [{ response_format: { type: "text" } }, { output: { type: "text" } }],
  [{ response_format: { type: "json_object" } }, { output: { type: "json" } }],
  [
    { response_format: { type: "json_schema", json_schema: { name: "n", schema: { a: 1 } } } },
    { output: { type: "json-schema", schema: { a: 1 }, name: "n" } },
  ],
  [
    {
      response_format: {
        type: "json_schema",
        json_schema: { name: "n", description: "d", strict: true, schema: {} },
      },
    },
    { output: { type: "json-schema", schema: {}, name: "n", description: "d", strict: true } },
  ],
  [
    { response_format: { type: "grammar", grammar: "g" } },
    { native: { response_format: { type: "grammar", grammar: "g" } } },
  ],
  [
    { response_format: { type: "json_schema", json_schema: { name: "n", mode: "fast" } } },
    {
      output: { type: "json-schema", schema: undefined, name: "n" },
      native: { "response_format.json_schema.mode": "fast" },
    },
  ],
  [{ stream: true, stream_options: { include_usage: true } }, { stream: true }],
  [{ stream: null, stream_options: null, temperature: null, tools: null, user: null }, {}],
];

for (const [json, expected] of READ) {
  Deno.test(`readRequest() of ${JSON.stringify(json)}`, () => {
    const native = {}, sampling = {};
    assert.deepEqual(readChat(json), chatOf({ api: "completions", native, sampling, ...expected }));
  });
}

const NATIVE: JsonObject = {
  audio: { voice: "alloy", format: "mp3" },
  modalities: ["text", "audio"],
  moderation: { model: "m" },
  prediction: { type: "content", content: "x" },
  prompt_cache_key: "k",
  prompt_cache_options: { mode: "explicit" },
  prompt_cache_retention: "24h",
  safety_identifier: "s",
  store: false,
  web_search_options: {},
  thinking_config: { thinkingBudget: 1 },
  safety_settings: [{ category: "c" }],
  reasoning: { effort: "high" },
  constructor: 1,
};

Deno.test("readRequest() keeps every member that nothing models under its own name", () => {
  assert.deepEqual(readChat(NATIVE).native, NATIVE);
  assert.deepEqual(Object.keys(readChat({ audio: null, modalities: [] }).native), []);
});

Deno.test("readRequest() takes a member of any name", () => {
  const json: JsonObject = JSON.parse(`{"model":"m","messages":[],"__proto__":{"x":1}}`);
  assert.deepEqual(Object.keys(readChat({ ...json }).native), ["__proto__"]);
});

Deno.test("readRequest() takes the model and the way of the answer from beside the body", () => {
  const json = { model: "theirs", messages: [], stream: false };
  const headers = new Headers();
  const chat = serve.readRequest({ json, model: "ours", streaming: true, headers });
  assert.deepEqual([chat.model, chat.stream, chat.api], ["ours", true, "completions"]);
});

const REFUSED: readonly [JsonObject, string][] = [
  [{ messages: undefined }, "messages"],
  [{ messages: null }, "messages"],
  [{ messages: "hi" }, "messages"],
  [{ messages: ["hi"] }, "messages[0]"],
  [{ temperature: "hot" }, "temperature"],
  [{ stop: 7 }, "stop"],
  [{ stop: ["a", 7] }, "stop"],
  [{ logit_bias: [] }, "logit_bias"],
  [{ logit_bias: { "7": "x" } }, "logit_bias.7"],
  [{ logprobs: 1 }, "logprobs"],
  [{ n: "2" }, "n"],
  [{ max_tokens: "5" }, "max_tokens"],
  [{ reasoning_effort: 3 }, "reasoning_effort"],
  [{ metadata: "x" }, "metadata"],
  [{ response_format: "json" }, "response_format"],
  [{ response_format: { type: "json_schema" } }, "response_format.json_schema"],
  [
    { response_format: { type: "json_schema", json_schema: { strict: "yes" } } },
    "response_format.json_schema.strict",
  ],
  [{ parallel_tool_calls: "no" }, "parallel_tool_calls"],
];

for (const [json, param] of REFUSED) {
  Deno.test(`readRequest() of ${JSON.stringify(json)} complains of ${param}`, () => {
    assert.throws(() => readChat(json), { kind: "invalid-request", param });
  });
}
