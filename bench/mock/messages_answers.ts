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

const inputUsage = {
  input_tokens: 85,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 128,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
};

const headers = "request-id: req_011CSHoEeqs5C35K2UUqR7Fy\r\n" +
  "anthropic-organization-id: 7a1b3c5d-0e2f-4a6b-8c9d-1e3f5a7b9c0d\r\n" +
  "anthropic-ratelimit-requests-remaining: 3999\r\n" +
  "anthropic-ratelimit-tokens-remaining: 399000\r\n";

/** Anthropic's messages. */
export const messagesAnswers: Answers = {
  whole: message(prose),
  received: (bytes) => message(receivedText(bytes)),
  streamHead: streamHead(headers),
  stream: () => events,
};

const events: StreamEvents = {
  first: Buffer.concat([
    eventChunk({
      type: "message_start",
      message: {
        ...head(),
        content: [],
        stop_reason: null,
        usage: { ...inputUsage, output_tokens: 1, service_tier: "standard" },
      },
    }),
    eventChunk({
      type: "content_block_start",
      index: 0,
      content_block: { type: "text", text: "" },
    }),
    eventChunk({ type: "ping" }),
  ]),
  token: eventChunk({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: " gateway" },
  }),
  last: Buffer.concat([
    eventChunk({ type: "content_block_stop", index: 0 }),
    eventChunk({
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { ...inputUsage, output_tokens: 87 },
    }),
    eventChunk({ type: "message_stop" }),
    bodyEnd,
  ]),
};

function message(text: string): Uint8Array {
  return wholeAnswer(headers, {
    ...head(),
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
    usage: { ...inputUsage, output_tokens: 87, service_tier: "standard" },
  });
}

function head() {
  return {
    model: "claude-sonnet-4-5-20250929",
    id: "msg_01XFDUDYJgAACzvnptvVoYEL",
    type: "message",
    role: "assistant",
    stop_sequence: null,
  };
}

interface Event {
  readonly type: string;
  readonly [member: string]: unknown;
}

function eventChunk(data: Event): Uint8Array {
  return httpChunk(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
}
