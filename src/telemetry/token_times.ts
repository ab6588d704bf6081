import type { Facts } from "../gateway/facts.ts";

/** How long a client waited for the first token, where the answer was streamed that far. */
export function secondsToFirstToken({ llm, startedMs }: Facts): number | undefined {
  if (llm?.firstTokenMs === undefined) return undefined;
  return (llm.firstTokenMs - startedMs) / 1000;
}

/** The pace of a streamed answer after its first token. */
export function secondsPerOutputToken({ llm, endedMs }: Facts): number | undefined {
  const outputTokens = llm?.usage?.outputTokens;
  if (llm?.firstTokenMs === undefined || !outputTokens) return undefined;
  return (endedMs - llm.firstTokenMs) / 1000 / outputTokens;
}
