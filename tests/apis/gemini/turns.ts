import { writeContents } from "../../../src/apis/gemini/write_contents.ts";
import type { Block, ToolCallBlock, ToolResultBlock } from "../../../src/chat/block.ts";
import { losses } from "../../../src/chat/losses.ts";
import type { ChatRequest, Turn } from "../../../src/chat/request.ts";

export const G2 = "gemini-2.5-flash", G3 = "gemini-3-pro-preview";

export function written(turns: readonly Turn[], model: string, more: Partial<ChatRequest> = {}) {
  const found = losses({});
  const chat: ChatRequest = {
    api: "completions",
    model,
    instructions: [],
    turns,
    tools: [],
    sampling: {},
    stream: false,
    native: {},
    ...more,
  };
  const contents = writeContents(chat, found);
  return { contents, lost: found.found.map(({ kind, field }) => `${kind}:${field}`) };
}

export const text = (value: string): Block => ({ type: "text", text: value });
export const user = (...blocks: Block[]): Turn => ({ role: "user", blocks });
export const model = (...blocks: Block[]): Turn => ({ role: "assistant", blocks });
export const call = (id: string, more: Partial<ToolCallBlock> = {}): ToolCallBlock => ({
  type: "tool-call",
  id,
  name: `fn_${id}`,
  input: `{"id":"${id}"}`,
  ...more,
});
export const result = (callId: string, more: Partial<ToolResultBlock> = {}): ToolResultBlock => ({
  type: "tool-result",
  callId,
  blocks: [text(`result of ${callId}`)],
  ...more,
});
