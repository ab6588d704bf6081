import { createHash } from "node:crypto";
import type { ChatRequest } from "../../chat/request.ts";

/** Names that the API takes in place of the client's, one to one. */
export interface Names {
  /** What is sent for the client's name. */
  written(original: string): string;
  /** The client's name for one that came back. */
  original(written: string): string;
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html */
const LENGTH_MAX = 64;
const HASH_LENGTH = 6;

/** Names of a request's tools: those it defines first, then the one it demands, then history's. */
export function toolNames(chat: ChatRequest): Names {
  const names = legalNames("tool");
  for (const tool of chat.tools) if (tool.type === "function") names.written(tool.name);
  if (typeof chat.toolChoice === "object") names.written(chat.toolChoice.name);
  for (const { blocks } of chat.turns) {
    for (const block of blocks) if (block.type === "tool-call") names.written(block.name);
  }
  return names;
}

/** The ids of a request's tool calls, which may come from a provider that allows more. */
export function callIds(): Names {
  return legalNames("call");
}

function legalNames(fallback: string): Names {
  const writtenOf = new Map<string, string>(), originalOf = new Map<string, string>();
  return {
    written(original) {
      const known = writtenOf.get(original);
      if (known !== undefined) return known;
      const written = unused(original, original.replaceAll(/[^\w-]/g, "_") || fallback, originalOf);
      writtenOf.set(original, written);
      originalOf.set(written, original);
      return written;
    },
    original: (written) => originalOf.get(written) ?? written,
  };
}

function unused(original: string, wish: string, taken: ReadonlyMap<string, string>): string {
  if (wish.length <= LENGTH_MAX && !taken.has(wish)) return wish;
  const hash = createHash("sha256").update(original).digest("hex").slice(0, HASH_LENGTH);
  const base = `${wish.slice(0, LENGTH_MAX - HASH_LENGTH - 1)}_${hash}`;
  let name = base;
  for (let count = 2; taken.has(name); count++) {
    const ending = `_${count}`;
    name = base.slice(0, LENGTH_MAX - ending.length) + ending;
  }
  return name;
}
