import type { JsonObject } from "../../../src/apis/api.ts";
import { messagesCall } from "../../../src/apis/messages/index.ts";
import type { ChatEvent } from "../../../src/chat/events.ts";
import { callContext } from "./fixtures.ts";

/** The steps that a provider's events make, with those at the end of the connection. */
export function steps(
  events: readonly JsonObject[],
  context = callContext(),
): readonly ChatEvent[] {
  const reader = messagesCall.readStream(context);
  return [...events.flatMap((event) => reader.push(JSON.stringify(event))), ...reader.end()];
}

const MESSAGE = {
  id: "msg_1",
  model: "claude-x",
  usage: {
    input_tokens: 5,
    cache_read_input_tokens: 2,
    output_tokens: 1,
    service_tier: "standard",
  },
};
/** The first event of an answer. */
export const START = { type: "message_start", message: MESSAGE };
/** The start of a block. */
export const begin = (index: number, content_block: JsonObject) => ({
  type: "content_block_start",
  index,
  content_block,
});
/** A change of a block. */
export const change = (index: number, delta: JsonObject) => ({
  type: "content_block_delta",
  index,
  delta,
});
/** The end of a block. */
export const close = (index: number) => ({ type: "content_block_stop", index });
/** The change of the message that says why it ended, or counts. */
export const ended = (delta: JsonObject, usage?: JsonObject) => ({
  type: "message_delta",
  delta,
  usage,
});
/** The last event of an answer. */
export const STOP = { type: "message_stop" };
/** The end of an answer that ends as usual. */
export const DONE = [ended({ stop_reason: "end_turn" }), STOP];
/** The step that `START` makes. */
export const STARTED: ChatEvent = {
  type: "start",
  id: "msg_1",
  model: "claude-x",
  usage: { inputTokens: 7, cacheReadTokens: 2, outputTokens: 1 },
  serviceTier: "standard",
};
