import type { View } from "../api.ts";
import { noStream } from "../no_stream.ts";

/** What the gateway may see of a count of tokens: nothing of it costs, and nothing streams. */
export function countView(parts: Pick<View, "check" | "promptLength">): View {
  return {
    ...noStream,
    ...parts,
    readAnswer: () => ({ textLength: 0 }),
  };
}

/** Characters in all of the texts. */
export function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
