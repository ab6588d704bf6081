import { Buffer } from "node:buffer";
import {
  type Answers,
  bodyEnd,
  httpChunk,
  prose,
  receivedText,
  type StreamEvents,
  streamHead,
  wholeAnswer,
} from "./http_answer.ts";

const model = "gpt-5-mini-2025-08-07";

const usage = {
  prompt_tokens: 213,
  completion_tokens: 87,
  total_tokens: 300,
  prompt_tokens_details: { cached_tokens: 128, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};

const headers = "x-request-id: req_5f1d7a8462fa4cf4a1ac1f5bb3a8f2c6\r\n" +
  "openai-processing-ms: 412\r\nopenai-version: 2020-10-01\r\n" +
  "x-ratelimit-remaining-requests: 29999\r\nx-ratelimit-remaining-tokens: 149999784\r\n";

const withUsage = events(true);
const withoutUsage = events(false);

/** OpenAI's chat completions; the events of a stream all have a `usage` when it was asked for. */
export const completionsAnswers: Answers = {
  whole: completion(prose),
  received: (bytes) => completion(receivedText(bytes)),
  streamHead: streamHead(headers),
  stream: (body) => body.includes('"include_usage":true') ? withUsage : withoutUsage,
};

function completion(content: string): Uint8Array {
  return wholeAnswer(headers, {
    id: "chatcmpl-CJw6Zr3x7nUu1mNqk0dO2V9fYy3sT",
    object: "chat.completion",
    created: 1_758_000_000,
    model,
    choices: [{
      index: 0,
      message: { role: "assistant", content, refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: "stop",
    }],
    usage,
    service_tier: "default",
    system_fingerprint: "fp_51db84afab",
  });
}

function events(includeUsage: boolean): StreamEvents {
  const event = (choices: unknown, used: unknown = null) =>
    eventChunk(JSON.stringify({
      id: "chatcmpl-CJw6Zr3x7nUu1mNqk0dO2V9fYy3sT",
      object: "chat.completion.chunk",
      created: 1_758_000_000,
      model,
      service_tier: "default",
      system_fingerprint: "fp_51db84afab",
      choices,
      ...(includeUsage ? { usage: used } : {}),
      obfuscation: "Zk3pQ8vR",
    }));
  const choice = (delta: unknown, finish: string | null) => [
    { index: 0, delta, logprobs: null, finish_reason: finish },
  ];
  return {
    first: event(choice({ role: "assistant", content: "", refusal: null }, null)),
    token: event(choice({ content: " gateway" }, null)),
    last: Buffer.concat([
      event(choice({}, "stop")),
      ...(includeUsage ? [event([], usage)] : []),
      eventChunk("[DONE]"),
      bodyEnd,
    ]),
  };
}

function eventChunk(data: string): Uint8Array {
  return httpChunk(`data: ${data}\n\n`);
}
