import type { ApiName } from "../apis/api.ts";
import type { Place } from "./provider.ts";

/**
 * What OpenAI's servers speak, preferred first.
 *
 * Their Responses API carries the reasoning of earlier turns, which chat completions cannot; at
 * another address there is likely a server that only knows chat completions.
 */
export function spokenByOpenAi({ hostOverridden }: Place): readonly ApiName[] {
  return hostOverridden ? ELSEWHERE : AT_HOME;
}

/** At another address a translation does not try its luck with what may not be there. */
export function translatedByOpenAi({ hostOverridden }: Place): readonly ApiName[] {
  return hostOverridden ? ["completions"] : AT_HOME;
}

const AT_HOME: readonly ApiName[] = ["responses", "completions", "embeddings", "rerank"];
const ELSEWHERE: readonly ApiName[] = ["completions", "responses", "embeddings", "rerank"];
