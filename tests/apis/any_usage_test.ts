import assert from "node:assert/strict";
import { type AnyAnswer, readAnyAnswer } from "../../src/apis/any_usage.ts";

const ANSWERS: readonly (readonly [string, unknown, AnyAnswer])[] = [
  [
    "a chat completion",
    {
      model: "m",
      usage: {
        prompt_tokens: 9,
        completion_tokens: 4,
        prompt_tokens_details: { cached_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    },
    {
      model: "m",
      usage: { inputTokens: 9, outputTokens: 4, cacheReadTokens: 2, reasoningTokens: 1 },
    },
  ],
  ["embeddings", { model: "m", usage: { prompt_tokens: 9 } }, {
    model: "m",
    usage: { inputTokens: 9, outputTokens: 0 },
  }],
  ["an image", { usage: { input_tokens: 5, output_tokens: 100, total_tokens: 105 } }, {
    usage: { inputTokens: 5, outputTokens: 100 },
  }],
  [
    "an event of the responses API",
    {
      type: "response.completed",
      response: {
        model: "m",
        usage: {
          input_tokens: 9,
          input_tokens_details: { cached_tokens: 2 },
          output_tokens: 4,
          output_tokens_details: { reasoning_tokens: 1 },
        },
      },
    },
    {
      model: "m",
      usage: { inputTokens: 9, outputTokens: 4, cacheReadTokens: 2, reasoningTokens: 1 },
    },
  ],
  [
    "the begin of a message",
    {
      type: "message_start",
      message: {
        model: "m",
        usage: {
          input_tokens: 5,
          cache_read_input_tokens: 3,
          cache_creation_input_tokens: 2,
          output_tokens: 1,
        },
      },
    },
    {
      model: "m",
      usage: { inputTokens: 10, outputTokens: 1, cacheReadTokens: 3, cacheWriteTokens: 2 },
    },
  ],
  ["the end of a message", { type: "message_delta", usage: { output_tokens: 7 } }, {
    usage: { outputTokens: 7 },
  }],
  [
    "Google's",
    {
      modelVersion: "m",
      usageMetadata: {
        promptTokenCount: 9,
        candidatesTokenCount: 4,
        thoughtsTokenCount: 3,
        cachedContentTokenCount: 2,
      },
    },
    {
      model: "m",
      usage: { inputTokens: 9, outputTokens: 7, cacheReadTokens: 2, reasoningTokens: 3 },
    },
  ],
  ["Bedrock's", { usage: { inputTokens: 5, outputTokens: 4, cacheReadInputTokens: 2 } }, {
    usage: { inputTokens: 7, outputTokens: 4, cacheReadTokens: 2 },
  }],
  ["an answer without usage", { model: "m", data: [] }, { model: "m" }],
  ["a usage of other words", { usage: { characters: 3 } }, {}],
  ["a list", [1], {}],
  ["counts that are none", { usage: { prompt_tokens: "9", completion_tokens: -1 } }, {
    usage: { outputTokens: 0 },
  }],
];

for (const [whose, answer, expected] of ANSWERS) {
  Deno.test(`readAnyAnswer() reads ${whose}`, () => {
    assert.deepEqual(readAnyAnswer(answer), expected);
  });
}
