import type { ChatRequest } from "../../chat/request.ts";

/** Names as a provider allows them, and back. */
export interface Renaming {
  /** The name to send; the same for the same name. */
  written(name: string): string;
  /** The client's name for one that was sent. */
  original(written: string): string;
}

/**
 * Replaces what is not allowed in names, and tells apart those that thereby become equal. Names
 * that were seen earlier are not affected by later ones, so that a prompt keeps its beginning.
 */
export function renaming(lengthMax: number): Renaming {
  const sent = new Map<string, string>();
  const originals = new Map<string, string>();

  function written(name: string): string {
    const known = sent.get(name);
    if (known !== undefined) return known;
    const allowed = name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, lengthMax) || "_";
    let free = allowed;
    for (let number = 2; originals.has(free); number++) {
      const suffix = `_${number}`;
      free = allowed.slice(0, lengthMax - suffix.length) + suffix;
    }
    sent.set(name, free);
    originals.set(free, name);
    return free;
  }

  return { written, original: (name) => originals.get(name) ?? name };
}

/**
 * Names of tools, which match `^[a-zA-Z0-9_-]{1,128}$`
 * (https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools). Reading an answer
 * renames the same tools in the same order as writing the request did.
 */
export function toolRenaming({ tools }: ChatRequest): Renaming {
  const names = renaming(TOOL_NAME_LENGTH_MAX);
  for (const tool of tools) if (tool.type === "function") names.written(tool.name);
  return names;
}

const TOOL_NAME_LENGTH_MAX = 128;
