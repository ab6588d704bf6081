import assert from "node:assert/strict";
import type { JsonObject } from "../../../src/apis/api.ts";
import { view } from "../../../src/apis/completions/view.ts";
import { readUsage } from "../../../src/apis/completions/wire.ts";

const PATH = "/v1/chat/completions";

const CHECKED: readonly [JsonObject, string | undefined][] = [
  [{ model: "m" }, undefined],
  [{ model: "m", stream: true, odd: 1 }, undefined],
  [{ model: "m", stream: null }, undefined],
  [{}, "model"],
  [{ model: null }, "model"],
  [{ model: "m", stream: "true" }, "stream"],
  [{ model: "m", stream: 1 }, "stream"],
];

for (const [request, param] of CHECKED) {
  Deno.test(`check() of ${JSON.stringify(request)} complains of ${param}`, () => {
    if (param === undefined) return view.check(request, PATH);
    assert.throws(() => view.check(request, PATH), { kind: "invalid-request", param });
  });
}

Deno.test("streams() believes the body alone", () => {
  assert.equal(view.streams({ stream: true }, PATH), true);
  assert.equal(view.streams({ stream: null }, PATH), false);
  assert.equal(view.streams({}, `${PATH}?alt=sse`), false);
});

const ASKED: readonly [JsonObject, unknown][] = [
  [{}, undefined],
  [{ stream: false }, undefined],
  [{ stream: true }, { include_usage: true }],
  [{ stream: true, stream_options: null }, { include_usage: true }],
  [{ stream: true, stream_options: { include_usage: false, x: 1 } }, { include_usage: true, x: 1 }],
  [{ stream: true, stream_options: { include_usage: true } }, undefined],
  [{ stream: true, stream_options: "x" }, undefined],
  [{ stream: true, stream_options: [] }, undefined],
];

for (const [request, options] of ASKED) {
  Deno.test(`askForUsage() of ${JSON.stringify(request)} sets ${JSON.stringify(options)}`, () => {
    assert.deepEqual(view.askForUsage(request)?.set?.stream_options, options);
  });
}

Deno.test("parameters() names what is there and a number", () => {
  assert.deepEqual(
    view.parameters({
      temperature: 0,
      top_p: 0.5,
      max_tokens: 1,
      max_completion_tokens: 2,
      frequency_penalty: "no",
      presence_penalty: null,
      seed: 9,
    }),
    { temperature: 0, topP: 0.5, maxTokens: 2, seed: 9 },
  );
  assert.deepEqual(view.parameters({ max_tokens: 1 }), { maxTokens: 1 });
});

Deno.test("promptLength() counts text in strings and parts, and nothing else", () => {
  const messages = [
    { role: "system", content: "123" },
    { role: "user", content: [{ type: "text", text: "45" }, { type: "image_url", image_url: {} }] },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ function: { name: "f", arguments: "{}" } }],
    },
    null,
    "odd",
  ];
  assert.equal(view.promptLength({ messages }), 8);
  assert.equal(view.promptLength({}), 0);
});

Deno.test("readAnswer() reads model, usage and the text of all choices", () => {
  const answer = {
    model: "m-1",
    choices: [{ message: { content: "12" } }, { message: { content: "3" } }, 7],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
  };
  assert.deepEqual(view.readAnswer(answer), {
    model: "m-1",
    usage: { inputTokens: 1, outputTokens: 2 },
    textLength: 3,
  });
  assert.deepEqual(view.readAnswer({ odd: true, choices: "x", model: 3 }), { textLength: 0 });
});

const USAGES: readonly [unknown, unknown][] = [
  [undefined, undefined],
  [null, undefined],
  [[1], undefined],
  [{}, undefined],
  [{ total_tokens: 9 }, undefined],
  [{ prompt_tokens: 4, completion_tokens: 0, total_tokens: 9 }, {
    inputTokens: 4,
    outputTokens: 5,
  }],
  [{ prompt_tokens: 4, completion_tokens: 1, total_tokens: 9 }, {
    inputTokens: 4,
    outputTokens: 1,
  }],
  [{ prompt_tokens: 5, completion_tokens: 1, prompt_cache_hit_tokens: 3 }, {
    inputTokens: 5,
    outputTokens: 1,
    cacheReadTokens: 3,
  }],
  [{ prompt_tokens: 0, completion_tokens: 0 }, { inputTokens: 0, outputTokens: 0 }],
  [{ prompt_tokens: 5 }, { inputTokens: 5 }],
  [{ prompt_tokens: -1, completion_tokens: 2 }, { outputTokens: 2 }],
  [{ prompt_tokens: "5", completion_tokens: 2 }, { outputTokens: 2 }],
  [
    {
      prompt_tokens: 5,
      completion_tokens: 6,
      prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 3 },
      cache_read_input_tokens: 8,
      cache_creation_input_tokens: 9,
    },
    {
      inputTokens: 5,
      outputTokens: 6,
      cacheReadTokens: 1,
      cacheWriteTokens: 2,
      reasoningTokens: 3,
    },
  ],
  [
    {
      prompt_tokens: 5,
      completion_tokens: 6,
      prompt_tokens_details: null,
      cache_read_input_tokens: 8,
      cache_creation_input_tokens: 9,
    },
    { inputTokens: 5, outputTokens: 6, cacheReadTokens: 8, cacheWriteTokens: 9 },
  ],
];

for (const [value, expected] of USAGES) {
  Deno.test(`readUsage() of ${JSON.stringify(value)}`, () => {
    assert.deepEqual(readUsage(value), expected);
  });
}
