import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogle } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import {
  generateText,
  isStepCount,
  type LanguageModel,
  type LanguageModelUsage,
  streamText,
  tool,
} from "ai";
import { z } from "zod";
import {
  type LoopOptions,
  type LoopRun,
  type ToolLoop,
  twoCities,
  weatherIn,
  weatherTool,
} from "./tool_loop.ts";

/** The AI SDK's provider of OpenAI on chat completions; it knows no reasoning there. */
export const aiSdkChatLoop: ToolLoop = (baseUrl, model, options) =>
  run(
    "chat",
    createOpenAI({ ...settings(options), baseURL: `${baseUrl}/v1` }).chat(model),
    options,
  );

/** The AI SDK's provider of OpenAI on responses, storing nothing. */
export const aiSdkResponsesLoop: ToolLoop = (baseUrl, model, options) =>
  run(
    "responses",
    createOpenAI({ ...settings(options), baseURL: `${baseUrl}/v1` }).responses(model),
    options,
  );

/** The AI SDK's provider of Anthropic. */
export const aiSdkAnthropicLoop: ToolLoop = (baseUrl, model, options) =>
  run(
    "anthropic",
    createAnthropic({ ...settings(options), baseURL: `${baseUrl}/v1` })(model),
    options,
  );

/** The AI SDK's provider of Google. */
export const aiSdkGoogleLoop: ToolLoop = (baseUrl, model, options) =>
  run(
    "google",
    createGoogle({ ...settings(options), baseURL: `${baseUrl}/v1beta` })(model),
    options,
  );

function settings({ apiKey = "sk-client", headers = {} }: LoopOptions) {
  return { apiKey, headers: { ...headers } };
}

const tools = {
  get_weather: tool({
    description: weatherTool.description,
    inputSchema: z.object({ city: z.string() }),
    execute: (input) => weatherIn(input),
  }),
};

/** Asks each provider for reasoning that comes back with the next request. */
const providerOptions = {
  chat: { openai: { forceReasoning: true, reasoningEffort: "low" } },
  responses: {
    openai: {
      ...{ store: false, forceReasoning: true, reasoningEffort: "low", reasoningSummary: "auto" },
      include: ["reasoning.encrypted_content"],
    },
  },
  anthropic: { anthropic: { thinking: { type: "enabled", budgetTokens: 1024 } } },
  google: { google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } } },
};

async function run(
  api: keyof typeof providerOptions,
  model: LanguageModel,
  options: LoopOptions,
): Promise<LoopRun> {
  const { stream, question = twoCities } = options;
  const params = {
    ...{ model, tools, prompt: question, maxRetries: 0, maxOutputTokens: 4096 },
    providerOptions: providerOptions[api],
    stopWhen: isStepCount(6),
  };
  const failures: unknown[] = [];
  const onError = ({ error }: { error: unknown }) => {
    failures.push(error);
  };
  const result = stream ? streamText({ ...params, onError }) : await generateText(params);
  const steps = await settled(result.steps, failures);
  const reasoning = steps.map(({ reasoningText }) => reasoningText ?? "").join("\n").trim();
  const last = steps.at(-1);
  return {
    text: last?.text ?? "",
    toolCalls: steps.flatMap(({ toolCalls }) =>
      toolCalls.map(({ toolName, input }) => ({ name: toolName, args: input }))
    ),
    usage: usageOf(last?.usage),
    reasoning,
    reasoningSeen: reasoning !== "",
    rounds: steps.length,
  };
}

/** A stream says why it failed apart from its promises. */
async function settled<Value>(
  value: Value | PromiseLike<Value>,
  failures: readonly unknown[],
): Promise<Value> {
  try {
    const done = await value;
    if (failures.length === 0) return done;
  } catch (error) {
    throw failures[0] ?? error;
  }
  throw failures[0];
}

function usageOf(usage: LanguageModelUsage | undefined) {
  return {
    input: usage?.inputTokens ?? 0,
    output: usage?.outputTokens ?? 0,
    cacheRead: usage?.inputTokenDetails.cacheReadTokens ?? 0,
    cacheWrite: usage?.inputTokenDetails.cacheWriteTokens ?? 0,
    reasoning: usage?.outputTokenDetails.reasoningTokens ?? 0,
  };
}
