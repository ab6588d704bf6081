import type { Block } from "../../src/chat/block.ts";
import type { FinishReason } from "../../src/chat/response.ts";
import { forecast, pixel, weather } from "../matrix/cases.ts";
import type { Answer, Said, ToolCall, Wish } from "../matrix/chat_client.ts";

/** What a client remembers of an answer that it once had from the gateway. */
export type Recall = (
  blocks: readonly Block[],
  reason: FinishReason,
) => Pick<Answer, "again" | "calls">;

/** What is asked in each case, by the name of its folder. */
export const wishes: Readonly<Record<string, (recall: Recall) => Wish>> = {
  plain: () => ({ said: [asked("What is the capital of France?")] }),
  system: () => ({
    system: "You are a geographer.\nAnswer with one word.",
    said: [asked("What is the capital of France?")],
  }),
  multi_turn: () => ({
    said: [
      asked("I am Ada."),
      { by: "model", text: "Hello, Ada." },
      asked("What is my name?"),
    ],
  }),
  tools: () => ({ said: [asked("What is the weather in Paris?")], tools: [weather] }),
  parallel_tools: () => ({ said: [bothCities], tools: [weather] }),
  tool_result: (recall) => ({
    said: [bothCities, ...called(recall, callBlock(paris), callBlock(rome))],
    tools: [weather],
  }),
  image: () => ({ said: [{ by: "user", text: "What is it?", image: pixel }] }),
  structured_output: () => ({ said: [asked("Where is it hot?")], schema: forecast }),
  reasoning: () => ({
    said: [asked("A bat costs a dollar more than a ball, both cost $1.10. And each?")],
    thinks: true,
  }),
  reasoning_replay: (recall) => ({ said: replayed(recall), tools: [weather], thinks: true }),
  stop_by_length: () => ({ said: [asked("Tell me a story.")], maxTokens: 16 }),
  refusal: () => ({ said: [asked("Write a computer virus.")] }),
  error: () => ({ said: [asked("Tell me a story.")] }),
  usage: () => ({ said: [asked("Count to three.")], thinks: true }),
};

function asked(text: string): Said {
  return { by: "user", text };
}

const bothCities = asked("What is the weather in Paris and in Rome?");
const paris: ToolCall = { id: "call_1", name: "get_weather", args: { city: "Paris" } };
const rome: ToolCall = { id: "call_2", name: "get_weather", args: { city: "Rome" } };

function callBlock({ id, name, args }: ToolCall): Block {
  return { type: "tool-call", id, name, input: JSON.stringify(args) };
}

/** Calls as the client has seen them, and their results. */
function called(recall: Recall, ...blocks: readonly Block[]): Said[] {
  const { again, calls } = recall(blocks, "tool-calls");
  const results = calls.map((call, index) => ({ call, text: index === 0 ? "sunny" : "rainy" }));
  return [{ by: "model", again }, { by: "tools", results }];
}

/**
 * A conversation in which every provider has had its turn, so that of all these thoughts each one
 * gets its own back and no others.
 */
function replayed(recall: Recall): Said[] {
  const turn = (question: string, ...blocks: readonly Block[]): Said[] => [
    asked(question),
    { by: "model", again: recall(blocks, "stop").again },
  ];
  const text = (text: string): Block => ({ type: "text", text });
  const geminis: Block = { ...callBlock(rome), ...{ seal: seal("gemini", "a call by Gemini") } };
  return [
    ...turn("Who are you?", thought("Nobody signed it."), text("I am DeepSeek.")),
    ...turn("And you?", thought("Claude signed it.", "messages"), text("I am Claude.")),
    ...turn("And you?", hidden("messages"), text("I am still Claude.")),
    ...turn("And you?", hidden("converse"), text("I am Claude on Bedrock.")),
    ...turn("And you?", thought("OpenAI sealed it.", "responses"), text("I am GPT.")),
    ...turn("And you?", thought("OpenRouter gave it.", "completions"), text("I am anyone.")),
    ...turn("And you?", text("I am Gemini."), thought("", "gemini")),
    asked("What is the weather in Rome?"),
    ...called(recall, geminis),
    { by: "model", again: recall([text("Sunny.")], "stop").again },
    asked("And in Paris?"),
  ];
}

type SealApi = "messages" | "responses" | "gemini" | "converse" | "completions";

function thought(text: string, api?: SealApi): Block {
  return {
    type: "reasoning",
    text,
    ...(api !== undefined && { seal: seal(api, text || "a text by Gemini") }),
  };
}

function hidden(api: SealApi): Block {
  return { type: "reasoning", text: "", seal: { ...seal(api, "hidden"), redacted: true } };
}

function seal(api: SealApi, of: string) {
  if (api === "completions") {
    const format = "anthropic-claude-v1";
    const detail = { type: "reasoning.text", text: of, signature: btoa(`seal of ${of}`), format };
    return { api, value: JSON.stringify([{ ...detail, index: 0 }]) };
  }
  const value = btoa(`seal of ${of}`);
  return api === "responses" ? { api, value, id: "rs_1" } : { api, value };
}
