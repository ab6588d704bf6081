/** Who made a model: each is spoken to in its own API. */
export type VertexFamily = "claude" | "gemini" | "other";

/** The family of a model, by its name in any of the ways to write it. */
export function familyOf(model: string): VertexFamily {
  if (/^(?:publishers\/anthropic\/models\/|anthropic\/|claude-)/.test(model)) return "claude";
  const id = googleId(model);
  const isGemini = /^gemini[-@][^/\\%?#]*$/.test(id);
  return isGemini && !EMBEDDINGS.some((start) => id.startsWith(start)) ? "gemini" : "other";
}

/** How names of Google's models begin that make vectors: they have no chat. */
const EMBEDDINGS = [
  "text-embedding-",
  "gemini-embedding-",
  "text-multilingual-embedding-",
  "textembedding-",
  "multimodalembedding",
];

/** The id of one of Google's models, without what may stand before it. */
export function googleId(model: string): string {
  return model.replace(/^(?:publishers\/google\/models\/|models\/|google\/)/, "");
}

/** The id of a Claude model; Vertex AI puts an `@` before its date. */
export function claudeId(model: string): string {
  return model
    .replace(/^(?:publishers\/anthropic\/models\/|anthropic\/)/, "")
    .replace(/-(\d{8})$/, "@$1");
}
