import type { StreamWatch, View } from "../api.ts";

/** What the gateway may see of a count of tokens: nothing of it costs, and nothing streams. */
export function countView(parts: Pick<View, "check" | "promptLength">): View {
  return {
    ...parts,
    streams: () => false,
    askForUsage: () => undefined,
    parameters: () => ({}),
    readAnswer: () => ({ textLength: 0 }),
    watchStream: () => UNWATCHED,
  };
}

/** Characters in all of the texts. */
export function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}

/** No such answer comes as a stream; one that did would go through as it is. */
const UNWATCHED: StreamWatch = {
  see: ({ bytes }) => bytes,
  summary: { textLength: 0 },
  started: true,
  progress: "answered",
};
