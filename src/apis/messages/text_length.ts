import { isMapping } from "../../lib/mapping.ts";

/** Characters of text in a message's content: words, thoughts, calls of tools and their results. */
export function textLength(content: unknown): number {
  if (typeof content === "string") return content.length;
  if (!Array.isArray(content)) return 0;
  return content.reduce((sum: number, block) => sum + blockLength(block), 0);
}

function blockLength(block: unknown): number {
  if (!isMapping(block)) return 0;
  switch (block.type) {
    case "text":
      return lengthOf(block.text);
    case "thinking":
      return lengthOf(block.thinking);
    case "tool_use":
    case "server_tool_use":
      return lengthOf(block.name) + inputLength(block.input);
    case "tool_result":
    case "search_result":
      return textLength(block.content);
    case "document":
      return documentLength(block.source);
    default:
      return 0;
  }
}

/** A stream starts a call with empty input, which is none. */
function inputLength(input: unknown): number {
  if (isMapping(input) && Object.keys(input).length === 0) return 0;
  return input === undefined || input === null ? 0 : JSON.stringify(input).length;
}

function documentLength(source: unknown): number {
  if (!isMapping(source)) return 0;
  return source.type === "text" ? lengthOf(source.data) : textLength(source.content);
}

function lengthOf(text: unknown): number {
  return typeof text === "string" ? text.length : 0;
}
