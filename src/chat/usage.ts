/** Tokens of one answer, as far as they are known; input includes cache reads and cache writes. */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
  /** Those of the input and of the output that are audio, where there are any. */
  readonly inputAudioTokens?: number;
  readonly outputAudioTokens?: number;
}

/**
 * Where the numbers of a request come from.
 *
 * `provider`: the provider's own final count. `partial`: the answer did not reach its end, and what
 * had passed until then was counted. `estimated`: the answer is whole, but the provider sent no
 * count, so the gateway made one from the text.
 */
export type UsageSource = "provider" | "partial" | "estimated";
