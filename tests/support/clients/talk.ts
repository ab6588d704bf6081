import Anthropic from "@anthropic-ai/sdk";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogle } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { GoogleGenAI } from "@google/genai";
import { generateText, type LanguageModel, streamText } from "ai";
import OpenAI from "openai";
import type { LoopName } from "./index.ts";

/** One question, and whom to put it to. */
export interface Question {
  /** Scheme and authority. */
  readonly baseUrl: string;
  readonly model: string;
  readonly text: string;
  readonly signal?: AbortSignal;
}

/** A client's SDK, asked one question. */
export interface Talker {
  /** The text of the answer. */
  readonly whole: (question: Question) => Promise<string>;
  /** The pieces of the answer's text, as they come. */
  readonly streamed: (question: Question) => AsyncIterable<string>;
}

const openai = ({ baseUrl }: Question) =>
  new OpenAI({ baseURL: `${baseUrl}/v1`, apiKey: "sk-client", maxRetries: 0 });

const openaiChat: Talker = {
  async whole(question) {
    const { choices } = await openai(question).chat.completions.create(
      chatOf(question),
      optionsOf(question),
    );
    return choices[0]?.message.content ?? "";
  },
  async *streamed(question) {
    const stream = await openai(question).chat.completions.create(
      { ...chatOf(question), stream: true },
      optionsOf(question),
    );
    for await (const { choices } of stream) yield* said(choices[0]?.delta.content);
  },
};

const openaiResponses: Talker = {
  async whole(question) {
    const made = await openai(question).responses.create(inputOf(question), optionsOf(question));
    return made.output_text;
  },
  async *streamed(question) {
    const stream = await openai(question).responses.create(
      { ...inputOf(question), stream: true },
      optionsOf(question),
    );
    for await (const event of stream) {
      if (event.type === "response.output_text.delta") yield event.delta;
    }
  },
};

const anthropicClient = ({ baseUrl }: Question) =>
  new Anthropic({ baseURL: baseUrl, apiKey: "sk-client", maxRetries: 0 });

const anthropic: Talker = {
  async whole(question) {
    const { content } = await anthropicClient(question).messages.create(
      { ...chatOf(question), max_tokens: 1024 },
      optionsOf(question),
    );
    return content.map((block) => block.type === "text" ? block.text : "").join("");
  },
  async *streamed(question) {
    const stream = await anthropicClient(question).messages.create(
      { ...chatOf(question), max_tokens: 1024, stream: true },
      optionsOf(question),
    );
    for await (const event of stream) {
      if (event.type !== "content_block_delta") continue;
      if (event.delta.type === "text_delta") yield event.delta.text;
    }
  },
};

const googleModels = ({ baseUrl }: Question) =>
  new GoogleGenAI({ apiKey: "AIza-client", httpOptions: { baseUrl } }).models;

const genai: Talker = {
  async whole(question) {
    const { text } = await googleModels(question).generateContent(contentsOf(question));
    return text ?? "";
  },
  async *streamed(question) {
    const stream = await googleModels(question).generateContentStream(contentsOf(question));
    for await (const { text } of stream) yield* said(text);
  },
};

function aiSdk(modelOf: (question: Question) => LanguageModel): Talker {
  const paramsOf = (question: Question) => ({
    ...{ model: modelOf(question), prompt: question.text, maxRetries: 0 },
    ...(question.signal && { abortSignal: question.signal }),
  });
  return {
    async whole(question) {
      return (await generateText(paramsOf(question))).text;
    },
    async *streamed(question) {
      let failure: unknown;
      const onError = ({ error }: { error: unknown }) => {
        failure = error;
      };
      yield* streamText({ ...paramsOf(question), onError }).textStream;
      if (failure !== undefined) throw failure;
    },
  };
}

const v1 = ({ baseUrl }: Question) => ({ baseURL: `${baseUrl}/v1`, apiKey: "sk-client" });
const v1beta = ({ baseUrl }: Question) => ({ baseURL: `${baseUrl}/v1beta`, apiKey: "sk-client" });

/** The clients of the loops, each with one question at a time. */
export const talkers: Readonly<Record<LoopName, Talker>> = {
  "openai chat": openaiChat,
  "openai responses": openaiResponses,
  "anthropic": anthropic,
  "genai": genai,
  "ai-sdk chat": aiSdk((question) => createOpenAI(v1(question)).chat(question.model)),
  "ai-sdk responses": aiSdk((question) => createOpenAI(v1(question)).responses(question.model)),
  "ai-sdk anthropic": aiSdk((question) => createAnthropic(v1(question))(question.model)),
  "ai-sdk google": aiSdk((question) => createGoogle(v1beta(question))(question.model)),
};

function chatOf({ model, text }: Question) {
  return { model, messages: [{ role: "user" as const, content: text }] };
}

function inputOf({ model, text }: Question) {
  return { model, input: text, store: false };
}

function contentsOf({ model, text, signal }: Question) {
  return { model, contents: text, ...(signal && { config: { abortSignal: signal } }) };
}

function optionsOf({ signal }: Question) {
  return signal === undefined ? {} : { signal };
}

function said(text: string | null | undefined): string[] {
  return text === null || text === undefined || text === "" ? [] : [text];
}
