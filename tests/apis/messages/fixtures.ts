import type { AnswerContext, CallContext, JsonObject } from "../../../src/apis/api.ts";
import { serve } from "../../../src/apis/messages/serve.ts";
import { type Losses, losses } from "../../../src/chat/losses.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";

/** A model that thinks with a budget and takes all sampling. */
export const OLD_MODEL = "claude-sonnet-4-20250514";

/** A chat of one short turn, with changes. */
export function chatWith(changes: Partial<ChatRequest> = {}): ChatRequest {
  return {
    api: "completions",
    model: OLD_MODEL,
    instructions: [],
    turns: [{ role: "user", blocks: [{ type: "text", text: "hi" }] }],
    tools: [],
    sampling: {},
    stream: false,
    native: {},
    ...changes,
  };
}

/** A list of losses that names concepts by themselves. */
export function noLosses(): Losses {
  return losses({});
}

/** Losses as short texts: `dropped seed`. */
export function lossesOf({ found }: Losses): string[] {
  return found.map(({ kind, field }) => `${kind} ${field}`);
}

/** What reading an answer takes. */
export function callContext(changes: Partial<CallContext> = {}): CallContext {
  return {
    chat: chatWith(),
    headers: new Headers(),
    newId: (prefix) => `${prefix}new`,
    losses: noLosses(),
    ...changes,
  };
}

/** What writing an answer takes. */
export function answerContext(changes: Partial<AnswerContext> = {}): AnswerContext {
  return {
    json: {},
    chat: chatWith({ api: "messages" }),
    createdAtS: 1_700_000_000,
    newId: (prefix) => `${prefix}new`,
    losses: noLosses(),
    ...changes,
  };
}

/** Reads a request as the gateway does. */
export function readRequest(json: JsonObject): ChatRequest {
  return serve.readRequest({
    json: { messages: [], ...json },
    model: typeof json.model === "string" ? json.model : OLD_MODEL,
    streaming: json.stream === true,
    headers: new Headers(),
  });
}
