import { Buffer } from "node:buffer";

const model = "gpt-5-mini-2025-08-07";
const content =
  "A gateway between applications and model providers does four things. It finds out where a " +
  "request should go, it checks that the caller may send it, it speaks to the provider in the " +
  "provider's own words, and it counts what was used. Everything else follows from these: a key " +
  "need not be handed to every team, a provider that fails can be replaced while the request is " +
  "in flight, and the bill at the end of the month can be explained line by line.";

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

const commonHeaders = "x-request-id: req_5f1d7a8462fa4cf4a1ac1f5bb3a8f2c6\r\n" +
  "openai-processing-ms: 412\r\nopenai-version: 2020-10-01\r\n" +
  "x-ratelimit-remaining-requests: 29999\r\nx-ratelimit-remaining-tokens: 149999784\r\n";

/** A whole HTTP answer of about 1 KB of JSON, ready to write. */
export const bufferedAnswer: Uint8Array = buffered();

function buffered(): Uint8Array {
  const body = Buffer.from(JSON.stringify({
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
  }));
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${commonHeaders}` +
    `content-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** The head of a streamed HTTP answer. */
export const streamHead: Uint8Array = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n${commonHeaders}` +
    `cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n`,
);

export interface StreamEvents {
  readonly first: Uint8Array;
  readonly token: Uint8Array;
  /** The finish event, the usage event when asked for, `[DONE]` and the end of the HTTP body. */
  readonly last: Uint8Array;
}

const withUsage = events(true);
const withoutUsage = events(false);

/** The events of a stream as ready HTTP chunks; like OpenAI's, all have a `usage` when asked. */
export function streamEvents(includeUsage: boolean): StreamEvents {
  return includeUsage ? withUsage : withoutUsage;
}

function events(includeUsage: boolean): StreamEvents {
  const event = (choices: unknown, used: unknown = null) =>
    httpChunk(JSON.stringify({
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
      httpChunk("[DONE]"),
      Buffer.from("0\r\n\r\n"),
    ]),
  };
}

function httpChunk(data: string): Uint8Array {
  const event = `data: ${data}\n\n`;
  return Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`);
}
