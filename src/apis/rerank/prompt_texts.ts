import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject, PromptTexts } from "../api.ts";

/** The query and the documents, of which those without a text count as their JSON. */
export function promptTexts({ query, documents }: JsonObject): PromptTexts {
  const ranked = Array.isArray(documents) ? documents.map(textOf) : [];
  return {
    texts: [query, ...ranked].filter((text) => typeof text === "string"),
    tokensBeside: 0,
  };
}

function textOf(document: unknown): unknown {
  if (!isMapping(document)) return document;
  return typeof document.text === "string" ? document.text : JSON.stringify(document);
}
