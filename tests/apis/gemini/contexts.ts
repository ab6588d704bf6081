import type { AnswerContext, CallContext } from "../../../src/apis/api.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";

/** A request that says nothing. */
export const EMPTY_CHAT: ChatRequest = {
  api: "gemini",
  model: "asked-model",
  instructions: [],
  turns: [],
  tools: [],
  sampling: {},
  stream: false,
  native: {},
};

/** What reading and writing answers needs; ids count up, so that they can be expected. */
export function testContext(headers: HeadersInit = {}): CallContext & AnswerContext {
  let count = 0;
  return {
    chat: EMPTY_CHAT,
    json: {},
    headers: new Headers(headers),
    createdAtS: 1,
    newId: (prefix) => `${prefix}new${count++}`,
    losses: losses({}),
  };
}
