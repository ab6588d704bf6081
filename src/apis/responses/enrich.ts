import type { JsonEdits } from "../../lib/json_edit.ts";
import type { JsonObject } from "../api.ts";
import { isEmpty, paragraphs, placePrompts, type PromptMessage, type Prompts } from "../prompts.ts";

/** Puts messages around a client's input, and what the system says into `instructions`. */
export function enrich({ instructions, input }: JsonObject, prompts: Prompts): JsonEdits {
  const given = instructions ?? "";
  // Instructions of another kind are the provider's to refuse; nothing is left out for them.
  const isPlaced = typeof given === "string";
  const { system, messages } = placePrompts(prompts);
  const { prepend, append } = isPlaced ? messages : prompts;
  return {
    set: {
      ...(isPlaced && !isEmpty(system) ? { instructions: paragraphs(system, given) } : {}),
      ...(prepend.length + append.length === 0
        ? {}
        : { input: [...prepend.map(item), ...itemsOf(input), ...append.map(item)] }),
    },
  };
}

function item({ role, content }: PromptMessage): JsonObject {
  return { type: "message", role, content };
}

/** A text is a message of the user; without an input the provider has kept what there is. */
function itemsOf(input: unknown): readonly unknown[] {
  if (typeof input === "string") return [item({ role: "user", content: input })];
  return Array.isArray(input) ? input : [];
}
