import type { Block } from "../chat/block.ts";
import type { ChatResponse } from "../chat/response.ts";

/** Characters of text in an answer, for an estimate where the provider reports no usage. */
export function answerLength({ choices }: ChatResponse): number {
  let length = 0;
  for (const { blocks } of choices) for (const block of blocks) length += blockLength(block);
  return length;
}

/** Characters of text in a block, tool calls included. */
export function blockLength(block: Block): number {
  switch (block.type) {
    case "text":
    case "reasoning":
    case "refusal":
      return block.text.length;
    case "tool-call":
      return block.name.length + block.input.length;
    default:
      return 0;
  }
}
