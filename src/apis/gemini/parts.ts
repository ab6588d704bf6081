import type { ReasoningBlock, ToolCallBlock } from "../../chat/block.ts";
import { defined } from "../../lib/defined.ts";
import type { Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import { parseObject } from "../parse_object.ts";

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
  return parseObject(input);
}
