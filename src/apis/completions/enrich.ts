import type { JsonEdits } from "../../lib/json_edit.ts";
import type { JsonObject } from "../api.ts";
import type { Prompts } from "../prompts.ts";

/** Puts messages around a client's; what the system says is a message too. */
export function enrich({ messages }: JsonObject, { prepend, append }: Prompts): JsonEdits {
  if (!Array.isArray(messages) || prepend.length + append.length === 0) return {};
  return { set: { messages: [...prepend, ...messages, ...append] } };
}
