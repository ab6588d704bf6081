import type { JsonEdits } from "../../lib/json_edit.ts";
import type { JsonObject } from "../api.ts";
import { isEmpty, paragraphs, placePrompts, type Prompts, type TextsAround } from "../prompts.ts";

/** Puts messages around a client's, and what the system says into `system`. */
export function enrich({ system, messages }: JsonObject, prompts: Prompts): JsonEdits {
  const placed = placePrompts(prompts);
  const { prepend, append } = placed.messages;
  return {
    set: {
      ...(isEmpty(placed.system) ? {} : { system: withSystem(system, placed.system) }),
      ...(isEmpty(placed.messages) || !Array.isArray(messages)
        ? {}
        : { messages: [...prepend, ...messages, ...append] }),
    },
  };
}

/** Blocks stay as they are, with their marks for the cache. */
function withSystem(system: unknown, around: TextsAround): unknown {
  const given = system ?? "";
  if (typeof given === "string") return paragraphs(around, given);
  const blocks = Array.isArray(given) ? given : [given];
  return [...around.prepend.map(textBlock), ...blocks, ...around.append.map(textBlock)];
}

function textBlock(text: string): JsonObject {
  return { type: "text", text };
}
