import type { TokenLogprob } from "../../chat/block.ts";
import { isMapping, type Mapping } from "../../lib/mapping.ts";
import type { JsonObject } from "../api.ts";

/** The tokens of a choice's `logprobs.content`; undefined where there are none. */
export function readLogprobs(logprobs: unknown): readonly TokenLogprob[] | undefined {
  const content = isMapping(logprobs) ? logprobs.content : undefined;
  if (!Array.isArray(content)) return undefined;
  const tokens = content.filter(isMapping).flatMap((token) => {
    const alternatives = Array.isArray(token.top_logprobs) ? token.top_logprobs : [];
    const top = alternatives.filter(isMapping).flatMap(readToken);
    return readToken(token).map((read) => ({ ...read, top }));
  });
  return tokens.length === 0 ? undefined : tokens;
}

function readToken({ token, logprob, bytes }: Mapping): Omit<TokenLogprob, "top">[] {
  if (typeof token !== "string" || typeof logprob !== "number") return [];
  return [{ token, logprob, ...(isNumbers(bytes) ? { bytes } : {}) }];
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === "number");
}

/** A choice's `logprobs`. */
export function writeLogprobs(tokens: readonly TokenLogprob[]): JsonObject {
  return {
    content: tokens.map((token) => ({
      ...writeToken(token),
      top_logprobs: token.top.map(writeToken),
    })),
    refusal: null,
  };
}

function writeToken({ token, logprob, bytes }: Omit<TokenLogprob, "top">): JsonObject {
  return { token, logprob, bytes: bytes ?? null };
}
