import type { AnswerContext, CallContext, JsonObject } from "../../../src/apis/api.ts";
import { serve } from "../../../src/apis/completions/serve.ts";
import { writeRequest } from "../../../src/apis/completions/call.ts";
import type { Block } from "../../../src/chat/block.ts";
import { type Losses, losses } from "../../../src/chat/losses.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";

/** A request that says no more than a test wants it to. */
export function chatOf(more: Partial<ChatRequest> = {}): ChatRequest {
  return {
    api: "messages",
    model: "m",
    instructions: [],
    turns: [],
    tools: [],
    sampling: {},
    stream: false,
    native: {},
    ...more,
  };
}

/** What a client's request is read as. */
export function readChat(json: JsonObject): ChatRequest {
  return serve.readRequest({
    json: { model: "m", messages: [], ...json },
    model: "m",
    streaming: json.stream === true,
    headers: new Headers(),
  });
}

/** What is sent upstream, and what was lost, as `kind concept`. */
export function written(chat: ChatRequest): { body: JsonObject; lost: string[] } {
  const lost = losses({});
  const body = writeRequest(chat, lost);
  return { body, lost: lostIn(lost) };
}

/** Losses as `kind field`. */
export function lostIn({ found }: Losses): string[] {
  return found.map(({ kind, field }) => `${kind} ${field}`);
}

/** The messages that blocks of the user and of the assistant become. */
export function messagesOf(...turns: readonly (readonly ["user" | "assistant", ...Block[]])[]) {
  return written(chatOf({
    turns: turns.map(([role, ...blocks]) => ({ role, blocks })),
  })).body.messages;
}

/** What an answer to a client needs. */
export function answering(json: JsonObject = {}, lost = losses({})): AnswerContext {
  return { json, chat: chatOf({ model: "asked" }), createdAtS: 7, newId: counted(), losses: lost };
}

/** What reading a provider's answer needs. */
export function calling(chat = chatOf(), lost = losses({})): CallContext {
  return { chat, headers: new Headers(), newId: counted(), losses: lost };
}

function counted(): (prefix: string) => string {
  let count = 0;
  return (prefix) => `${prefix}${++count}`;
}
