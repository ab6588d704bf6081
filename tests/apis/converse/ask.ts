import type { JsonObject } from "../../../src/apis/api.ts";
import { converseCall } from "../../../src/apis/converse/index.ts";
import type { Block } from "../../../src/chat/block.ts";
import { type Loss, losses } from "../../../src/chat/losses.ts";
import type { ChatRequest } from "../../../src/chat/request.ts";

/** A model that takes most of what the API can say. */
export const SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

/** A question with whatever a test is about. */
export function chatOf(parts: Partial<ChatRequest> = {}): ChatRequest {
  return {
    api: "completions",
    model: SONNET,
    instructions: [],
    turns: [{ role: "user", blocks: [text("Hello")] }],
    tools: [],
    sampling: {},
    stream: false,
    native: {},
    ...parts,
  };
}

/** The request that a chat is sent as, with what it lost; losses are named by their concepts. */
export function ask(
  parts: Partial<ChatRequest> = {},
): { readonly request: JsonObject; readonly found: readonly string[] } {
  const gathered = losses({});
  const request = converseCall.writeRequest(chatOf(parts), gathered);
  return { request, found: gathered.found.map(worded) };
}

function worded({ kind, field }: Loss): string {
  return `${kind} ${field}`;
}

/** A block of text. */
export function text(words: string): Block {
  return { type: "text", text: words };
}

/** A call of a tool. */
export function call(id: string, name: string, input = "{}"): Block {
  return { type: "tool-call", id, name, input };
}

/** What a tool gave back. */
export function result(callId: string, ...blocks: readonly Block[]): Block {
  return { type: "tool-result", callId, blocks };
}
