import type { ReasoningBlock, ToolCallBlock } from "../../chat/block.ts";
import { defined } from "../../lib/defined.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";

/**
 * What a model thought, as a part.
 *
 * A signature without a thought is Google's own form for one that belongs to the answer's text
 * (https://ai.google.dev/gemini-api/docs/thought-signatures).
 */
export function thoughtPart(
  { text }: ReasoningBlock,
  thoughtSignature: string | undefined,
): JsonObject {
  return { text, ...(text === "" ? {} : { thought: true }), ...defined({ thoughtSignature }) };
}

/** The arguments of a call as the object that Google wants; undefined where they are none. */
export function argumentsOf({ input, custom }: ToolCallBlock): Mapping | undefined {
  if (custom === true) return { input };
  if (input.trim() === "") return {};
  try {
    const parsed: unknown = JSON.parse(input);
    return isMapping(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
