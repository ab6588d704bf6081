import assert from "node:assert/strict";
import { assertNoRefusals, testStandIn } from "../upstreams/claims.ts";
import { CompletionsUpstream } from "../upstreams/completions_upstream.ts";
import { GeminiUpstream } from "../upstreams/gemini_upstream.ts";
import { MessagesUpstream } from "../upstreams/messages_upstream.ts";
import { ResponsesUpstream } from "../upstreams/responses_upstream.ts";
import {
  aiSdkAnthropicLoop,
  aiSdkChatLoop,
  aiSdkGoogleLoop,
  aiSdkResponsesLoop,
} from "./ai_sdk.ts";
import { anthropicLoop } from "./anthropic.ts";
import { genaiLoop } from "./genai.ts";
import { openaiChatLoop } from "./openai_chat.ts";
import { openaiResponsesLoop } from "./openai_responses.ts";
import { toldOfTwoCities } from "./tool_loop.ts";

const deepseek = () => CompletionsUpstream.start({ flavour: "deepseek" });
const openrouter = () => CompletionsUpstream.start({ flavour: "openrouter" });

const all = { input: 100, output: 30, cacheRead: 40, cacheWrite: 10, reasoning: 12 };
const unwritten = { ...all, cacheWrite: 0 };

const rows = [
  ["anthropicLoop", anthropicLoop, MessagesUpstream.start, "claude-haiku-4-5", all, true],
  ["openaiResponsesLoop", openaiResponsesLoop, ResponsesUpstream.start, "gpt-5", all, true],
  ["openaiChatLoop", openaiChatLoop, CompletionsUpstream.start, "gpt-5", all, false],
  ["openaiChatLoop (DeepSeek)", openaiChatLoop, deepseek, "deepseek-reasoner", all, true],
  ["openaiChatLoop (OpenRouter)", openaiChatLoop, openrouter, "x/y", all, true],
  ["genaiLoop", genaiLoop, GeminiUpstream.start, "gemini-2.5-pro", unwritten, true],
  ["genaiLoop (3)", genaiLoop, GeminiUpstream.start, "gemini-3-pro-preview", unwritten, true],
  ["aiSdkChatLoop", aiSdkChatLoop, CompletionsUpstream.start, "gpt-5", all, false],
  ["aiSdkResponsesLoop", aiSdkResponsesLoop, ResponsesUpstream.start, "gpt-5", all, true],
  ["aiSdkAnthropicLoop", aiSdkAnthropicLoop, MessagesUpstream.start, "claude-haiku-4-5", all, true],
  ["aiSdkGoogleLoop", aiSdkGoogleLoop, GeminiUpstream.start, "gemini-3-pro", unwritten, true],
] as const;

for (const [name, toolLoop, start, model, usage, thinks] of rows) {
  for (const stream of [false, true]) {
    const claim = `${name}() asks, calls and tells, ${stream ? "streamed" : "buffered"}`;
    testStandIn(claim, () => start(), async (upstream) => {
      const run = await toolLoop(upstream.url, model, { stream });
      assertNoRefusals(upstream);
      assert.equal(run.text, toldOfTwoCities);
      assert.deepEqual(run.toolCalls, [
        { name: "get_weather", args: { city: "Paris" } },
        { name: "get_weather", args: { city: "Rome" } },
      ]);
      assert.deepEqual(run.usage, usage);
      assert.equal(run.reasoningSeen, thinks);
      if (thinks) assert.match(run.reasoning, /天気/);
      assert.equal(run.rounds, 2);
    });
    testStandIn(`${claim}, one by one`, () => start(), async (upstream) => {
      const question = "Weather in Paris and Rome, one by one?";
      const run = await toolLoop(upstream.url, model, { stream, question });
      assertNoRefusals(upstream);
      assert.equal(run.rounds, 3);
    });
  }
}
