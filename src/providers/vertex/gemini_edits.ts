import { type JsonEdits, mergeEdits } from "../../lib/json_edit.ts";
import { isMapping } from "../../lib/mapping.ts";
import { withoutModel } from "../gemini_edits.ts";
import type { ProviderCall } from "../provider.ts";

/** What Vertex AI wants otherwise than the Gemini API does, whose words they share. */
export function geminiEdits(call: ProviderCall): JsonEdits | undefined {
  const unnamed = withoutModel(call);
  const contents = withoutEmptyTexts(call.request.contents);
  return contents === undefined ? unnamed : mergeEdits(unnamed, { set: { contents } });
}

/**
 * The contents without the model's empty texts, which both end their streams in and Google's SDK
 * sends back, but only Vertex AI refuses (https://github.com/firebase/firebase-js-sdk/issues/8714);
 * undefined where there are none.
 */
function withoutEmptyTexts(contents: unknown): unknown {
  if (!Array.isArray(contents) || !contents.some(hasEmptyTexts)) return undefined;
  return contents.flatMap((content) => {
    if (!hasEmptyTexts(content)) return [content];
    const parts = content.parts.filter((part) => !isEmptyText(part));
    return parts.length === 0 ? [] : [{ ...content, parts }];
  });
}

interface Content {
  readonly parts: readonly unknown[];
}

function hasEmptyTexts(content: unknown): content is Content {
  return isMapping(content) && content.role === "model" && Array.isArray(content.parts) &&
    content.parts.some(isEmptyText);
}

/** A part that says anything else, such as a signature, is none. */
function isEmptyText(part: unknown): boolean {
  return isMapping(part) && part.text === "" &&
    Object.keys(part).every((name) => name === "text" || name === "thought");
}
