import type { Piece } from "./compose.ts";

/** Log probabilities of some pieces, in the shape of the API; null where none were asked for. */
export function logprobs(pieces: readonly Piece[], alternatives: number | undefined): unknown {
  if (alternatives === undefined) return null;
  const content = entries(pieces, "text", alternatives);
  const refusal = entries(pieces, "refusal", alternatives);
  return content || refusal ? { content, refusal } : null;
}

function entries(
  pieces: readonly Piece[],
  type: "text" | "refusal",
  alternatives: number,
): readonly object[] | null {
  const all = pieces.flatMap((piece) =>
    piece.type === type
      ? [{ ...entry(piece.text, 0), top_logprobs: top(piece.text, alternatives) }]
      : []
  );
  return all.length > 0 ? all : null;
}

/** The token itself and made-up ones, each less likely than the one before. */
function top(token: string, alternatives: number): readonly unknown[] {
  return Array.from(
    { length: alternatives },
    (_, rank) => entry(rank === 0 ? token : `${token}${rank}`, rank),
  );
}

function entry(token: string, rank: number): object {
  return { token, logprob: -0.25 - 2 * rank, bytes: [...new TextEncoder().encode(token)] };
}
