import type { TokenLogprob } from "../../chat/block.ts";
import { isMapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";

/** Reads a candidate's `logprobsResult`; undefined where it tells of no tokens. */
export function readLogprobs(value: unknown): readonly TokenLogprob[] | undefined {
  if (!isMapping(value) || !Array.isArray(value.chosenCandidates)) return undefined;
  const steps = Array.isArray(value.topCandidates) ? value.topCandidates : [];
  const found = value.chosenCandidates.flatMap((chosen, at) => {
    const step = steps[at];
    const others = isMapping(step) && Array.isArray(step.candidates) ? step.candidates : [];
    return tokenOf(chosen).map((token) => ({ ...token, top: others.flatMap(tokenOf) }));
  });
  return found.length === 0 ? undefined : found;
}

/** Likelihoods as Google words them. */
export function writeLogprobs(logprobs: readonly TokenLogprob[]): JsonObject {
  const candidate = ({ token, logprob }: Omit<TokenLogprob, "top">) => ({
    token,
    logProbability: logprob,
  });
  return {
    chosenCandidates: logprobs.map(candidate),
    topCandidates: logprobs.map(({ top }) => ({ candidates: top.map(candidate) })),
  };
}

function tokenOf(value: unknown): Omit<TokenLogprob, "top">[] {
  if (!isMapping(value) || typeof value.token !== "string") return [];
  const { token, logProbability: logprob } = value;
  return [{ token, logprob: typeof logprob === "number" ? logprob : 0 }];
}
