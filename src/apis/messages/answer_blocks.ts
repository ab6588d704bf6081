import type { Block, ReasoningBlock, RefusalBlock } from "../../chat/block.ts";
import type { Losses } from "../../chat/losses.ts";
import type { ChatResponse } from "../../chat/response.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";
import type { Renaming } from "./renaming.ts";

/** A block of a provider's answer. */
export function readAnswerBlock(block: JsonObject, names: Renaming, losses: Losses): Block {
  switch (block.type) {
    case "text":
      noteCitations(block, losses);
      return { type: "text", text: textOf(block.text) };
    case "thinking":
      return readThought(textOf(block.thinking), textOf(block.signature));
    case "redacted_thinking":
      return {
        type: "reasoning",
        text: "",
        seal: { api: "messages", value: textOf(block.data), redacted: true },
      };
    case "tool_use":
      return {
        type: "tool-call",
        id: textOf(block.id),
        name: names.original(textOf(block.name)),
        input: JSON.stringify(block.input ?? {}),
      };
    default:
      return { type: "native", api: "messages", name: textOf(block.type), value: block };
  }
}

/** What a model thought, with its signature where it has one. */
export function readThought(text: string, signature: string): ReasoningBlock {
  if (signature === "") return { type: "reasoning", text };
  return { type: "reasoning", text, seal: { api: "messages", value: signature } };
}

/** Says that sources of a text are lost, which no other API can tell. */
export function noteCitations({ citations }: JsonObject, losses: Losses): void {
  if (Array.isArray(citations) && citations.length > 0) losses.droppedField("citations");
}

/** Why a message was refused, in the provider's words; `end` is a message or its last change. */
export function refusalOf(end: JsonObject): RefusalBlock | undefined {
  const { explanation } = isMapping(end.stop_details) ? end.stop_details : {};
  if (typeof explanation !== "string" || explanation === "") return undefined;
  return { type: "refusal", text: explanation };
}

/** Who answered, and how it was served. */
export function readIdentity({ id, model }: JsonObject): Pick<ChatResponse, "id" | "model"> {
  return { id: textOf(id), model: textOf(model) };
}

/** The tier that a message's usage names. */
export function readServiceTier(usage: unknown): string | undefined {
  const tier = isMapping(usage) ? usage.service_tier : undefined;
  return typeof tier === "string" ? tier : undefined;
}

/** A member that should be a text; empty where it is none. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
