import { bareJson, escapedJson, jsonReader } from "./json_leaves.ts";

/** The texts in a JSON text, and the way back. */
export interface Folded {
  readonly texts: readonly string[];
  /** The JSON text with others in their place; it is as it was where they are the same. */
  with(texts: readonly string[]): string;
}

type Part =
  | { readonly type: "structure"; readonly text: string }
  | { readonly type: "string" | "plain" | "bare"; readonly index: number };

/** Takes the keys, strings and numbers out of JSON text; other text is one text. */
export function folded(json: string): Folded {
  const texts: string[] = [];
  const parts: Part[] = [];
  let pieces = "";
  const reader = jsonReader({
    structure: (text) => void parts.push({ type: "structure", text }),
    text(piece) {
      pieces += piece;
    },
    textEnd(isQuoted) {
      parts.push({ type: isQuoted ? "string" : "plain", index: texts.push(pieces) - 1 });
      pieces = "";
    },
    bare: (text) => void parts.push({ type: "bare", index: texts.push(text) - 1 }),
  });
  reader.push(json);
  reader.end();

  function written(part: Part, given: readonly string[]): string {
    if (part.type === "structure") return part.text;
    const original = texts[part.index] ?? "";
    const text = given[part.index] ?? original;
    switch (part.type) {
      case "string":
        return escapedJson(text);
      case "bare":
        return bareJson(original, text);
      case "plain":
        return text;
    }
  }

  return {
    texts,
    with(given) {
      if (texts.every((text, index) => text === given[index])) return json;
      return parts.map((part) => written(part, given)).join("");
    },
  };
}
