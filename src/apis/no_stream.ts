import type { StreamWatch, View } from "./api.ts";

/** What there is to see of an API that never streams and does not sample. */
export const noStream: Pick<View, "streams" | "askForUsage" | "parameters" | "watchStream"> = {
  streams: () => false,
  askForUsage: () => undefined,
  parameters: () => ({}),
  watchStream: () => UNWATCHED,
};

/** No such answer comes as a stream; one that did would go through as it is. */
const UNWATCHED: StreamWatch = {
  see: ({ bytes }) => bytes,
  summary: { textLength: 0 },
  started: true,
  progress: "answered",
};
